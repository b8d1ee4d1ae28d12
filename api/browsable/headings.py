"""What stands above an answer: titles that name the row, and the way here."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from api.browsable.words import title_of

if TYPE_CHECKING:
    from api.browsable.answered import Answered


def heading_of(answered: Answered, kind: str) -> str:
    """Return the title of a page: the row's name, or what is to be done with it."""
    row = answered.named_row
    if row is None:
        return kind
    return f"{kind}: {row}" if answered.action else str(row)


def crumbs_of(answered: Answered, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pages above this one, and itself, each with its address; ``found`` by DRF."""
    return [(_title_at(answered, urlsplit(url).path, name), url) for name, url in found]


def _title_at(answered: Answered, path: str, otherwise: str) -> str:
    try:
        match = resolve(path)
    except Resolver404:
        return otherwise
    is_of_row = match.kwargs and match.kwargs == answered.view.kwargs
    is_action = "name" in getattr(match.func, "initkwargs", {})
    if answered.named_row is not None and is_of_row and not is_action:
        return str(answered.named_row)
    return title_of(match, otherwise)
