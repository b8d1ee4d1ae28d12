"""One spelling of an e-mail address, so that an account exists once."""

import unicodedata

MAX_LENGTH = 254


def normalise_email(written: str) -> str:
    """Return the form that is stored and looked up: NFKC, trimmed, lower case."""
    return unicodedata.normalize("NFKC", written).strip().lower()
