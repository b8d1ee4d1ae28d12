"""The head that the pages of one row share: its name, how it stands, its tabs, and what can be done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.admin.declarations import Sentence, declared_on

if TYPE_CHECKING:
    from accounts.admin.service_admin import ServiceModelAdmin

#: Django's own pages of a row, which are no declared ones: whoever sees a page of the row sees them.
FORM, HISTORY = "change", "history"


class Tone(StrEnum):
    """How a badge looks: classes of the skin."""

    GOOD = "is-good"
    WARN = "is-warn"
    BAD = "is-bad"
    QUIET = "is-quiet"
    ACCENT = "is-accent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """One word about the row."""

    label: Sentence
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The way to a page or an action of the row, by its declared name."""

    name: str
    label: Sentence
    icon: str = ""
    is_dangerous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way that the viewer may go."""

    url: str
    label: Sentence
    icon: str = ""
    is_dangerous: bool = False
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowHead:
    """What stands above every page of the row."""

    title: str
    note: str = ""
    badges: Sequence[Badge] = ()
    tabs: Sequence[Link] = field(default_factory=tuple)
    actions: Sequence[Link] = field(default_factory=tuple)


def badges_html(badges: Iterable[Badge]) -> SafeString:
    """Return badges for a cell of a list."""
    return format_html_join(
        " ", '<span class="badge {}">{}</span>', ((each.tone, each.label) for each in badges)
    )


def links_to(
    page: "ServiceModelAdmin", request: HttpRequest, row: Any, ways: Iterable[Way], *, current: str = ""
) -> list[Link]:
    """Return those of the ways that the viewer may go, in their order."""
    declared = {each.name: each for _method, each in declared_on(page)}
    kind = f"{page.admin_site.name}:{page.opts.app_label}_{page.opts.model_name}"
    return [
        Link(
            url=reverse(f"{kind}_{way.name.replace('-', '_')}", args=[quote(row.pk)]),
            label=way.label,
            icon=way.icon,
            is_dangerous=way.is_dangerous,
            is_current=way.name == current,
        )
        for way in ways
        if way.name in {FORM, HISTORY} or declared[way.name].is_permitted(request, page, row)
    ]


def tab_page(
    page: "ServiceModelAdmin", request: HttpRequest, row: Any, template: str, context: dict[str, Any]
) -> TemplateResponse:
    """Return a page of a row under its head, which ``context`` holds as ``head``."""
    head: RowHead = context["head"]
    tab = next((link.label for link in head.tabs if link.is_current), "")
    shared = {
        **page.admin_site.each_context(request),
        "title": f"{head.title} · {tab}",
        "subtitle": None,
        "tab": tab,
        "original": row,
        "opts": page.opts,
    }
    return TemplateResponse(request, template, shared | context)
