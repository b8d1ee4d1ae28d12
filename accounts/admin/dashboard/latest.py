"""What happened last, in words."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.urls import reverse

from accounts.admin.event_sentences import tone_of
from accounts.admin.event_words import words_of
from accounts.audit.models import AuditEvent
from accounts.models import User

_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestEvent:
    """One event; the person's page where there is still one that the reader may open."""

    event: AuditEvent
    words: str
    tone: str
    subject_url: str
    by: str


def latest_events(viewer: User) -> list[LatestEvent]:
    """Return the newest events that ``viewer`` sees. Two queries."""
    events = list(AuditEvent.objects.visible_to(viewer).defer("changes", "facts").order_by("-id")[:_SHOWN])
    people = _pages_of(viewer, events)
    return [
        LatestEvent(
            event=event,
            words=words_of(event.type),
            tone=tone_of(event.type),
            subject_url=people.get(event.subject_id, ""),
            by=event.actor_label if event.actor_label != event.subject_label else "",
        )
        for event in events
    ]


def _pages_of(viewer: User, events: list[AuditEvent]) -> dict[str, str]:
    if not viewer.has_perm("accounts.view_user"):
        return {}
    ids = [event.subject_id for event in events if event.subject_kind == "user" and _is_id(event.subject_id)]
    there = User.objects.visible_to(viewer).filter(pk__in=ids).order_by().values_list("pk", flat=True)
    return {str(pk): reverse("admin:accounts_user_change", args=[pk]) for pk in there}


def _is_id(text: str) -> bool:
    """Tell whether a row could have this id: an event's is a text, and none where nobody is known."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
