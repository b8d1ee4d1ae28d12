"""Changes that someone can ask for on the keys that an audience's tokens are encrypted to.

An audience encrypts to one key at a time. A new one takes the place of the one before, which goes on reading
what was encrypted to it; a revoked one reads nothing any more, here, and is never accepted again.
"""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import conf
from accounts.audiences.models import Audience, EncryptionKey, EncryptionKeyState
from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.authority import authority_of
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.keys.encryption_jwk import (
    HeldEncryptionKey,
    PublicEncryptionKey,
    make_encryption_key,
    read_encryption_jwk,
)


def register_encryption_key(
    *, audience_id: int, jwk: str | Mapping[str, object], actor: Actor, now: datetime
) -> EncryptionKey:
    """Encrypt an audience's tokens to this public key from now on; one of its earlier keys may come back.

    :raise ValidationError: it is no key that tokens can be encrypted to, was revoked, or is another
        audience's; or authsite itself could not read its own tokens
    :raise NotPermittedError: the actor belongs to a tenant
    """
    public = read_encryption_jwk(jwk)
    with transaction.atomic():
        authority_of(actor).require_global()
        audience = Audience.objects.select_for_update().get(pk=audience_id)
        held = EncryptionKey.objects.filter(pk=public.kid).first()
        if held is not None:
            _require_usable_again(held, audience)
        if audience.code == conf.own_audience() and not (held and held.is_held):
            raise ValidationError(
                _("authsite itself has to read these tokens: have it make the key pair."), code="own_key"
            )
        if held is not None and held.state == EncryptionKeyState.CURRENT:
            return held
        return _make_current(audience, held or _row(audience, public, now), actor, now)


def create_encryption_key(
    *, audience_id: int, algorithm: EncryptionAlgorithm, actor: Actor, now: datetime
) -> EncryptionKey:
    """Make a key pair that authsite itself can read an audience's tokens with, and encrypt to it from now on.

    :raise NotPermittedError: the actor belongs to a tenant
    """
    made = make_encryption_key(algorithm)
    with transaction.atomic():
        authority_of(actor).require_global()
        audience = Audience.objects.select_for_update().get(pk=audience_id)
        return _make_current(audience, _row(audience, made.public, now, made), actor, now)


def revoke_encryption_key(*, kid: str, actor: Actor, now: datetime) -> bool:
    """Never use a key again; tokens of its audience are refused until they are refreshed.

    Where it is the current one of an audience whose tokens are encrypted, no token is issued for that
    audience until it has another: never are its tokens sent bare. Tell whether it was usable until now.

    :raise NotPermittedError: the actor belongs to a tenant
    """
    with transaction.atomic():
        authority_of(actor).require_global()
        key = EncryptionKey.objects.select_for_update().select_related("audience").get(pk=kid)
        if key.state == EncryptionKeyState.REVOKED:
            return False
        _set_state(key, EncryptionKeyState.REVOKED, EventType.ENCRYPTION_KEY_REVOKED, actor, now)
    return True


def _require_usable_again(key: EncryptionKey, audience: Audience) -> None:
    if key.state == EncryptionKeyState.REVOKED:
        raise ValidationError(
            _("This key was revoked: make a new key pair, and write its public key."), code="revoked_key"
        )
    if key.audience_id != audience.pk:
        raise ValidationError(
            _("Another audience has this key, and could read these tokens: make a key pair for this one."),
            code="shared_key",
        )


def _row(
    audience: Audience, public: PublicEncryptionKey, now: datetime, made: HeldEncryptionKey | None = None
) -> EncryptionKey:
    return EncryptionKey(
        kid=public.kid,
        audience=audience,
        algorithm=public.algorithm,
        public_jwk=public.jwk,
        sealed_private_jwk=made.sealed_private_jwk if made else None,
        sealed_with=made.sealed_with if made else None,
        created_at=now,
    )


def _make_current(audience: Audience, key: EncryptionKey, actor: Actor, now: datetime) -> EncryptionKey:
    EncryptionKey.objects.current().filter(audience=audience).update(state=EncryptionKeyState.PREVIOUS)
    _set_state(key, EncryptionKeyState.CURRENT, EventType.ENCRYPTION_KEY_REGISTERED, actor, now)
    return key


def _set_state(
    key: EncryptionKey, state: EncryptionKeyState, type_: EventType, actor: Actor, now: datetime
) -> None:
    key.state = state
    # A new one is inserted or refused: Django would update a row that another audience made a moment ago.
    key.save(force_insert=key._state.adding)  # noqa: SLF001 - Django's own word for it
    record_event(
        type=type_,
        actor=actor,
        subject=AuditSubject(kind="audience", id=key.audience.pk, label=key.audience.code),
        now=now,
        facts={"kid": key.kid, "algorithm": key.algorithm, "held": key.is_held},
    )
