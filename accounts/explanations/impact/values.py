"""The impact of a change, as plain values: who gains and loses what, how far it reaches, from when on."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from accounts.audiences.access import AudienceAccess
from accounts.tokens.sizes import NEAR

#: No JSON begins so.
AT_LOGIN, OWN = "\0login", "\0own"


class News(StrEnum):
    """What becomes of something that a person has, or has not."""

    GAINED = "gained"
    LOST = "lost"


class Absence(StrEnum):
    """Why a person gets no token for an audience."""

    NOT_IN_FORCE = "not in force"
    NO_LOGIN = "no login"
    NOT_ADMITTED = "not admitted"
    NO_ENCRYPTION_KEY = "no encryption key"
    OVER_BUDGET = "over the budget"
    FAILS = "fails"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDifference:
    """One claim: what it says before and after, as JSON; none where it is not said.

    Where both are lists with different members, ``removed`` and ``added`` hold these instead.
    ``AT_LOGIN`` stands for a value of each login, ``OWN`` for one of each person of a group.
    """

    path: str
    before: str | None = None
    after: str | None = None
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    #: Its values are for the audience alone.
    is_confidential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceDifference:
    """What changes for a person at one audience; ``token`` where one is issued only before, or only after."""

    audience: str
    token: News | None = None
    absence: Absence | None = None
    claims: tuple[ClaimDifference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminDifference:
    """What changes for a person in the admin."""

    entry: News | None = None
    superuser: News | None = None
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that changes for a person; two people may have the same."""

    login: News | None = None
    audiences: tuple[AudienceDifference, ...] = ()
    admin: AdminDifference | None = None

    @property
    def touches_tokens(self) -> bool:
        """Tell whether their tokens say something else, or are issued no more, or again."""
        return bool(self.login or self.audiences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who it is about."""

    sub: UUID
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The people for whom the very same changes, by address."""

    difference: Difference
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSize:
    """How long somebody's token is after the change; ``was_over`` where it was too long before."""

    audience: str
    person: Person
    bytes: int
    budget: int
    was_over: bool = False

    @property
    def is_over(self) -> bool:
        """Tell whether it would not be issued."""
        return self.bytes > self.budget

    @property
    def is_near(self) -> bool:
        """Tell whether less than a tenth of the budget is left."""
        return NEAR * self.budget < self.bytes <= self.budget


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLine:
    """One row of a claim contract, as far as it can differ."""

    path: str
    source: str
    json_type: str
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceChange:
    """What changes on an audience itself: its contract, and how its tokens are issued."""

    audience: str
    in_force: News | None = None
    added: tuple[ContractLine, ...] = ()
    removed: tuple[ContractLine, ...] = ()
    changed: tuple[tuple[ContractLine, ContractLine], ...] = ()
    access_lifetime: tuple[timedelta, timedelta] | None = None
    max_token_bytes: tuple[int, int] | None = None
    signing_algorithm: tuple[str, str] | None = None
    is_encrypted: tuple[bool, bool] | None = None
    access: tuple[AudienceAccess, AudienceAccess] | None = None

    @property
    def changes_issue(self) -> bool:
        """Tell whether something changes that only the next token of each person shows."""
        return bool(self.access_lifetime or self.max_token_bytes or self.signing_algorithm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far the change reaches: what was counted, and what was computed.

    ``longest`` of the ``computed`` were taken for their long role lists; zero where all were computed.
    ``differing`` are those computed for whom something changes.
    """

    people: int
    computed: int
    longest: int
    differing: int
    sessions: int
    ended_sessions: int

    @property
    def is_exact(self) -> bool:
        """Tell whether everybody was computed."""
        return self.computed == self.people

    @property
    def only_counted(self) -> int:
        """Return how many people were counted and not computed."""
        return self.people - self.computed


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """From when on it holds. ``old_tokens_until`` is when the last token of before the change ends."""

    takes_away: bool
    adds: bool
    old_tokens_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """All that a change does to people's tokens and to their rights in the admin."""

    groups: tuple[Group, ...]
    audiences: tuple[AudienceChange, ...]
    #: The longest token of each audience that is touched, among those computed.
    largest: tuple[TokenSize, ...]
    #: Those over their budget, and those near it: the longest first.
    over: tuple[TokenSize, ...]
    near: tuple[TokenSize, ...]
    reach: Reach
    effect: Effect
    is_empty: bool

    @property
    def digest(self) -> str:
        """Return what names exactly this impact.

        Moments and numbers of sessions are left out: they change all the time, and nobody decides by them.
        """
        named = (
            self.groups,
            self.audiences,
            self.largest,
            self.over,
            self.near,
            (self.reach.people, self.reach.computed, self.effect.takes_away, self.effect.adds),
        )
        return hashlib.sha256(repr(named).encode()).hexdigest()
