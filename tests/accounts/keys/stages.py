"""Signing keys at any stage of their life, at explicit times."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.models import SigningKey
from accounts.keys.services import ensure_current_key, prepare_next_key, promote_next_key
from tests.accounts.journeys import NOW, SYSTEM

if TYPE_CHECKING:
    from datetime import datetime

#: Twice the JWK Set's max-age.
PUBLISHED_LONG_ENOUGH = timedelta(seconds=600)
#: The longest lifetime of any audience, and what the clocks of two hosts may be apart.
TOKENS_DEAD = timedelta(hours=24, seconds=60)
ALGORITHM = SigningAlgorithm.EDDSA


def known_everywhere(algorithm: SigningAlgorithm, *, now: datetime = NOW) -> SigningKey:
    """Return the key that signs, published for so long that every verifier knows it."""
    return ensure_current_key(algorithm=algorithm, actor=SYSTEM, now=now - PUBLISHED_LONG_ENOUGH)


def current(*, now: datetime = NOW) -> SigningKey:
    """Return the key that signs EdDSA, made at ``now``."""
    return ensure_current_key(algorithm=ALGORITHM, actor=SYSTEM, now=now)


def prepared(*, now: datetime = NOW) -> SigningKey:
    """Return a next key beside the current one."""
    current(now=now)
    return prepare_next_key(algorithm=ALGORITHM, actor=SYSTEM, now=now)


def promoted(*, now: datetime = NOW) -> tuple[SigningKey, SigningKey]:
    """Return the key that signs from ``now`` on, and the previous one."""
    before = current(now=now - PUBLISHED_LONG_ENOUGH)
    kid = prepared(now=now - PUBLISHED_LONG_ENOUGH).kid
    key = promote_next_key(kid=kid, actor=SYSTEM, now=now)
    before.refresh_from_db()
    return key, before


def states() -> dict[str, str]:
    """Return the state of each EdDSA key."""
    return dict(SigningKey.objects.filter(algorithm=ALGORITHM).values_list("kid", "state"))
