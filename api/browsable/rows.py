"""The links of a page to rows: from a list to each, and from an action back to the one it was about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from api.browsable.answered import Answered

_CREATED = 201


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where to go; ``note`` is what matters about the row before one opens it."""

    title: str
    address: str
    note: str = ""


def rows_of(answered: Answered) -> list[Link]:
    """Return a link for each row of a list."""
    results = answered.data.get("results") if isinstance(answered.data, dict) else None
    rows = getattr(getattr(results, "serializer", None), "instance", None) or ()
    return [link for row in rows if (link := row_link(answered.view, row))]


def created_row(answered: Answered) -> Link | None:
    """Return where the row is that has just been made."""
    return row_link(answered.view, answered.row) if answered.status == _CREATED else None


def row_of_action(answered: Answered) -> Link | None:
    """Return the way back from the page of an action to its row."""
    return row_link(answered.view, answered.named_row) if answered.action else None


def actions_of(answered: Answered) -> list[Link]:
    """Return the further actions that change something about the row, if the person may."""
    row, view = answered.named_row, cast("Any", answered.view)
    if row is None or not hasattr(view, "is_due") or not view.may_write("POST", row):
        return []
    return [
        Link(
            title=str(each.kwargs["name"]),
            address=reverse(f"{view.basename}-{each.url_name}", kwargs=view.kwargs),
        )
        for each in view.get_extra_actions()
        if each.__name__ != answered.action and view.is_due(each.__name__, row)
    ]


def row_link(view: Any, row: Any) -> Link | None:
    """Return the link to a row, by the view that lists it; none where rows have no address."""
    route = getattr(view, "row_route", None) or f"{getattr(view, 'basename', '')}-detail"
    if not isinstance(row, Model) or route == "-detail":
        return None
    address = reverse(route, kwargs={view.lookup_field: getattr(row, view.lookup_field)})
    return Link(title=str(row), address=address, note=_note(row))


def _note(row: Any) -> str:
    if getattr(row, "retired_at", None) is not None:
        return _("retired")
    return "" if getattr(row, "is_active", True) else _("not active")
