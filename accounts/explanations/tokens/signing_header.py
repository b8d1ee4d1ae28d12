"""The header of the next token, and why it could not be signed."""

from accounts.audiences.contracts import ClaimContract
from accounts.errors import AuthsiteError
from accounts.explanations.tokens.reasons import Obstacle, Reason, reason
from accounts.keys.errors import NoSigningKeyError
from accounts.keys.keyring import keyring
from accounts.tokens.backend import TYPE
from accounts.tokens.signing import header_to_sign


def header_to_issue(contract: ClaimContract) -> tuple[dict[str, str] | None, tuple[Reason, ...]]:
    """Return the header, and the reasons for which nothing can be signed with its key."""
    algorithm = str(contract.signing_algorithm)
    try:
        key = keyring.signing_key(algorithm)
    except NoSigningKeyError:
        return None, (reason(Obstacle.NO_SIGNING_KEY, algorithm=algorithm),)
    except AuthsiteError as error:
        return None, (reason(Obstacle.KEY_UNREADABLE, error=error.code),)
    header = header_to_sign(key, typ=TYPE)
    try:
        private = key.private  # opens the seal, as signing does
    except Exception as error:  # noqa: BLE001 - the page has to open whatever is wrong with the key
        return header, (reason(Obstacle.KEY_UNREADABLE, error=type(error).__name__),)
    del private
    return header, ()
