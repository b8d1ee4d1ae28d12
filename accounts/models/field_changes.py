"""Writing some fields of a row and telling what changed, for services and their audit events."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models

Changes = dict[str, tuple[object, object]]


def apply_changes(row: models.Model, fields: Mapping[str, object]) -> Changes:
    """Set ``fields`` on ``row``, validate it and save what differs.

    Returns (before, after) by field in JSON types, rows as their codes; empty when nothing differs.

    :raise ValidationError: by field
    """
    before = {name: getattr(row, name) for name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    row.full_clean()
    changes = {
        name: (as_json(before[name]), as_json(getattr(row, name)))
        for name in fields
        if before[name] != getattr(row, name)
    }
    if changes:
        row.save(update_fields=list(changes))
    return changes


def sides_of_move(changes: Changes, *names: str) -> tuple[Changes, Changes]:
    """Return what a move between tenants tells the tenant that is left, and what it tells the new one.

    Of the fields ``names`` each learns only what was its own, in the form of a change to or from
    nothing; all other changes are for the new one. A side may be empty: there was nothing of it.
    """
    left: Changes = {}
    came: Changes = {}
    for name, (before, after) in changes.items():
        if name not in names:
            came[name] = (before, after)
            continue
        if before is not None:
            left[name] = (before, None)
        if after is not None:
            came[name] = (None, after)
    return left, came


def as_json(value: object) -> object:
    """Return ``value`` as JSON would hold it."""
    match value:
        case models.Model():
            return getattr(value, "code", None) or str(value.pk)
        case datetime():
            return value.isoformat()
        case timedelta():
            return int(value.total_seconds())
        case UUID():
            return str(value)
        case _:
            return value
