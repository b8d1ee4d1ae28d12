"""How a resource server proves which audience it is: by a secret, or by a key of its own.

A secret (RFC 6749 §2.3.1) is 256 random bits, shown once and stored as its SHA-256: nothing could be guessed
faster than by asking. Of a key (RFC 7523 §2.2) only the public half is here. An audience may have several of
them at a time, so that one is replaced without a moment without any.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audiences.errors import InvalidAudienceCredentialError
from accounts.audiences.models import Audience, AudienceCredential, EncryptionKey
from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.authority import authority_of
from accounts.keys.assertion_jwk import read_assertion_jwk
from accounts.keys.models import SigningKey
from accounts.models.codes import CODE_PATTERN

SECRET_BYTES = 32
#: More live ones than this are not a replacement in progress, but forgotten.
MOST_LIVE = 5


def create_audience_credential(
    *, audience_id: int, label: str, actor: Actor, now: datetime
) -> tuple[AudienceCredential, str]:
    """Return a new credential and its secret, which nobody can read again.

    :raise ValidationError: the audience has too many live ones, or the label is none
    :raise NotPermittedError: the actor belongs to a tenant
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    credential = AudienceCredential(label=label, digest=_digest(secret), created_at=now)
    return _add(credential, audience_id, actor, now), secret


def register_audience_key(
    *, audience_id: int, label: str, jwk: str | Mapping[str, object], actor: Actor, now: datetime
) -> AudienceCredential:
    """Accept what this key signs as the audience's from now on.

    :raise ValidationError: it is no public key that can sign, or was registered before, also by another
        audience; the audience has too many live ones, or the label is none
    :raise NotPermittedError: the actor belongs to a tenant
    """
    key = read_assertion_jwk(jwk)
    credential = AudienceCredential(
        label=label, kid=key.kid, algorithm=key.algorithm, public_jwk=key.jwk, created_at=now
    )
    with transaction.atomic():
        authority_of(actor).require_global()
        require_new_key(key.kid)
        return _add(credential, audience_id, actor, now)


def require_new_key(kid: str) -> None:
    """Refuse a key that has been used for something already: nobody knows any more who has it.

    :raise ValidationError: with what to do
    """
    used = (
        AudienceCredential.objects.filter(kid=kid),
        EncryptionKey.objects.filter(kid=kid),
        SigningKey.objects.filter(kid=kid),
    )
    if any(rows.exists() for rows in used):
        sentence = _("This key has been used here before: make a key pair for this purpose alone.")
        raise ValidationError(sentence, code="used_key")


def end_audience_credential(*, credential_id: int, actor: Actor, now: datetime) -> bool:
    """End a credential; tell whether it was live until now.

    :raise NotPermittedError: the actor belongs to a tenant
    """
    with transaction.atomic():
        authority_of(actor).require_global()
        credential = AudienceCredential.objects.select_related("audience").get(pk=credential_id)
        was_live = bool(AudienceCredential.objects.live().filter(pk=credential_id).update(ended_at=now))
        if was_live:
            _record(EventType.AUDIENCE_CREDENTIAL_ENDED, credential, actor, now)
    return was_live


def verify_audience_credential(*, code: str, secret: str) -> Audience:
    """Return the audience in force whose live secret this is. One query.

    :raise InvalidAudienceCredentialError: one answer for whatever is wrong
    """
    if not re.fullmatch(CODE_PATTERN, code):  # a database need not be able to say it
        raise InvalidAudienceCredentialError(audience=code[:64])
    presented = AudienceCredential.objects.live().filter(
        digest=_digest(secret), audience__code=code, audience__retired_at__isnull=True
    )
    credential = presented.select_related("audience").first()
    if credential is None:
        raise InvalidAudienceCredentialError(audience=code[:64])
    return credential.audience


def _add(credential: AudienceCredential, audience_id: int, actor: Actor, now: datetime) -> AudienceCredential:
    with transaction.atomic():
        authority_of(actor).require_global()
        credential.audience = Audience.objects.select_for_update().get(pk=audience_id)
        if credential.audience.credentials.live().count() >= MOST_LIVE:
            raise ValidationError(
                _("This audience has %d live credentials; end one that is no longer used.") % MOST_LIVE
            )
        credential.full_clean()
        credential.save()
        _record(EventType.AUDIENCE_CREDENTIAL_CREATED, credential, actor, now)
    return credential


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _record(type_: EventType, credential: AudienceCredential, actor: Actor, now: datetime) -> None:
    audience = credential.audience
    facts: dict[str, object] = {"credential": credential.pk, "label": credential.label}
    if credential.is_key:
        facts |= {"kid": credential.kid, "algorithm": str(credential.algorithm)}
    record_event(
        type=type_,
        actor=actor,
        subject=AuditSubject(kind="audience", id=audience.pk, label=audience.code),
        now=now,
        facts=facts,
    )
