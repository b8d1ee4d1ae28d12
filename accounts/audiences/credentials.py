"""The secrets by which a resource server proves which audience it is (RFC 6749 §2.3.1).

A secret is 256 random bits, shown once and stored as its SHA-256: nothing could be guessed faster than by
asking. An audience may have several at a time, so that one is replaced without a moment without any.
"""

import hashlib
import re
import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audiences.errors import InvalidAudienceCredentialError
from accounts.audiences.models import Audience, AudienceCredential
from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.authority import authority_of
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
    with transaction.atomic():
        authority_of(actor).require_global()
        audience = Audience.objects.select_for_update().get(pk=audience_id)
        if audience.credentials.live().count() >= MOST_LIVE:
            raise ValidationError(
                _("This audience has %d live credentials; end one that is no longer used.") % MOST_LIVE
            )
        secret = secrets.token_urlsafe(SECRET_BYTES)
        credential = AudienceCredential(
            audience=audience, label=label, digest=_digest(secret), created_at=now
        )
        credential.full_clean()
        credential.save()
        _record(EventType.AUDIENCE_CREDENTIAL_CREATED, credential, actor, now)
    return credential, secret


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


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _record(type_: EventType, credential: AudienceCredential, actor: Actor, now: datetime) -> None:
    audience = credential.audience
    record_event(
        type=type_,
        actor=actor,
        subject=AuditSubject(kind="audience", id=audience.pk, label=audience.code),
        now=now,
        facts={"credential": credential.pk, "label": credential.label},
    )
