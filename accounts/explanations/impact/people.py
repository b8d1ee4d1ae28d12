"""Whom a change may touch: all of them as a query, some of them read to be computed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, Length

from accounts.explanations.impact.values import Person
from accounts.models import Department, Role, User
from accounts.models.subject_facts import SubjectFacts, read_subject_facts
from accounts.refresh_sessions.models import RefreshSession, RefreshSessionQuerySet

#: People who are computed one by one; beyond it they are counted.
CAP = 200
#: So many of them, where there are more than CAP, are those with the longest role lists.
LONGEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Whose tokens a change may alter, as the viewer sees them, and which roles it may alter.

    ``audience`` narrows the sessions that are counted to those that belong to one audience.
    """

    people: QuerySet[User]
    audiences: Collection[str] | None = None
    roles: QuerySet[Role] | None = None

    def sessions(self) -> RefreshSessionQuerySet:
        """Return the sessions of these people, live or not."""
        theirs = RefreshSession.objects.filter(user__in=self.people.order_by().values("pk"))
        return theirs if self.audiences is None else theirs.filter(audience__code__in=self.audiences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a person when a token is issued, and when they open the admin."""

    person: Person
    facts: SubjectFacts
    may_log_in: bool
    is_staff: bool
    is_superuser: bool
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The people who are computed, out of all."""

    subs: tuple[UUID, ...]
    total: int
    longest: int


def may_log_in_now(people: QuerySet[User]) -> QuerySet[User]:
    """Return those of ``people`` who get tokens (``User.may_log_in``)."""
    return people.filter(Q(tenant__isnull=True) | Q(tenant__retired_at__isnull=True), is_active=True)


def choose(people: QuerySet[User]) -> Chosen:
    """Choose whom to compute: everybody, or the longest role lists, staff, and others by address.

    Two queries; three where there are more than ``CAP``.
    """
    everybody = User.objects.filter(pk__in=people.order_by().values("pk"))
    total = everybody.count()
    first = list(_staff_first(everybody).values_list("pk", flat=True)[:CAP])
    if total <= CAP:
        return Chosen(subs=tuple(first), total=total, longest=0)
    longest = list(_longest_roles_first(everybody).values_list("pk", flat=True)[:LONGEST])
    others = [sub for sub in first if sub not in set(longest)]
    return Chosen(subs=(*longest, *others)[:CAP], total=total, longest=len(longest))


def read_standings(subs: Iterable[UUID]) -> dict[UUID, Standing]:
    """Read the standing of each person as it is now; whoever is gone is left out. Five queries."""
    users = list(User.objects.with_directory().filter(pk__in=list(subs)).prefetch_related("roles"))
    paths = _department_paths({user.department_id for user in users if user.department_id})
    permissions = _permissions([user for user in users if user.is_staff])
    return {
        user.pk: Standing(
            person=Person(sub=user.pk, email=user.email),
            facts=_with_path(read_subject_facts(user), paths.get(user.department_id or 0)),
            may_log_in=user.may_log_in(),
            is_staff=user.is_staff,
            is_superuser=user.is_superuser,
            permissions=frozenset(permissions.get(user.pk, ())),
        )
        for user in users
    }


def _staff_first(people: QuerySet[User]) -> QuerySet[User]:
    # A change of admin permissions shows on them alone, and on no superuser.
    is_bounded_staff = When(is_staff=True, is_superuser=False, then=Value(0))
    return people.order_by(Case(is_bounded_staff, default=Value(1), output_field=IntegerField()), "email")


def _longest_roles_first(people: QuerySet[User]) -> QuerySet[User]:
    said = Sum(Length("roles__code"), filter=Q(roles__retired_at__isnull=True))
    return people.annotate(said=Coalesce(said, 0)).order_by("-said", "email")


def _department_paths(ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    rows = list(Department.objects.with_tree_fields().filter(pk__in=ids))
    above = {pk for row in rows for pk in row.tree_path}
    codes = dict(Department.objects.filter(pk__in=above).values_list("pk", "code"))
    return {row.pk: tuple(codes[pk] for pk in row.tree_path) for row in rows}


def _with_path(facts: SubjectFacts, path: tuple[str, ...] | None) -> SubjectFacts:
    if facts.department is None or path is None:
        return facts
    return replace(facts, department=replace(facts.department, path=path))


def _permissions(staff: Collection[User]) -> dict[UUID, set[str]]:
    """Return what the roles in force carry, as ``accounts.backends`` reads it."""
    held = User.roles.through._default_manager.filter(  # noqa: SLF001 - no other manager
        user__in=[user.pk for user in staff], role__retired_at__isnull=True, role__permissions__isnull=False
    ).values_list("user", "role__permissions__content_type__app_label", "role__permissions__codename")
    permissions: dict[UUID, set[str]] = {}
    for sub, app, codename in held:
        permissions.setdefault(sub, set()).add(f"{app}.{codename}")
    return permissions
