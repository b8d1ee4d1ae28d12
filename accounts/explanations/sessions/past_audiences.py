"""How audiences issued tokens at moments of the past: by the versions of contracts, and the audit log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.audiences.contracts import ClaimContract, contract_rows
from accounts.audiences.models import ContractVersion
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAudiences:
    """What was changed of audiences, the oldest first; and their contracts' versions, the newest first."""

    events: Sequence[AuditEvent]
    versions: Mapping[str, Sequence[ContractVersion]]

    def contract_changed(self, audience: str, since: datetime) -> datetime | None:
        """Return when the contract was last changed after ``since``, if it was."""
        versions = self.versions.get(audience, ())
        changed = len(versions) > 1 and versions[0].created_at > since
        return versions[0].created_at if changed else None

    def contract_then(self, contract: ClaimContract, moment: datetime) -> ClaimContract:
        """Return the contract with the claims that it had at ``moment``, or else those first written down.

        :raise ClaimSourceError: one of them comes from a source that this deployment does not have
        """
        versions = self.versions.get(contract.audience, ())
        if not versions:
            return contract
        version = next((each for each in versions if each.created_at <= moment), versions[-1])
        rows = ((row["path"], row["source"], row["required"]) for row in version.rows)
        return replace(contract, version=version.version, rows=contract_rows(rows))

    def lifetime(self, contract: ClaimContract, moment: datetime) -> timedelta:
        """Return how long the access tokens lived that were issued at ``moment``."""
        for event in self.events:
            about_it = event.subject_label == contract.audience and event.at > moment
            if about_it and "access_lifetime" in event.changes:
                return timedelta(seconds=event.changes["access_lifetime"][0])
        return contract.access_lifetime


def read_past_audiences(codes: Collection[str], *, since: datetime) -> PastAudiences:
    """Read what was changed of these audiences since ``since``, and their contracts. Two queries."""
    changed = AuditEvent.objects.filter(
        type=EventType.AUDIENCE_CHANGED, subject_label__in=list(codes), at__gt=since
    )
    versions: dict[str, list[ContractVersion]] = {}
    kept = ContractVersion.objects.filter(audience__code__in=list(codes)).select_related("audience")
    for version in kept.order_by("-version"):
        versions.setdefault(version.audience.code, []).append(version)
    return PastAudiences(events=list(changed.order_by("id")), versions=versions)
