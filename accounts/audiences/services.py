"""Changes that someone can ask for on audiences and their claim contracts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import conf
from accounts.audiences.claim_paths import validate_claim_path, validate_no_collisions
from accounts.audiences.claim_sources import Sensitivity
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.own_claims import OWN_CLAIMS
from accounts.audiences.registered_claims import validate_registered_name
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.authority import authority_of
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.services import ensure_current_key
from accounts.models.field_changes import Changes, apply_changes

#: Rows of a contract: what a token of the largest budget could hold has far fewer.
MAX_CLAIMS = 64

#: For authsite's own audience: below this, a few roles more would shut people out of its API.
MIN_OWN_TOKEN_BYTES = 1024


class AudienceFields(TypedDict, total=False):
    """What may be written on an audience."""

    label: str
    access_lifetime: timedelta
    max_token_bytes: int
    signing_algorithm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractClaimInput:
    """One row of a contract as somebody wrote it."""

    path: str
    source: str
    required: bool = True


def create_audience(
    *,
    code: str,
    actor: Actor,
    now: datetime,
    rows: Sequence[ContractClaimInput] = (),
    **fields: Unpack[AudienceFields],
) -> Audience:
    """Create an audience, with an empty contract unless ``rows`` are given: its first version.

    :raise ValidationError: by field, or as ``change_contract``
    :raise NotPermittedError: the actor belongs to a tenant
    """
    validate_contract(rows)
    with transaction.atomic():
        authority_of(actor).require_global()
        audience = Audience(code=code, **fields)
        audience.full_clean()
        _require_own_budget(audience)
        audience.save()
        ensure_current_key(algorithm=SigningAlgorithm(audience.signing_algorithm), actor=actor, now=now)
        _record(EventType.AUDIENCE_CREATED, audience, actor, now, {"code": (None, code)})
        if rows:
            _replace_contract(audience, rows, actor, now)
    return audience


def change_audience(
    *,
    audience_id: int,
    actor: Actor,
    now: datetime,
    rows: Sequence[ContractClaimInput] | None = None,
    **fields: Unpack[AudienceFields],
) -> Audience:
    """Change how an audience's tokens are issued, and its contract where ``rows`` is given.

    :raise ValidationError: by field, or as ``change_contract``
    :raise NotPermittedError: the actor belongs to a tenant
    """
    with transaction.atomic():
        authority_of(actor).require_global()
        audience = Audience.objects.select_for_update().get(pk=audience_id)
        changes = apply_changes(audience, fields)
        if "max_token_bytes" in changes:
            _require_own_budget(audience)
        if changes:
            ensure_current_key(algorithm=SigningAlgorithm(audience.signing_algorithm), actor=actor, now=now)
            _record(EventType.AUDIENCE_CHANGED, audience, actor, now, changes)
        if rows is not None:
            return change_contract(audience_id=audience_id, rows=rows, actor=actor, now=now)
    return audience


def change_contract(
    *, audience_id: int, rows: Sequence[ContractClaimInput], actor: Actor, now: datetime
) -> Audience:
    """Replace the claim contract of an audience as a whole; a change makes a new version.

    :raise ValidationError: a path, a source, a collision, too many rows, or a claim that authsite
        itself reads is left out; with a sentence that says what to do
    :raise NotPermittedError: the actor belongs to a tenant
    """
    validate_contract(rows)
    with transaction.atomic():
        authority_of(actor).require_global()
        audience = Audience.objects.select_for_update().get(pk=audience_id)
        if _replace_contract(audience, rows, actor, now):
            audience.contract_version += 1
            audience.save(update_fields=["contract_version"])
    return audience


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


def validate_contract(rows: Sequence[ContractClaimInput]) -> None:
    """Accept rows that can stand together in a contract.

    :raise ValidationError: with a sentence that says what to do
    """
    if len(rows) > MAX_CLAIMS:
        raise ValidationError(
            _("A contract has at most %(limit)d claims; this one has %(count)d."),
            code="too_many_claims",
            params={"limit": MAX_CLAIMS, "count": len(rows)},
        )
    for row in rows:
        validate_claim_path(row.path)
        validate_source(row.source)
        validate_registered_name(row.path, row.source)
    validate_no_collisions(row.path for row in rows)


def validate_source(name: str) -> None:
    """Accept a registered source that a signed-only token may hold.

    :raise ValidationError: it is unknown, or confidential
    """
    source = CLAIM_SOURCES.get(name)
    if source is None:
        raise ValidationError(_("There is no claim source “%(name)s”."), params={"name": name})
    if source.sensitivity is Sensitivity.CONFIDENTIAL:
        raise ValidationError(
            _("“%(name)s” is confidential: whoever holds a signed token could read it."),
            params={"name": name},
        )


def validate_own_claims(audience: str, rows: Sequence[ContractClaimInput]) -> None:
    """Accept rows that leave in what authsite's own permission classes read: else nobody could use its API.

    :raise ValidationError: the audience is authsite's own, and a claim is missing or another
    """
    if audience != conf.own_audience():
        return
    written = {row.path: row for row in rows}
    for claim in OWN_CLAIMS:
        row = written.get(claim.path)
        if row is None or row.source != claim.source or (claim.required and not row.required):
            raise ValidationError(
                _(
                    "authsite's own API reads “%(path)s”: leave it in this contract, from “%(source)s”"
                    " and as it was."
                ),
                code="own_claim",
                params={"path": claim.path, "source": claim.source},
            )


def _replace_contract(
    audience: Audience, rows: Sequence[ContractClaimInput], actor: Actor, now: datetime
) -> bool:
    """Make ``rows`` the contract, with its event; tell whether it was another."""
    validate_own_claims(audience.code, rows)
    before = [_as_text(row) for row in audience.contract_claims.all()]
    after = [_as_text(row) for row in rows]
    if before == after:
        return False
    _write_rows(audience, rows)
    _record(EventType.CLAIM_CONTRACT_CHANGED, audience, actor, now, {"claims": (before, after)})
    return True


def _write_rows(audience: Audience, rows: Sequence[ContractClaimInput]) -> None:
    """Write only what differs: a row that is written anew would be taken away from every token."""
    audience.contract_claims.exclude(path__in=[row.path for row in rows]).delete()
    held = {claim.path: claim for claim in audience.contract_claims.all()}
    for position, row in enumerate(rows):
        claim = held.get(row.path) or ContractClaim(audience=audience, path=row.path)
        wanted = (position, row.source, row.required)
        if row.path not in held or (claim.position, claim.source, claim.required) != wanted:
            claim.position, claim.source, claim.required = wanted
            claim.save()


def _require_own_budget(audience: Audience) -> None:
    """Refuse a budget by which nobody would get a token for authsite's own API, to undo it."""
    if audience.code == conf.own_audience() and audience.max_token_bytes < MIN_OWN_TOKEN_BYTES:
        sentence = _("authsite's own API needs a budget of at least %(least)d bytes.")
        raise ValidationError({"max_token_bytes": sentence % {"least": MIN_OWN_TOKEN_BYTES}})


def _as_text(row: ContractClaim | ContractClaimInput) -> str:
    return f"{row.path} ← {row.source}{'' if row.required else ' (optional)'}"


def _record(type_: EventType, audience: Audience, actor: Actor, now: datetime, changes: Changes) -> None:
    subject = AuditSubject(kind="audience", id=audience.pk, label=audience.code)
    record_event(type=type_, actor=actor, subject=subject, now=now, changes=changes)
