"""How audiences issued tokens at moments of the past, by the audit log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.audiences.contracts import ClaimContract
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent

_TYPES = (EventType.CLAIM_CONTRACT_CHANGED, EventType.AUDIENCE_CHANGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAudiences:
    """What was changed of audiences since some moment, the oldest first."""

    events: Sequence[AuditEvent]

    def contract_changed(self, audience: str, since: datetime) -> datetime | None:
        """Return when the contract was last changed after ``since``, if it was."""
        changed = [
            event.at
            for event in self._events(audience, since)
            if event.type == EventType.CLAIM_CONTRACT_CHANGED
        ]
        return changed[-1] if changed else None

    def lifetime(self, contract: ClaimContract, moment: datetime) -> timedelta:
        """Return how long the access tokens lived that were issued at ``moment``."""
        for event in self._events(contract.audience, moment):
            if "access_lifetime" in event.changes:
                return timedelta(seconds=event.changes["access_lifetime"][0])
        return contract.access_lifetime

    def _events(self, audience: str, since: datetime) -> list[AuditEvent]:
        return [event for event in self.events if event.subject_label == audience and event.at > since]


def read_past_audiences(codes: Collection[str], *, since: datetime) -> PastAudiences:
    """Read what was changed of these audiences since ``since``. One query."""
    changed = AuditEvent.objects.filter(type__in=_TYPES, subject_label__in=list(codes), at__gt=since)
    return PastAudiences(events=list(changed.order_by("id")))
