"""Watching a change from before it is made until it is: what it does is read from the database itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from accounts.change_log.models import newest_position
from accounts.explanations.impact.contracts import audience_changes, read_contracts
from accounts.explanations.impact.differences import Moment, differences, groups_of, sizes
from accounts.explanations.impact.log import Entries, entries_of_this_transaction
from accounts.explanations.impact.people import Chosen, Touched, choose, read_standings
from accounts.explanations.impact.values import (
    AudienceChange,
    Difference,
    Effect,
    Impact,
    News,
    Person,
    Reach,
    TokenSize,
)
from accounts.models import Role
from accounts.refresh_sessions.models import RefreshSession


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactWatch:
    """What was so before a change; begin it and end it in the transaction that makes the change."""

    touched: Touched
    chosen: Chosen
    moment: Moment
    position: int
    sessions: int
    sessions_by_person: Mapping[UUID, int]
    grants: frozenset[tuple[int, int]]
    now: datetime

    def end(self) -> Impact:
        """Return what the change has done, which the transaction has made by now."""
        after = Moment(people=read_standings(self.chosen.subs), contracts=read_contracts())
        found = differences(self.moment, after)
        changes = tuple(audience_changes(self.moment.contracts, after.contracts))
        audiences = _audiences(found, changes, {News.GAINED: after.contracts})
        lengths = sorted(
            sizes(self.moment, after, audiences), key=lambda size: (-size.bytes, size.person.email)
        )
        has_other_grants = _grants(self.touched) != self.grants
        entries = entries_of_this_transaction(after=self.position)
        is_exact = len(self.chosen.subs) == self.chosen.total
        may_be_unseen = not is_exact and entries.any
        reach = self._reach(found, counts_all=bool(changes) or may_be_unseen)
        is_unseen = may_be_unseen or (not is_exact and has_other_grants)
        return Impact(
            groups=groups_of(found),
            audiences=changes,
            largest=_largest(lengths),
            over=tuple(size for size in lengths if size.is_over),
            near=tuple(size for size in lengths if size.is_near),
            reach=reach,
            effect=self._effect(entries, found, changes, is_certain=not may_be_unseen),
            is_empty=not (found or changes or is_unseen),
        )

    def _reach(self, found: Mapping[Person, Difference], *, counts_all: bool) -> Reach:
        of_these = sum(
            self.sessions_by_person.get(person.sub, 0)
            for person, difference in found.items()
            if difference.touches_tokens
        )
        return Reach(
            people=self.chosen.total,
            computed=len(self.chosen.subs),
            longest=self.chosen.longest,
            differing=len(found),
            sessions=self.sessions if counts_all else of_these,
            # All that a change ends, it ends at its own instant.
            ended_sessions=RefreshSession.objects.filter(ended_at=self.now).count(),
        )

    def _effect(
        self,
        entries: Entries,
        found: Mapping[Person, Difference],
        changes: Collection[AudienceChange],
        *,
        is_certain: bool,
    ) -> Effect:
        before = self.moment.contracts
        audiences = _audiences(found, changes, {News.LOST: before}) if is_certain else {*before}
        lifetimes = [contract.access_lifetime for code in audiences if (contract := before.get(code))]
        return Effect(
            takes_away=entries.take_away and bool(lifetimes),
            adds=entries.add and bool(lifetimes),
            old_tokens_until=self.now + max(lifetimes) if lifetimes else None,
        )


def watch_impact(touched: Touched, *, now: datetime) -> ImpactWatch:
    """Read what is so before a change, inside the transaction that is going to make it at ``now``."""
    position = newest_position()
    chosen = choose(touched.people)
    live = touched.sessions().live(at=now)
    by_person = live.filter(user__in=chosen.subs).order_by().values_list("user").annotate(total=Count("pk"))
    return ImpactWatch(
        touched=touched,
        chosen=chosen,
        moment=Moment(people=read_standings(chosen.subs), contracts=read_contracts()),
        position=position,
        sessions=live.count(),
        sessions_by_person=dict(by_person),
        grants=_grants(touched),
        now=now,
    )


def _grants(touched: Touched) -> frozenset[tuple[int, int]]:
    if touched.roles is None:
        return frozenset()
    carried = Role.permissions.through._default_manager.filter(role__in=touched.roles)  # noqa: SLF001 - no other manager
    return frozenset(carried.values_list("role", "permission"))


def _audiences(
    found: Mapping[Person, Difference],
    changes: Collection[AudienceChange],
    at_login: Mapping[News, Collection[str]],
) -> set[str]:
    """Return the audiences that are touched; ``at_login`` those of whoever can log in again, or no more."""
    audiences = {change.audience for change in changes}
    for difference in found.values():
        if difference.login:
            audiences |= {*at_login.get(difference.login, ())}
        audiences |= {at.audience for at in difference.audiences}
    return audiences


def _largest(lengths: Collection[TokenSize]) -> tuple[TokenSize, ...]:
    first: dict[str, TokenSize] = {}
    for size in lengths:
        first.setdefault(size.audience, size)
    return tuple(first[audience] for audience in sorted(first))
