"""Tabs above the pages of one row: plain links, one page for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.admin.utils import quote
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A page of a row by the name of its route; ``permissions`` are all needed, of the site's own kind."""

    name: str
    label: str | Promise
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTab:
    """A tab as the page shows it."""

    url: str
    label: str | Promise
    is_current: bool


def tabs_of(row: Model, tabs: Sequence[Tab], *, current: str, request: HttpRequest) -> list[ShownTab]:
    """Return the tabs that the person may open."""
    return list(_shown(row, tabs, current, request))


def _shown(row: Model, tabs: Sequence[Tab], current: str, request: HttpRequest) -> Iterator[ShownTab]:
    kind = f"{row._meta.app_label}_{row._meta.model_name}"
    for tab in tabs:
        if request.user.has_perms(tab.permissions):
            url = reverse(f"admin:{kind}_{tab.name}", args=[quote(row.pk)])
            yield ShownTab(url=url, label=tab.label, is_current=tab.name == current)
