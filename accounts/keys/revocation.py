"""The emergency: a signing key that somebody else may have is refused everywhere, in one act."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.making import make_key
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.steps import does_open, keep, lock_key, record


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What was revoked, and the key that signs in its place, if it was the one that signed."""

    key: SigningKey
    was_usable: bool
    successor: SigningKey | None = None

    def is_known_everywhere(self, *, at: datetime) -> bool:
        """Tell whether every verifier has had the time to fetch the successor."""
        return self.successor is None or at >= self.successor.may_sign_from


def revoke_key(*, kid: str, actor: Actor, now: datetime) -> Revocation:
    """Refuse every token of a key, in every process within two seconds; its private half is erased.

    Where it is the one that signs, the next key that was published longest signs at once, or one that is
    made now: whoever verifies with a JWK Set fetched before refuses its tokens until it fetches another.

    :raise ValidationError: there is no such key
    """
    with transaction.atomic():
        key = lock_key(kid)
        if key.state == KeyState.REVOKED:
            return Revocation(key=key, was_usable=False)
        was_current = key.state == KeyState.CURRENT
        keep(key, KeyState.REVOKED, type_=EventType.SIGNING_KEY_REVOKED, actor=actor, now=now)
        successor = _successor(key, actor, now) if was_current else None
    return Revocation(key=key, was_usable=True, successor=successor)


def _successor(revoked: SigningKey, actor: Actor, now: datetime) -> SigningKey:
    facts: dict[str, object] = {"instead_of": revoked.kid}
    for waiting in SigningKey.objects.next_in_line().filter(algorithm=revoked.algorithm):
        if does_open(waiting):
            if now < waiting.may_sign_from:
                facts["although_unpublished"] = True
            type_ = EventType.SIGNING_KEY_PROMOTED
            keep(waiting, KeyState.CURRENT, type_=type_, actor=actor, now=now, facts=facts)
            return waiting
    made = make_key(SigningAlgorithm(revoked.algorithm), state=KeyState.CURRENT, now=now)
    made.save(force_insert=True)
    facts |= {"state": made.state, "although_unpublished": True}
    record(made, EventType.SIGNING_KEY_CREATED, actor, now, facts=facts)
    return made
