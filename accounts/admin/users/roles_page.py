"""The tab of a person's roles: what they hold, who gave it, since when, and what it opens in this admin."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import staff_of
from accounts.admin.permission_words import permission_lines
from accounts.admin.row_head import Link, Way, links_to, tab_page
from accounts.admin.users.explained_rows import Line, origin_line, retirement_line
from accounts.admin.users.person_head import person_head
from accounts.explanations.tokens.origins import FLAGS, Origins, read_origins
from accounts.explanations.tokens.retirements import Retirement, read_retirements
from accounts.models import Role, User

if TYPE_CHECKING:
    from accounts.admin.service_admin import ServiceModelAdmin

_GIVE: Final = Way(name="give-role", label=_("Give a role"), icon="plus")
_TAKE: Final = Way(name="take-role", label=_("Take away"))
_FIELDS: Final[dict[str, Promise]] = {
    "tenant": _("Tenant"),
    "department": _("Department"),
    "special_permissions": _("Special permissions"),
    "is_staff": _("Staff"),
    "is_superuser": _("Superuser"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """One role of the person."""

    role: Role
    origin: Line
    retirement: Line | None
    opens: list[str]
    take: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One field of the person that decides what they may do."""

    label: Promise
    value: str
    origin: Line
    retirement: Line | None


def roles_page(page: "ServiceModelAdmin", request: HttpRequest, user: User) -> HttpResponse:
    """Show what a person may do, and how they came by it."""
    viewer = staff_of(request)
    prefetch_related_objects([user], "roles__permissions__content_type")
    origins = read_origins(user, viewer=viewer, also_fields=FLAGS)
    found = read_retirements([user.department, user.tenant, *user.roles.all()], viewer=viewer)
    retirements = {(each.kind, each.code): each for each in found}
    takes = links_to(page, request, user, [_TAKE])
    context = {
        "head": person_head(page, request, user, current="roles"),
        "gives": links_to(page, request, user, [_GIVE]),
        "roles": [_held(role, origins, retirements, takes) for role in user.roles.all()],
        "facts": list(_facts(user, origins, retirements)),
        "opens_everything": user.is_superuser and user.is_staff,
        "opens_nothing": not user.is_staff,
    }
    return tab_page(page, request, user, "admin/accounts/user/roles.html", context)


def _held(
    role: Role, origins: Origins, retirements: dict[tuple[str, str], Retirement], takes: list[Link]
) -> HeldRole:
    return HeldRole(
        role=role,
        origin=origin_line(origins.roles[role.code]),
        retirement=_line(retirements.get(("role", role.code))),
        opens=permission_lines(role.permissions.all()),
        take=takes[0] if takes else None,
    )


def _facts(user: User, origins: Origins, retirements: dict[tuple[str, str], Retirement]) -> Iterator[Fact]:
    for name, label in _FIELDS.items():
        value: Any = getattr(user, name)
        retirement = retirements.get((name, getattr(value, "code", "")))
        yield Fact(
            label=label,
            value=_value(value),
            origin=origin_line(origins.fields[name]),
            retirement=_line(retirement),
        )


def _line(retirement: Retirement | None) -> Line | None:
    return retirement_line(retirement) if retirement else None


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _now_("yes") if value else _now_("no")
    return "—" if value is None else str(value)
