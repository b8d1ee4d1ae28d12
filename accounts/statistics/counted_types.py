"""Which audit events are counted."""

from typing import Final

from accounts.audit.event_types import EventType

#: Whoever adds a type empties the tables of counts and progress in a migration: all is counted anew.
COUNTED: Final = (
    EventType.REFRESH_SESSION_STARTED,
    EventType.BROWSER_SESSION_STARTED,
    EventType.CREDENTIALS_REJECTED,
    EventType.LIMIT_REACHED,
    EventType.REFRESH_SESSION_REUSED,
)
