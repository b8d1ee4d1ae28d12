"""Whose tokens a change of a row may alter, for each kind of row."""

from collections.abc import Collection

from django.db.models import QuerySet

from accounts.explanations.impact.people import Touched, may_log_in_now
from accounts.models import Department, Role, User


def people_themselves(people: QuerySet[User], *, viewer: User) -> Touched:
    """Return that a change of people touches them alone."""
    chosen = people.order_by().values("pk")
    return Touched(people=User.objects.visible_to(viewer).filter(pk__in=chosen))


def holders(roles: Collection[int], *, viewer: User) -> Touched:
    """Return that a change of roles touches whoever holds one and may log in."""
    holding = User.roles.through._default_manager.filter(role__in=roles).values("user")  # noqa: SLF001 - no other manager
    people = may_log_in_now(User.objects.visible_to(viewer).filter(pk__in=holding))
    return Touched(people=people, roles=Role.objects.filter(pk__in=roles))


def members_below(departments: Collection[int], *, viewer: User) -> Touched:
    """Return that a change of departments touches whoever is in one, or in one below: their path says it."""
    people = User.objects.visible_to(viewer).filter(department__in=_with_all_below(departments))
    return Touched(people=may_log_in_now(people))


def people_of(tenants: Collection[int], *, viewer: User) -> Touched:
    """Return that a change of tenants touches their active people."""
    return Touched(people=User.objects.visible_to(viewer).filter(tenant__in=tenants, is_active=True))


def everybody(audiences: Collection[str], *, viewer: User) -> Touched:
    """Return that a change of audiences touches whoever may log in."""
    return Touched(people=may_log_in_now(User.objects.visible_to(viewer)), audiences=audiences)


def _with_all_below(departments: Collection[int]) -> set[int]:
    children: dict[int, list[int]] = {}
    for pk, parent in Department.objects.values_list("pk", "parent"):
        children.setdefault(parent, []).append(pk)
    found: set[int] = set()
    waiting = list(departments)
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting.extend(children.get(pk, ()))
    return found
