"""The pages of one role: the form, who holds it, and what it opens."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from typing_extensions import override

from accounts import conf
from accounts.admin.acts import staff_of
from accounts.admin.bounded_counts import COUNTED, first_keys, written_count
from accounts.admin.pages import row_page
from accounts.admin.permission_words import permission_lines
from accounts.admin.retirement import RetirableAdmin
from accounts.admin.row_head import FORM, HISTORY, Badge, RowHead, Tone, Way, links_to, tab_page
from accounts.audiences.models import AccessRule, ContractClaim
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.models import Role, User
from accounts.models.roles import ADMIN

PER_PAGE: Final = 50
#: People offered where somebody looks for whom to give the role.
OFFERED: Final = 20
MAX_SEARCH_LENGTH: Final = 200
_TABS: Final = (
    Way(name=FORM, label=_("Role")),
    Way(name="holders", label=_("People")),
    Way(name="opens", label=_("What it opens")),
)
_HISTORY: Final = Way(name=HISTORY, label=_("History"), icon="history")
_RETIRE: Final = Way(name="retire", label=_("Retire"), icon="archive", is_dangerous=True)
_RESTORE: Final = Way(name="restore", label=_("Restore"), icon="archive-restore")
#: The claim source that says roles.
_SOURCE: Final = "roles"
_GIVEN_OR_TAKEN: Final = (EventType.ROLE_ASSIGNED, EventType.ROLE_UNASSIGNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One person with the role; ``event`` is none where no event that the viewer sees tells of it."""

    person: User
    event: AuditEvent | None


class RolePages(RetirableAdmin):
    """The tabs of a role's page."""

    @override
    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the form under the head that all tabs share."""
        role = context.get("original")
        if role is not None:
            context |= {"head": self._head(request, role, current=FORM)}
        shown: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return shown

    @row_page("holders", permissions=["view", "accounts.view_user"], reads_only=True)
    def holders_view(self, request: HttpRequest, role: Any) -> HttpResponse:
        """Say who holds a role, since when and by whom, and offer whom to give it to."""
        people = admin.site.get_model_admin(User)
        may_change, asked = people.has_change_permission(request), _typed(request, "q")
        first = _first_holders(request, role)
        rows = _after(_holding(request, role, first), _typed(request, "after"))
        found = list(rows[: PER_PAGE + 1])
        context = {
            "head": self._head(request, role, current="holders", total=len(first)),
            "holders": _holders(found[:PER_PAGE], role, viewer=staff_of(request)),
            "is_first": not _typed(request, "after"),
            "after": found[PER_PAGE - 1].email if len(found) > PER_PAGE else "",
            "may_change": may_change,
            "may_give": may_change and role.retired_at is None,
            "asked": asked,
            "offered": _offered(request, role, asked) if may_change and asked else [],
        }
        return tab_page(self, request, role, "admin/accounts/role/holders.html", context)

    @row_page("opens", permissions=["view"], reads_only=True)
    def opens_view(self, request: HttpRequest, role: Any) -> HttpResponse:
        """Say what a role opens: parts of the admin, audiences, and where tokens say it."""
        may_see_audiences = request.user.has_perm("audiences.view_audience")
        rules = AccessRule.objects.filter(role=role, audience__retired_at__isnull=True)
        said = ContractClaim.objects.filter(source=_SOURCE, audience__retired_at__isnull=True)
        context = {
            "head": self._head(request, role, current="opens"),
            "opens": permission_lines(role.permissions.select_related("content_type")),
            "is_admin": role.code == ADMIN,
            "own_audience": conf.own_audience(),
            "may_see_audiences": may_see_audiences,
            "audiences": [],
            "claims": [],
        }
        if may_see_audiences:
            context["audiences"] = [
                rule.audience for rule in rules.select_related("audience").order_by("audience__code")
            ]
            context["claims"] = said.select_related("audience").order_by("audience__code", "path")
        return tab_page(self, request, role, "admin/accounts/role/opens.html", context)

    def _head(self, request: HttpRequest, role: Role, *, current: str, total: int | None = None) -> RowHead:
        total = len(_first_holders(request, role)) if total is None else total
        held = ngettext("%(count)s person", "%(count)s people", total) % {"count": written_count(total)}
        state = (
            Badge(label=_("in force"), tone=Tone.GOOD)
            if role.retired_at is None
            else Badge(label=_("retired"), tone=Tone.WARN)
        )
        way = _RETIRE if role.retired_at is None else _RESTORE
        return RowHead(
            title=role.label,
            note=role.code,
            badges=(state, Badge(label=held)),
            tabs=links_to(self, request, role, _TABS, current=current),
            actions=links_to(self, request, role, [_HISTORY, way]),
        )


def _first_holders(request: HttpRequest, role: Role) -> list[Any]:
    """Return the ids of those who hold the role and whom the viewer sees, as many as are counted."""
    held = User.roles.through._default_manager.filter(role=role)  # noqa: SLF001 - made by Django
    tenant_id = staff_of(request).tenant_id
    return first_keys(held if tenant_id is None else held.filter(user__tenant=tenant_id), "user_id")


def _holding(request: HttpRequest, role: Role, first: list[Any]) -> QuerySet[Any]:
    """Return the holders: few by their ids, many as they are met among the people in order."""
    people: QuerySet[Any] = admin.site.get_model_admin(User).get_queryset(request)
    if len(first) <= COUNTED:
        return people.filter(pk__in=first)
    held = User.roles.through._default_manager.filter(role=role, user=OuterRef("pk"))  # noqa: SLF001 - as above
    return people.filter(Exists(held))


def _holders(people: list[User], role: Role, *, viewer: User) -> list[Holder]:
    """Return the people with the newest event about the role. One query."""
    events = AuditEvent.objects.visible_to(viewer).filter(
        subject_kind="user",
        subject_id__in=[str(person.pk) for person in people],
        type__in=_GIVEN_OR_TAKEN,
        facts__role=role.code,
    )
    newest = {event.subject_id: event for event in events.order_by("id")}
    return [Holder(person=person, event=_given(newest.get(str(person.pk)))) for person in people]


def _given(event: AuditEvent | None) -> AuditEvent | None:
    """Return the event, unless it says that the role was taken: something that records none gave it again."""
    return event if event is not None and event.type == EventType.ROLE_ASSIGNED else None


def _after(people: QuerySet[Any], email: str) -> QuerySet[Any]:
    ordered = people.order_by("email")
    return ordered.filter(email__gt=email) if email else ordered


def _offered(request: HttpRequest, role: Role, asked: str) -> list[User]:
    people = admin.site.get_model_admin(User)
    lacking = people.get_queryset(request).exclude(roles=role)
    found, _duplicates = people.get_search_results(request, lacking, asked)
    return list(found.order_by("email")[:OFFERED])


def _typed(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:MAX_SEARCH_LENGTH]
