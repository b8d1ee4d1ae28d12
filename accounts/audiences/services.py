"""Changes that someone can ask for on audiences and their claim contracts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypedDict, Unpack, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import conf
from accounts.audiences.access import OpenTo, write_access
from accounts.audiences.contract_changes import keep_version, replace_contract
from accounts.audiences.contract_rules import ContractClaimInput, validate_contract, validate_secrecy
from accounts.audiences.encryption_keys import register_encryption_key
from accounts.audiences.models import Audience
from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.authority import authority_of
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.services import ensure_current_key, require_key_known
from accounts.models.field_changes import Changes, apply_changes

#: For authsite's own audience: below this, a few roles more would shut people out of its API.
MIN_OWN_TOKEN_BYTES = 1024


class AudienceFields(TypedDict, total=False):
    """What may be written on an audience."""

    label: str
    access_lifetime: timedelta
    max_token_bytes: int
    signing_algorithm: str
    is_encrypted: bool


class AudienceWrites(AudienceFields, OpenTo, total=False):
    """The same, and who may log in."""


def create_audience(
    *,
    code: str,
    actor: Actor,
    now: datetime,
    rows: Sequence[ContractClaimInput] = (),
    encryption_key: Mapping[str, object] | None = None,
    **written: Unpack[AudienceWrites],
) -> Audience:
    """Create an audience, with an empty contract unless ``rows`` are given: its first version.

    :raise ValidationError: by field, or as ``change_contract`` and ``register_encryption_key``
    :raise NotPermittedError: the actor belongs to a tenant
    """
    validate_contract(rows)
    open_to, fields = _apart(written)
    with transaction.atomic():
        authority = authority_of(actor)
        authority.require_global()
        audience = Audience(code=code, **fields)
        audience.full_clean()
        _require_own_budget(audience)
        audience.save()
        ensure_current_key(algorithm=SigningAlgorithm(audience.signing_algorithm), actor=actor, now=now)
        changes = {"code": (None, code)} | write_access(audience, open_to, authority)
        _record(EventType.AUDIENCE_CREATED, audience, actor, now, changes)
        version = audience.contract_version
        if not replace_contract(audience, rows, version, actor, now):
            keep_version(audience, rows, version, now)
        _register(audience, encryption_key, actor, now)
        _require_secrecy(audience)
    return audience


def change_audience(
    *,
    audience_id: int,
    actor: Actor,
    now: datetime,
    rows: Sequence[ContractClaimInput] | None = None,
    encryption_key: Mapping[str, object] | None = None,
    **written: Unpack[AudienceWrites],
) -> Audience:
    """Change how an audience's tokens are issued, and its contract where ``rows`` is given.

    :raise ValidationError: by field, or as ``change_contract`` and ``register_encryption_key``
    :raise NotPermittedError: the actor belongs to a tenant
    """
    open_to, fields = _apart(written)
    with transaction.atomic():
        authority = authority_of(actor)
        authority.require_global()
        audience = Audience.objects.select_for_update().get(pk=audience_id)
        changes = apply_changes(audience, fields) | write_access(audience, open_to, authority)
        if "max_token_bytes" in changes:
            _require_own_budget(audience)
        if "signing_algorithm" in changes:
            _require_key_known(audience, now)
        if changes:
            ensure_current_key(algorithm=SigningAlgorithm(audience.signing_algorithm), actor=actor, now=now)
            _record(EventType.AUDIENCE_CHANGED, audience, actor, now, changes)
        if rows is not None:
            _change_contract(audience, rows, actor, now)
        _register(audience, encryption_key, actor, now)
        _require_secrecy(audience)
    return audience


def change_contract(
    *, audience_id: int, rows: Sequence[ContractClaimInput], actor: Actor, now: datetime
) -> Audience:
    """Replace the claim contract of an audience as a whole; a change makes a new version.

    :raise ValidationError: a path, a source, a collision, too many rows, or a claim that authsite
        itself reads is left out; with a sentence that says what to do
    :raise NotPermittedError: the actor belongs to a tenant
    """
    return change_audience(audience_id=audience_id, rows=rows, actor=actor, now=now)


def retire_audience(*, audience_id: int, actor: Actor, now: datetime) -> Audience:
    """Issue no more tokens for an audience; those that exist are refused.

    :raise ValidationError: it is authsite's own audience
    :raise NotPermittedError: the actor belongs to a tenant
    """
    with transaction.atomic():
        authority_of(actor).require_global()
        audience = Audience.objects.select_for_update().get(pk=audience_id)
        if audience.code == conf.own_audience():
            raise ValidationError(_("authsite itself is this audience: it cannot be retired."))
        changes = apply_changes(audience, {"retired_at": audience.retired_at or now})
        if changes:
            _record(EventType.AUDIENCE_RETIRED, audience, actor, now, changes)
    return audience


def restore_audience(*, audience_id: int, actor: Actor, now: datetime) -> Audience:
    """Issue tokens for a retired audience again.

    :raise NotPermittedError: the actor belongs to a tenant
    """
    with transaction.atomic():
        authority_of(actor).require_global()
        audience = Audience.objects.select_for_update().get(pk=audience_id)
        changes = apply_changes(audience, {"retired_at": None})
        if changes:
            _record(EventType.AUDIENCE_RESTORED, audience, actor, now, changes)
    return audience


def _apart(written: AudienceWrites) -> tuple[OpenTo, AudienceFields]:
    """Return who may log in, and the audience's own fields."""
    open_to = {name: value for name, value in written.items() if name in OpenTo.__annotations__}
    fields = {name: value for name, value in written.items() if name not in open_to}
    return cast("OpenTo", open_to), cast("AudienceFields", fields)


def _register(audience: Audience, jwk: Mapping[str, object] | None, actor: Actor, now: datetime) -> None:
    if jwk is None:
        return
    try:
        register_encryption_key(audience_id=audience.pk, jwk=jwk, actor=actor, now=now)
    except ValidationError as error:
        raise ValidationError({"encryption_key": error.error_list}) from error


def _change_contract(
    audience: Audience, rows: Sequence[ContractClaimInput], actor: Actor, now: datetime
) -> None:
    validate_contract(rows)
    version = audience.contract_version + 1
    if replace_contract(audience, rows, version, actor, now):
        audience.contract_version = version
        audience.save(update_fields=["contract_version"])


def _require_secrecy(audience: Audience) -> None:
    """Hold that what is confidential is encrypted, and what is encrypted has a key that somebody can use."""
    sources = audience.contract_claims.values_list("source", flat=True)
    validate_secrecy(sources, is_encrypted=audience.is_encrypted)
    if not audience.is_encrypted:
        return
    key = audience.encryption_keys.current().first()
    if key is None:
        raise ValidationError(
            {
                "is_encrypted": _(
                    "There is no key to encrypt to: save without encryption, give the audience one under"
                    " “Encryption keys” (in the API: encryption_key), then encrypt."
                )
            }
        )
    if audience.code == conf.own_audience() and not key.is_held:
        raise ValidationError(
            {"is_encrypted": _("authsite itself has to read these tokens: have it make the key pair.")}
        )


def _require_key_known(audience: Audience, now: datetime) -> None:
    """Refuse a change by which services that verify the audience's tokens would refuse them for a while."""
    try:
        require_key_known(algorithm=SigningAlgorithm(audience.signing_algorithm), now=now)
    except ValidationError as error:
        raise ValidationError({"signing_algorithm": error.error_list}) from error


def _require_own_budget(audience: Audience) -> None:
    """Refuse a budget by which nobody would get a token for authsite's own API, to undo it."""
    if audience.code == conf.own_audience() and audience.max_token_bytes < MIN_OWN_TOKEN_BYTES:
        sentence = _("authsite's own API needs a budget of at least %(least)d bytes.")
        raise ValidationError({"max_token_bytes": sentence % {"least": MIN_OWN_TOKEN_BYTES}})


def _record(type_: EventType, audience: Audience, actor: Actor, now: datetime, changes: Changes) -> None:
    subject = AuditSubject(kind="audience", id=audience.pk, label=audience.code)
    record_event(type=type_, actor=actor, subject=subject, now=now, changes=changes)
