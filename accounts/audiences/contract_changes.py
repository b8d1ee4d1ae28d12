"""Writing the rows of a claim contract, and keeping what each version was."""

from collections.abc import Sequence
from datetime import datetime

from accounts.audiences.contract_rules import ContractClaimInput, validate_own_claims
from accounts.audiences.models import Audience, ContractClaim, ContractVersion
from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event


def replace_contract(
    audience: Audience, rows: Sequence[ContractClaimInput], version: int, actor: Actor, now: datetime
) -> bool:
    """Make ``rows`` the contract, as this version and with its event; tell whether it was another.

    :raise ValidationError: a claim that authsite itself reads is left out
    """
    validate_own_claims(audience.code, rows)
    before = [_as_text(row) for row in audience.contract_claims.all()]
    after = [_as_text(row) for row in rows]
    if before == after:
        return False
    _write_rows(audience, rows)
    keep_version(audience, rows, version, now)
    record_event(
        type=EventType.CLAIM_CONTRACT_CHANGED,
        actor=actor,
        subject=AuditSubject(kind="audience", id=audience.pk, label=audience.code),
        now=now,
        changes={"claims": (before, after)},
        facts={"version": version},
    )
    return True


def keep_version(audience: Audience, rows: Sequence[ContractClaimInput], version: int, now: datetime) -> None:
    """Write down what a version is."""
    ContractVersion.objects.create(
        audience=audience,
        version=version,
        created_at=now,
        rows=[{"path": row.path, "source": row.source, "required": row.required} for row in rows],
    )


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


def _as_text(row: ContractClaim | ContractClaimInput) -> str:
    return f"{row.path} ← {row.source}{'' if row.required else ' (optional)'}"
