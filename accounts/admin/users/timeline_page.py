"""The tab of a person's timeline: what happened to them, and what they did, the latest first.

However long the log is, a page reads a bounded stretch of it: where few events of the kind that is asked for
are in it, the page says how far it has looked, and leads on.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.db.models import BigIntegerField, Q
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import staff_of
from accounts.admin.history import history_line
from accounts.admin.page_numbers import typed_number
from accounts.admin.row_head import tab_page
from accounts.admin.users.person_head import person_head
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.models import User

if TYPE_CHECKING:
    from accounts.admin.service_admin import ServiceModelAdmin

PER_PAGE: Final = 30
#: Events that one page looks through for those of the kind that is asked for.
STRETCH: Final = 2000

_LOGINS: Final = (
    EventType.REFRESH_SESSION_STARTED,
    EventType.BROWSER_SESSION_STARTED,
    EventType.DEVICE_FIRST_SEEN,
    EventType.CREDENTIALS_REJECTED,
    EventType.LIMIT_REACHED,
    EventType.LIMIT_LIFTED,
)
_SESSIONS: Final = (
    EventType.REFRESH_SESSION_STARTED,
    EventType.REFRESH_SESSION_ENDED,
    EventType.REFRESH_SESSION_REUSED,
    EventType.REFRESH_SESSION_RETRIED_LATE,
    EventType.REFRESH_SESSION_MOVED_AHEAD,
    EventType.BROWSER_SESSION_STARTED,
    EventType.BROWSER_SESSION_ENDED,
    EventType.BROWSER_SESSION_CONFIRMED,
)
_CHANGES: Final = tuple(type_ for type_ in EventType if type_ not in {*_LOGINS, *_SESSIONS})
_KINDS: Final[dict[str, tuple[Promise, tuple[EventType, ...] | None]]] = {
    "": (_("Everything"), None),
    "logins": (_("Logins"), _LOGINS),
    "changes": (_("Changes"), _CHANGES),
    "sessions": (_("Sessions"), _SESSIONS),
}
_MAX_ID: Final = BigIntegerField.MAX_BIGINT
ABOUT, DONE = "", "done"
_SIDES: Final[dict[str, Promise]] = {
    ABOUT: _("What happened to this person"),
    DONE: _("What this person did to others"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way to narrow the timeline."""

    label: Promise
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for; anything unknown counts as not given."""

    side: str
    kind: str
    before: int | None

    @property
    def types(self) -> tuple[EventType, ...] | None:
        """Return the types of the kind; none for all."""
        return _KINDS[self.kind][1]

    def wants(self, type_: str, subject_id: str, user: User) -> bool:
        """Tell whether an event belongs here: what people do to themselves has happened to them."""
        is_others = self.side == ABOUT or subject_id != str(user.pk)
        return is_others and (self.types is None or type_ in self.types)

    def query(self, **otherwise: object) -> str:
        """Return the address of the same with something else."""
        asked = {"side": self.side, "kind": self.kind} | otherwise
        return "?" + urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The events of one page; ``before`` is where the next goes on, ``looked_until`` how far it looked."""

    events: list[AuditEvent]
    before: int | None = None
    looked_until: datetime | None = None


def timeline_page(page: "ServiceModelAdmin", request: HttpRequest, user: User) -> HttpResponse:
    """Show one page of the timeline; what somebody did to others is for those who may read audit events."""
    may_read_all = request.user.has_perm("audit.view_auditevent")
    asked = _asked(request, may_read_all=may_read_all)
    stretch = read_stretch(user, asked, viewer=staff_of(request))
    context = {
        "head": person_head(page, request, user, current="timeline"),
        "lines": [history_line(event) for event in stretch.events],
        "kinds": [
            Choice(label=label, query=asked.query(kind=name), is_chosen=name == asked.kind)
            for name, (label, _types) in _KINDS.items()
        ],
        "sides": [
            Choice(label=label, query=asked.query(side=name), is_chosen=name == asked.side)
            for name, label in _SIDES.items()
            if name == ABOUT or may_read_all
        ],
        "is_first": asked.before is None,
        "newest": asked.query(),
        "older": asked.query(before=stretch.before) if stretch.before else "",
        "looked_until": stretch.looked_until,
    }
    return tab_page(page, request, user, "admin/accounts/user/timeline.html", context)


def read_stretch(user: User, asked: Asked, *, viewer: User) -> Stretch:
    """Return the newest events before an id. One query, or two where they are narrowed."""
    seen = AuditEvent.objects.visible_to(viewer).order_by("-id")
    of_user = Q(subject_kind="user", subject_id=str(user.pk))
    found = seen.filter(of_user) if asked.side == ABOUT else seen.filter(actor_sub=user.pk)
    if asked.before is not None:
        found = found.filter(pk__lt=asked.before)
    if asked.side == ABOUT and asked.types is None:
        rows = list(found[: PER_PAGE + 1])
        more = rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None
        return Stretch(events=rows[:PER_PAGE], before=more)
    near = list(found.values_list("pk", "at", "type", "subject_id")[:STRETCH])
    wanted = [pk for pk, _at, type_, subject_id in near if asked.wants(type_, subject_id, user)]
    rows = list(AuditEvent.objects.filter(pk__in=wanted[:PER_PAGE]).order_by("-id"))
    if len(wanted) > PER_PAGE:
        return Stretch(events=rows, before=wanted[PER_PAGE - 1])
    if len(near) == STRETCH:
        return Stretch(events=rows, before=near[-1][0], looked_until=near[-1][1])
    return Stretch(events=rows)


def _asked(request: HttpRequest, *, may_read_all: bool) -> Asked:
    kind, side, before = (request.GET.get(name, "") for name in ("kind", "side", "before"))
    return Asked(
        side=side if side in _SIDES and may_read_all else ABOUT,
        kind=kind if kind in _KINDS else "",
        before=typed_number(before, at_most=_MAX_ID),
    )
