"""Who may log in to an audience: rules of roles, departments and tenants, and what they mean."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from typing_extensions import override

from accounts import conf
from accounts.audiences.errors import AudienceClosedError
from accounts.audiences.models import AccessRule, Audience
from accounts.audiences.models.access_rules import KINDS
from accounts.authority import Authority
from accounts.models import Department, Role, Tenant, User
from accounts.models.field_changes import Changes
from accounts.models.subject_facts import SubjectFacts, read_subject_facts

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceAccess:
    """The codes that an audience is open to: one of each kind is needed, an empty kind asks for nothing."""

    roles: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    tenants: frozenset[str] = frozenset()

    @override
    def __repr__(self) -> str:
        """Return the same text in every process, where sets have another order: it names what was seen."""
        kinds = (self.roles, self.departments, self.tenants)
        return f"AudienceAccess{tuple(map(sorted, kinds))}"

    def lets_in(self, subject: SubjectFacts) -> bool:
        """Tell whether the person may log in; what is retired lets nobody in."""
        department = subject.department.code if subject.department else None
        return (
            (not self.roles or not self.roles.isdisjoint(subject.roles))
            and (not self.departments or department in self.departments)
            and (not self.tenants or subject.tenant in self.tenants)
        )

    def require(self, subject: SubjectFacts, *, audience: str) -> None:
        """Let the person pass whom the audience is open to.

        :raise AudienceClosedError: it is not
        """
        if not self.lets_in(subject):
            raise AudienceClosedError(sub=subject.sub, audience=audience)


#: Without a rule an audience is open to everybody.
OPEN = AudienceAccess()


class OpenTo(TypedDict, total=False):
    """What an audience is open to, by kind; a kind that is left out stays as it is."""

    open_to_roles: Collection[Role]
    open_to_departments: Collection[Department]
    open_to_tenants: Collection[Tenant]


def read_access(audience: str) -> AudienceAccess:
    """Read the rules of the audience with this code. One query."""
    rules = AccessRule.objects.filter(audience__code=audience)
    found = list(rules.values_list("role__code", "department__code", "tenant__code"))
    roles, departments, tenants = zip(*found, strict=True) if found else ((), (), ())
    return AudienceAccess(roles=_codes(roles), departments=_codes(departments), tenants=_codes(tenants))


def people_let_in(access: AudienceAccess, people: "QuerySet[User]") -> "QuerySet[User]":
    """Return those of ``people`` whom ``lets_in`` lets in; asked in the database."""
    if access.roles:
        held = User.roles.through._default_manager.filter(  # noqa: SLF001 - no other manager
            role__code__in=access.roles, role__retired_at__isnull=True
        )
        people = people.filter(pk__in=held.values("user"))
    if access.departments:
        people = people.filter(department__code__in=access.departments, department__retired_at__isnull=True)
    if access.tenants:
        people = people.filter(tenant__code__in=access.tenants)
    return people


def _codes(codes: Iterable[str | None]) -> frozenset[str]:
    return frozenset(code for code in codes if code is not None)


def write_access(audience: Audience, wanted: OpenTo, authority: Authority) -> Changes:
    """Make ``wanted`` the rules of their kinds; return what changed. Called inside a transaction.

    :raise ValidationError: something retired is added, or the actor would shut themselves out of authsite
    """
    changes: Changes = {}
    for kind in KINDS:
        rows = wanted.get(f"open_to_{kind}s")
        if rows is not None:
            changes |= _write_kind(audience, kind, rows)  # type: ignore[arg-type] # by its key
    if changes and audience.code == conf.own_audience() and authority.user is not None:
        facts = read_subject_facts(authority.user)
        if not read_access(audience.code).lets_in(facts):
            raise ValidationError(
                _("This would shut you out of authsite's own API: leave in something that you have.")
            )
    return changes


def _write_kind(audience: Audience, kind: str, rows: Collection[Role | Department | Tenant]) -> Changes:
    rules = AccessRule.objects.filter(audience=audience, **{f"{kind}__isnull": False})
    held = {getattr(rule, kind) for rule in rules.select_related(kind)}
    wanted = set(rows)
    if held == wanted:
        return {}
    for row in sorted(wanted - held, key=lambda row: row.code):
        if row.retired_at is not None:
            raise ValidationError(_("“%(code)s” is retired: it lets nobody in."), params={"code": row.code})
        AccessRule.objects.create(audience=audience, **{kind: row})
    rules.filter(**{f"{kind}__in": held - wanted}).delete()
    return {f"open_to_{kind}s": (sorted(row.code for row in held), sorted(row.code for row in wanted))}
