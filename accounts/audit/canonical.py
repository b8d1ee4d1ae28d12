r"""The canonical form of events and seals: the bytes that are hashed, which are also the lines of an export.

JSON (RFC 8259) in ASCII: members sorted by name, no spaces, every other character as ``\uxxxx``. Whoever
has an export needs no serialiser: the bytes of a line are the form.
"""

import json
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from accounts.audit.models import AuditEvent, AuditSeal

#: The version of the form. Columns that are added later belong to a later form, and to no seal of this one.
FORM: Final = 1

EVENT_FIELDS: Final = (
    "id",
    "type",
    "at",
    "actor_sub",
    "actor_label",
    "subject_kind",
    "subject_id",
    "subject_label",
    "tenant",
    "ip",
    "user_agent",
    "request_id",
    "sid",
    "changes",
    "facts",
)
#: What the hash of a seal is over.
SEAL_BODY: Final = (
    "number",
    "first_id",
    "last_id",
    "events",
    "earliest_at",
    "latest_at",
    "form",
    "events_sha256",
    "previous_hash",
    "sealed_at",
)
_SEAL_FIELDS: Final = (*SEAL_BODY, "leaves", "hash", "key_version", "mac", "dropped_at", "drop_mac")
_SEAL_MOMENTS: Final = ("earliest_at", "latest_at", "sealed_at", "dropped_at")
SEAL_LINE: Final = b'{"seal":'

#: An event's id and its canonical form, without a line feed.
EventLine = tuple[int, bytes]


def canonical_json(value: object) -> bytes:
    """Return the canonical form of a JSON value; moments and UUIDs become text first."""
    return json.dumps(
        value, default=_as_text, sort_keys=True, separators=(",", ":"), ensure_ascii=True
    ).encode("ascii")


def event_lines(*, first_id: int, last_id: int, most: int | None = None) -> list[EventLine]:
    """Return the events of a range by id, the first ``most`` of them. One query."""
    rows = AuditEvent.objects.filter(id__gte=first_id, id__lte=last_id).order_by("id")
    values = rows.values_list(*EVENT_FIELDS)[:most].iterator(chunk_size=1000)
    return [(row[0], canonical_json(dict(zip(EVENT_FIELDS, row, strict=True)))) for row in values]


def seal_body(seal: AuditSeal) -> bytes:
    """Return what the hash of a seal is over."""
    return canonical_json({name: getattr(seal, name) for name in SEAL_BODY})


def seal_line(seal: AuditSeal) -> bytes:
    """Return a seal as a line of an export."""
    return canonical_json({"seal": {name: getattr(seal, name) for name in _SEAL_FIELDS}})


def read_seal_line(line: bytes) -> AuditSeal:
    """Return the seal of a line, unsaved.

    :raise ValueError: the line is none
    """
    try:
        members = json.loads(line)["seal"]
        for name in _SEAL_MOMENTS:
            if members[name] is not None:
                members[name] = datetime.fromisoformat(members[name])
        return AuditSeal(**members)
    except (KeyError, TypeError) as error:
        raise ValueError("not a seal") from error


def read_event_line(line: bytes) -> EventLine:
    """Return the event of a line with its id.

    :raise ValueError: the line is none
    """
    try:
        return int(json.loads(line)["id"]), line
    except (KeyError, TypeError) as error:
        raise ValueError("not an event") from error


def text_of(moment: datetime) -> str:
    """Return a moment as the form writes it: in UTC, with six digits of the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _as_text(value: object) -> str:
    match value:
        case datetime():
            return text_of(value)
        case UUID():
            return str(value)
        case _:
            raise TypeError(f"no JSON: {type(value).__name__}")
