"""The filters of the list of events; each asks for what an index answers."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import is_tenant_staff, staff_of
from accounts.admin.event_words import EVENT_WORDS
from accounts.audit.models import AuditEvent
from accounts.models import Tenant

#: What events are about, in words.
SUBJECT_WORDS: dict[str, Promise] = {
    "user": _("user"),
    "role": _("role"),
    "department": _("department"),
    "tenant": _("tenant"),
    "audience": _("audience"),
    "signing_key": _("signing key"),
}
#: Tenants offered as choices; more are found by the search.
_TENANTS_OFFERED = 100


class EventTypeFilter(admin.SimpleListFilter):
    """Narrows events to one type; from the vocabulary, since the table is long."""

    title = _("type")
    parameter_name = "type"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return every type that has words."""
        return [(str(type_), words) for type_, words in EVENT_WORDS.items()]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the events of the chosen type."""
        return queryset.filter(type=self.value()) if self.value() else queryset


class SubjectKindFilter(admin.SimpleListFilter):
    """Narrows events to one kind of subject."""

    title = _("about")
    parameter_name = "kind"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the kinds of subjects."""
        return list(SUBJECT_WORDS.items())

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the events about the chosen kind."""
        kind = self.value()
        if not kind or kind == "user":  # nearly all are about people
            return queryset.filter(subject_kind=kind) if kind else queryset
        # By keys of its index: SQLite would look for the few of them from the newest of all events on.
        return queryset.filter(pk__in=AuditEvent.objects.filter(subject_kind=kind).order_by().values("pk"))


class ActorFilter(admin.SimpleListFilter):
    """Narrows events to what one person did: oneself, the system, or whom a link named by id."""

    title = _("done by")
    parameter_name = "by"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two that are always offered, and whoever is chosen."""
        offered: list[tuple[str, Any]] = [
            ("me", _("myself")),
            ("nobody", _("the system, or somebody unknown")),
        ]
        return offered + _chosen(request, self.parameter_name, known={"me", "nobody"})

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the events of the chosen actor."""
        match self.value():
            case None:
                return queryset
            case "me":
                return queryset.filter(actor_sub=staff_of(request).pk)
            case "nobody":
                return queryset.filter(actor_sub__isnull=True)
            case value:
                sub = _as_id(str(value))
                return queryset.none() if sub is None else queryset.filter(actor_sub=sub)


class PersonFilter(admin.SimpleListFilter):
    """Narrows events to those about one person, whom a link named by id."""

    title = _("person")
    parameter_name = "person"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return oneself, and whoever is chosen."""
        return [("me", _("myself")), *_chosen(request, self.parameter_name, known={"me"})]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the events about the chosen person."""
        value = self.value()
        if value is None:
            return queryset
        sub = staff_of(request).pk if value == "me" else _as_id(str(value))
        return queryset.none() if sub is None else queryset.filter(subject_kind="user", subject_id=str(sub))


class TenantFilter(admin.SimpleListFilter):
    """Narrows events to one tenant; whoever belongs to one sees no other anyway."""

    title = _("tenant")
    parameter_name = "tenant"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the codes of the tenants; none to staff of one."""
        if is_tenant_staff(request):
            return []
        codes = Tenant.objects.order_by("code").values_list("code", flat=True)
        return [(code, code) for code in codes[:_TENANTS_OFFERED]]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the events of the chosen tenant."""
        return queryset.filter(tenant=self.value()) if self.value() else queryset


def _chosen(request: HttpRequest, parameter: str, *, known: set[str]) -> list[tuple[str, Any]]:
    """Return the id of the address as a choice of its own, by the name that the latest event knows."""
    value = request.GET.get(parameter)
    if not value or value in known:
        return []
    sub = _as_id(value)
    if sub is None:
        return [(value, value[:64])]
    events = AuditEvent.objects.visible_to(staff_of(request))
    if parameter == ActorFilter.parameter_name:
        named = events.filter(actor_sub=sub).order_by("-id").values_list("actor_label", flat=True)
    else:
        about = events.filter(subject_kind="user", subject_id=str(sub))
        named = about.order_by("-id").values_list("subject_label", flat=True)
    return [(value, named.first() or str(sub))]


def _as_id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
