"""The page of a department or a tenant: its people, what stands below it, and who administers it."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import staff_of
from accounts.admin.bounded_counts import first_keys, written_count
from accounts.admin.retirement import RetirableAdmin
from accounts.admin.row_head import HISTORY, Badge, RowHead, Tone, Way, links_to
from accounts.models import Role, Tenant, User

#: Rows named on the page; beyond it stands that there are more.
NAMED: Final = 20
_HISTORY: Final = Way(name=HISTORY, label=_("History"), icon="history")
_RETIRE: Final = Way(name="retire", label=_("Retire"), icon="archive", is_dangerous=True)
_RESTORE: Final = Way(name="restore", label=_("Restore"), icon="archive-restore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of something there are, and the list of them."""

    label: Promise
    total: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The first rows of a list."""

    rows: list[Any]
    are_more: bool


class PlacePages(RetirableAdmin):
    """The form of a row that people belong to, under its head."""

    change_form_template = "admin/place_form.html"

    def counts_of(self, request: HttpRequest, row: Any) -> list[Tally]:
        """Return what belongs to the row."""
        raise NotImplementedError

    def rows_below(self, request: HttpRequest, row: Any) -> QuerySet[Any] | None:  # noqa: ARG002 - for subclasses
        """Return the rows below it; none where there cannot be any."""
        return None

    def tenant_of(self, row: Any) -> Tenant | None:
        """Return whose administrators are this row's."""
        raise NotImplementedError

    @override
    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the form under the head, beside what belongs to the row."""
        row = context.get("original")
        if row is not None:
            below = self.rows_below(request, row)
            context |= {
                "head": self._head(request, row),
                "counts": self.counts_of(request, row),
                "below": None if below is None else _named(below),
                "administrators": self._administrators(request, row),
            }
        shown: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return shown

    def _head(self, request: HttpRequest, row: Any) -> RowHead:
        state = (
            Badge(label=_("in force"), tone=Tone.GOOD)
            if row.retired_at is None
            else Badge(label=_("retired"), tone=Tone.WARN)
        )
        way = _RETIRE if row.retired_at is None else _RESTORE
        return RowHead(
            title=row.label,
            note=row.code,
            badges=(state,),
            actions=links_to(self, request, row, [_HISTORY, way]),
        )

    def _administrators(self, request: HttpRequest, row: Any) -> Named | None:
        if not request.user.has_perm("accounts.view_user"):
            return None
        people = User.objects.visible_to(staff_of(request)).filter(tenant=self.tenant_of(row))
        return _named(administrators_among(people))


def administrators_among(people: QuerySet[User]) -> QuerySet[User]:
    """Return the staff who may change people here."""
    by_role = Role.objects.filter(
        retired_at__isnull=True,
        permissions__codename="change_user",
        permissions__content_type__app_label="accounts",
    )
    holding = User.roles.through._default_manager.filter(role__in=by_role).values("user")  # noqa: SLF001 - made by Django
    may = Q(is_superuser=True) | Q(pk__in=holding)
    return people.filter(may, is_staff=True, is_active=True).order_by("email")


def tally(rows: QuerySet[Any], label: Promise, url: str) -> Tally:
    """Return how many rows there are, counted up to a bound, and the way to them."""
    return Tally(label=label, total=written_count(len(first_keys(rows))), url=url)


def people_url(**narrowed: object) -> str:
    """Return the address of the list of people, narrowed."""
    query = "&".join(f"{name}={value}" for name, value in narrowed.items())
    return f"{reverse('admin:accounts_user_changelist')}?{query}"


def _named(rows: QuerySet[Any]) -> Named:
    found = list(rows[: NAMED + 1])
    return Named(rows=found[:NAMED], are_more=len(found) > NAMED)
