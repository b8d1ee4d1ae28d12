"""What changes for each person between two moments, and how long their tokens become. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from accounts.explanations.impact.claims import audience_difference, said_to
from accounts.explanations.impact.contracts import Contracts
from accounts.explanations.impact.people import Standing
from accounts.explanations.impact.values import (
    AT_LOGIN,
    OWN,
    Absence,
    AdminDifference,
    AudienceDifference,
    ClaimDifference,
    Difference,
    Group,
    News,
    Person,
    TokenSize,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What is known at one moment about the people who are computed, and about all audiences."""

    people: Mapping[UUID, Standing]
    contracts: Contracts


def differences(before: Moment, after: Moment) -> dict[Person, Difference]:
    """Return what changes for each person for whom something does."""
    found = {}
    for sub, old in before.people.items():
        new = after.people.get(sub)
        difference = Difference(
            login=_news(old.may_log_in, new is not None and new.may_log_in),
            audiences=tuple(_at_audiences(old, new, before.contracts, after.contracts)) if new else (),
            admin=_in_admin(old, new),
        )
        if difference != Difference():
            found[old.person] = difference
    return found


def groups_of(found: Mapping[Person, Difference]) -> tuple[Group, ...]:
    """Return people with the same difference together, the most people first."""
    together: dict[Difference, list[Person]] = defaultdict(list)
    for person, difference in sorted(found.items(), key=lambda item: item[0].email):
        together[difference].append(person)
    groups = [Group(difference=difference, people=tuple(people)) for difference, people in together.items()]
    return tuple(sorted(groups, key=lambda group: -len(group.people)))


def without_own_values(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Return fewer groups: those together whose people differ only in the values of the same claims."""
    return groups_of(
        {person: _without_values(group.difference) for group in groups for person in group.people}
    )


def sizes(before: Moment, after: Moment, audiences: Iterable[str]) -> Iterator[TokenSize]:
    """Yield the length of each computed person's token for each of ``audiences``, if one could be made."""
    for audience in sorted(audiences):
        contract, old_contract = after.contracts.get(audience), before.contracts.get(audience)
        for sub, standing in after.people.items():
            said = said_to(standing, contract)
            if contract and said.absence in {None, Absence.OVER_BUDGET}:
                old = said_to(before.people[sub], old_contract) if said.absence else said
                yield TokenSize(
                    audience=audience,
                    person=standing.person,
                    bytes=said.bytes,
                    budget=contract.max_token_bytes,
                    was_over=old.absence is Absence.OVER_BUDGET,
                )


def _without_values(difference: Difference) -> Difference:
    audiences = (
        replace(at, claims=tuple(_own_values(claim) for claim in at.claims)) for at in difference.audiences
    )
    return replace(difference, audiences=tuple(audiences))


def _own_values(claim: ClaimDifference) -> ClaimDifference:
    before, after = (None if value in {None, AT_LOGIN} else OWN for value in (claim.before, claim.after))
    return replace(claim, before=before or claim.before, after=after or claim.after)


def _at_audiences(
    old: Standing, new: Standing, before: Contracts, after: Contracts
) -> Iterator[AudienceDifference]:
    if not (old.may_log_in and new.may_log_in):
        return  # all or nothing, which is said once
    for code in sorted({*before, *after}):
        contracts = before.get(code), after.get(code)
        if contracts[0] == contracts[1] and old.facts == new.facts:
            continue
        found = audience_difference(code, said_to(old, contracts[0]), said_to(new, contracts[1]))
        if found:
            yield found


def _in_admin(old: Standing, new: Standing | None) -> AdminDifference | None:
    was, is_now = _enters(old), new is not None and _enters(new)
    before, after = _permissions(old), _permissions(new)
    difference = AdminDifference(
        entry=_news(was, is_now),
        superuser=_news(was and old.is_superuser, is_now and new is not None and new.is_superuser),
        gained=tuple(sorted(after - before)),
        lost=tuple(sorted(before - after)),
    )
    return None if difference == AdminDifference() else difference


def _enters(standing: Standing) -> bool:
    return standing.is_staff and standing.may_log_in


def _permissions(standing: Standing | None) -> frozenset[str]:
    # A superuser has all of them anyway.
    if standing is None or not _enters(standing) or standing.is_superuser:
        return frozenset()
    return standing.permissions


def _news(before: bool, after: bool) -> News | None:  # noqa: FBT001 - private
    if before == after:
        return None
    return News.GAINED if after else News.LOST
