"""What every step in the life of a signing key needs: the row lock, a key that opens, and the event."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.keys.errors import SealedKeyUnreadableError
from accounts.keys.keyring import RingKey, import_key, keyring
from accounts.keys.models import KeyState, SigningKey


def lock_key(kid: str) -> SigningKey:
    """Return a key, with all of its algorithm locked until the end of the transaction.

    :raise ValidationError: there is no such key
    """
    algorithm = SigningKey.objects.filter(pk=kid).values_list("algorithm", flat=True).first()
    if algorithm is None:
        raise ValidationError(_("There is no signing key with this kid."), code="unknown_key")
    lock_algorithm(algorithm)
    # Read after the lock: what another administrator did meanwhile is seen.
    return SigningKey.objects.get(pk=kid)


def lock_algorithm(algorithm: str) -> None:
    """Wait for whoever is changing keys of this algorithm; in their order, so that two never block."""
    list(SigningKey.objects.select_for_update().filter(algorithm=algorithm).order_by("pk").values_list("pk"))


def current_key_of(algorithm: str) -> SigningKey | None:
    """Return the key that signs."""
    return SigningKey.objects.current().filter(algorithm=algorithm).first()


def does_open(key: SigningKey) -> bool:
    """Tell whether the private half opens: with a key that does not, nobody could log in any more."""
    try:
        _private = RingKey(key, import_key(key.public_jwk)).private
    except SealedKeyUnreadableError:
        return False
    return True


def require_opens(key: SigningKey) -> None:
    """Hold that a key can sign.

    :raise ValidationError: its private half does not open
    """
    if not does_open(key):
        raise ValidationError(
            _(
                "The private half of %(kid)s does not open: configure version %(version)d of the"
                " key-encryption keys, or make another key."
            ),
            code="sealed_key_unreadable",
            params={"kid": key.kid, "version": key.sealed_with},
        )


def keep(
    key: SigningKey,
    state: KeyState,
    *,
    type_: EventType,
    actor: Actor,
    now: datetime,
    facts: dict[str, object] | None = None,
) -> None:
    """Save a key in another state, with its event; every process knows it within a second."""
    before = key.state
    key.enter(state, at=now)
    key.save(update_fields=["state", "state_changed_at", "signed_until", "sealed_private_jwk"])
    record(key, type_, actor, now, changes={"state": (before, key.state)}, facts=facts)


def step_aside(key: SigningKey, state: KeyState, *, now: datetime) -> None:
    """Save a key that another one replaces; the event is that of the other."""
    key.enter(state, at=now)
    key.save(update_fields=["state", "state_changed_at", "signed_until"])


def record(
    key: SigningKey,
    type_: EventType,
    actor: Actor,
    now: datetime,
    *,
    changes: dict[str, tuple[object, object]] | None = None,
    facts: dict[str, object] | None = None,
) -> None:
    """Write the event of a change to a key, and forget what this process knew of the keys."""
    record_event(
        type=type_,
        actor=actor,
        subject=AuditSubject(kind="signing_key", id=key.kid, label=str(key)),
        now=now,
        changes=changes,
        facts={"algorithm": key.algorithm} | (facts or {}),
    )
    transaction.on_commit(keyring.forget)


def stated(moment: datetime) -> str:
    """Return a moment as sentences say it: the first whole second at which it has come."""
    whole = (moment + timedelta(microseconds=999_999)).replace(microsecond=0)
    return timezone.localtime(whole).strftime("%Y-%m-%d %H:%M:%S %Z")
