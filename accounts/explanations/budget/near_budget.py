"""Whose token is over its audience's budget, or within a tenth of it (design.md §4).

Every person's token is estimated in the database, never too short; those that may be near are computed by
what issues tokens, the longest estimates first, up to ``MOST``.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet, Window

from accounts.audiences.claim_sources import LoginContext
from accounts.audiences.contracts import ClaimContract, read_contract
from accounts.audiences.errors import AudienceClosedError, ClaimSourceError
from accounts.change_log.models import newest_position
from accounts.explanations.budget.department_paths import DepartmentPaths
from accounts.explanations.budget.size_estimates import (
    bytes_of_values,
    bytes_without_values,
    unestimated_sources,
)
from accounts.models import User
from accounts.models.subject_facts import SubjectFacts, read_subject_facts
from accounts.tokens.issuing import claims_to_issue
from accounts.tokens.sizes import NEAR, claim_bytes, part_of_budget, token_bytes

#: How many people's tokens are computed for one answer.
MOST: Final = 200
_LARGEST_SHOWN: Final = 3
#: The longest that there is: the address of the next login is not known.
_ADDRESS: Final = "2001:0db8:0000:0000:0000:0000:0000:0001"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSize:
    """A claim of the topmost level, and the bytes that it takes within the token's JSON."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNearBudget:
    """One person whose token is over the budget or near it, and what takes most of it."""

    person: User
    bytes: int
    budget: int
    largest: tuple[ClaimSize, ...]

    @property
    def is_over(self) -> bool:
        """Tell whether this person gets no token."""
        return self.bytes > self.budget

    @property
    def percent(self) -> int:
        """Return how much of the budget the token takes: 100 or less where it fits."""
        return part_of_budget(self.bytes, self.budget)


@dataclass(frozen=True, slots=True, kw_only=True)
class NearBudget:
    """The people near the budget of one audience, the longest tokens first.

    ``left_out`` is how many more may be near, but have shorter estimates than all that were computed;
    ``unestimated`` are the sources that the estimate knows nothing of: who is near because of them may
    be missing. ``failing`` are people for whom a claim source fails, so that they get no token either.
    """

    audience: str
    budget: int
    people: tuple[PersonNearBudget, ...]
    computed: int
    left_out: int
    unestimated: tuple[str, ...]
    failing: tuple[User, ...]


def people_near_budget(audience: str, *, viewer: User | None, now: datetime) -> NearBudget:
    """Return who is near the budget of ``audience`` among those who may log in and whom ``viewer`` sees.

    Without a viewer everybody is looked at. Five queries: contract, candidates, these people, their roles,
    position of the change log; one more where the contract says the way of a department.

    :raise UnknownAudienceError: there is none, or it is retired
    :raise ClaimSourceError: the contract names a source that this deployment does not have
    """
    contract = read_contract(audience)
    paths = DepartmentPaths.read() if contract.reads_department_path else DepartmentPaths({})
    candidates = _candidates(contract, viewer, longest_path=paths.longest())
    ids, total = _first(candidates)
    people = _read(ids)
    sizes = _Sizes(contract=contract, paths=paths, epoch=newest_position(), now=now)
    near, failing = [], []
    for person in people:
        try:
            size = sizes.of(person)
        except ClaimSourceError:
            failing.append(person)
        except AudienceClosedError:
            continue
        else:
            near += [size] if size.bytes > NEAR * size.budget else []
    return NearBudget(
        audience=contract.audience,
        budget=contract.max_token_bytes,
        people=tuple(sorted(near, key=lambda size: size.bytes, reverse=True)),
        computed=len(people),
        left_out=total - len(ids),
        unestimated=unestimated_sources(contract),
        failing=tuple(failing),
    )


def _candidates(contract: ClaimContract, viewer: User | None, *, longest_path: int) -> QuerySet[User, UUID]:
    """Return the ids of those who may be near, the longest estimate first."""
    people = User.objects.all()
    if viewer is not None:
        people = people.visible_to(viewer)
    # Base64 makes four characters of three bytes, twice where tokens are nested; rounded down, so that nobody
    # is missed.
    of_token = 9 / 16 if contract.is_encrypted else 3 / 4
    needed = int((NEAR * contract.max_token_bytes - bytes_without_values(contract)) * of_token) - 1
    candidates: QuerySet[User, UUID] = (
        people.filter(is_active=True, tenant__retired_at__isnull=True)
        .values_list("pk", flat=True)
        .annotate(estimate=bytes_of_values(contract, longest_path=longest_path))
        .filter(estimate__gte=needed)
        .order_by("-estimate", "pk")
    )
    return candidates


def _first(candidates: QuerySet[User, UUID]) -> tuple[list[UUID], int]:
    """Return the first ids, and how many there are in all: counted on the way, in one query."""
    counted = candidates.annotate(total=Window(Count("*"))).values_list("pk", "total")
    rows = list(counted[:MOST])
    return [pk for pk, _total in rows], rows[0][1] if rows else 0


def _read(ids: list[UUID]) -> list[User]:
    people = User.objects.with_directory().filter(pk__in=ids)
    return list(people.prefetch_related("roles").order_by("email"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizes:
    """Computes tokens of one contract, for many people without a query for each."""

    contract: ClaimContract
    paths: DepartmentPaths
    epoch: int
    now: datetime

    def of(self, person: User) -> PersonNearBudget:
        """Compute a token, as for a login from the longest address by an app that is the audience itself.

        :raise AudienceClosedError: this person gets none
        :raise ClaimSourceError: a source fails
        """
        contract = self.contract
        context = LoginContext(
            client_id=contract.audience, ip=_ADDRESS, auth_time=self.now, auth_methods=("pwd",)
        )
        facts = self._facts(person)
        contract.access.require(facts, audience=contract.audience)
        claims = claims_to_issue(subject=facts, contract=contract, context=context, epoch=self.epoch)
        by_size = sorted(claim_bytes(claims).items(), key=lambda each: each[1], reverse=True)
        return PersonNearBudget(
            person=person,
            bytes=token_bytes(claims, contract),
            budget=contract.max_token_bytes,
            largest=tuple(ClaimSize(name=name, bytes=size) for name, size in by_size[:_LARGEST_SHOWN]),
        )

    def _facts(self, person: User) -> SubjectFacts:
        facts = read_subject_facts(person)
        if facts.department is None or person.department_id is None or not self.paths.by_id:
            return facts
        path = self.paths.path(person.department_id)
        return replace(facts, department=replace(facts.department, path=path))
