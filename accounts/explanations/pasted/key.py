"""The signing key that a token names, and what has become of it."""

import re
from dataclasses import dataclass

from accounts.explanations.pasted.recognised import Recognised
from accounts.keys.keyring import keyring
from accounts.keys.models import KeyState, SigningKey

_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """A key of ours."""

    kid: str
    algorithm: str
    state: KeyState


def facts_of_key(recognised: Recognised) -> KeyFacts | None:
    """Return the key of ours that the header names, revoked ones too; none where it is no key of ours.

    One query at most: usable keys are in memory.
    """
    kid = recognised.kid
    if not _THUMBPRINT.fullmatch(kid):
        return None
    ring_key = keyring.keys().get(kid)
    row = ring_key.row if ring_key else _stored(kid)
    return None if row is None else KeyFacts(kid=kid, algorithm=row.algorithm, state=KeyState(row.state))


def _stored(kid: str) -> SigningKey | None:
    # Never the private half: it has no business here.
    return SigningKey.objects.filter(kid=kid).only("kid", "algorithm", "state").first()
