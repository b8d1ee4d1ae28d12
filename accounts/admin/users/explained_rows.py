"""The rows of the page that explains a token, ready to be shown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.functional import Promise

from accounts.admin.audiences.contract_rows import SENSITIVITIES
from accounts.admin.sessions import device_of
from accounts.admin.users.explain_words import (
    ACCEPTANCES,
    ALWAYS,
    gap_sentence,
    origin_sentence,
    retirement_sentence,
    written,
)
from accounts.explanations.sessions.carried import Acceptance, Carried
from accounts.explanations.tokens.claim_rows import ClaimRow
from accounts.explanations.tokens.differences import Difference
from accounts.explanations.tokens.explained import TokenExplained
from accounts.explanations.tokens.origins import FIELD_OF_SOURCE, Origin, Origins
from accounts.explanations.tokens.reasons import Obstacle
from accounts.explanations.tokens.retirements import Retirement
from accounts.refresh_sessions.models import RefreshSession

#: The reasons to which an event belongs: the field of the person that tells of them.
_FIELD_OF_OBSTACLE = {Obstacle.INACTIVE: "is_active"}
#: By the kind of what is retired: the sources that leave it out.
_SOURCES_OF_KIND = {
    "role": {"roles"},
    "department": {"department", "department_code"},
    "tenant": {"tenant_id"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence, what it is about, and the id of the event that it rests on.

    ``among`` are the lines that it stands for, where several say the same.
    """

    sentence: str
    about: str = ""
    event_id: int | None = None
    among: tuple["Line", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownClaim:
    """One row of the table of claims."""

    row: ClaimRow
    value: str
    description: str | Promise
    sensitivity: str | Promise
    in_token: int
    percent: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDifference:
    """One claim that differs, as JSON; empty where it is not said."""

    difference: Difference
    before: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSession:
    """One live session."""

    session: RefreshSession
    device: str
    acceptance: str
    is_accepted: bool
    issued_at: datetime
    expires_at: datetime | None
    notes: tuple[str, ...]
    differences: tuple[ShownDifference, ...]
    is_known: bool


def reason_lines(token: TokenExplained, origins: Origins, retirements: Sequence[Retirement]) -> list[Line]:
    """Return why there would be no token, with who brought that about where an event tells."""
    lines = []
    for reason in token.reasons:
        lines.append(Line(sentence=str(reason)))
        if (name := _FIELD_OF_OBSTACLE.get(reason.obstacle)) is not None:
            lines.append(origin_line(origins.fields[name]))
        if reason.obstacle is Obstacle.RETIRED_TENANT:
            lines += [retirement_line(each) for each in retirements if each.kind == "tenant"]
    return lines


def shown_claims(
    token: TokenExplained, origins: Origins, retirements: Sequence[Retirement]
) -> list[ShownClaim]:
    """Return the table: what every token says, and the contract's claims with how they came to be."""
    held = {role.code for role in token.subject.user.roles.all()}
    roles = {code: origin for code, origin in origins.roles.items() if code in held}
    of_held = replace(origins, roles=roles)
    return [_shown(row, token, tuple(_lines(row, of_held, retirements))) for row in token.rows]


def _shown(row: ClaimRow, token: TokenExplained, lines: tuple[Line, ...]) -> ShownClaim:
    source, in_token = row.source, round(row.bytes * token.per_byte)
    return ShownClaim(
        row=row,
        value=written(row.value),
        description=source.description if source else ALWAYS.get(row.path, ""),
        sensitivity=SENSITIVITIES[source.sensitivity] if source else "",
        in_token=in_token,
        percent=round(100 * in_token / token.budget) if token.budget else 0,
        lines=lines,
    )


def _lines(row: ClaimRow, origins: Origins, retirements: Iterable[Retirement]) -> Iterator[Line]:
    name = row.source_name
    retired = {each.code for each in retirements if each.kind == "role"}
    if name == "roles":
        in_force = sorted(origins.roles.keys() - retired)
        yield from _together([origin_line(origins.roles[code], about=code) for code in in_force])
    elif name in FIELD_OF_SOURCE:
        yield origin_line(origins.fields[FIELD_OF_SOURCE[name]])
    for retirement in retirements:
        if name in _SOURCES_OF_KIND[retirement.kind]:
            yield retirement_line(retirement)


def _together(lines: Iterable[Line]) -> Iterator[Line]:
    """Say once what is the same: sixty roles may have come with one change."""
    alike: dict[str, list[Line]] = {}
    for line in lines:
        alike.setdefault(line.sentence, []).append(line)
    for sentence, same in alike.items():
        yield same[0] if len(same) == 1 else Line(sentence=sentence, among=tuple(same))


def origin_line(origin: Origin, *, about: str = "") -> Line:
    """Return how something came to be, with the event that tells of it."""
    event_id = origin.event.pk if origin.event else None
    return Line(sentence=origin_sentence(origin), about=about, event_id=event_id)


def retirement_line(retirement: Retirement) -> Line:
    """Return since when something is retired, with the event that tells of it."""
    event_id = retirement.event.pk if retirement.event else None
    return Line(sentence=retirement_sentence(retirement), about=retirement.code, event_id=event_id)


def shown_sessions(carried: Iterable[Carried]) -> list[ShownSession]:
    """Return each session with what differs, in words."""
    return [
        ShownSession(
            session=each.session,
            device=device_of(each.session),
            acceptance=str(ACCEPTANCES[each.acceptance]),
            is_accepted=each.acceptance is Acceptance.ACCEPTED,
            issued_at=each.session.rotated_at,
            expires_at=each.expires_at,
            notes=tuple(gap_sentence(gap, about) for gap, about in each.gaps.items()),
            differences=tuple(_shown_difference(difference) for difference in each.differences),
            is_known=each.is_known,
        )
        for each in carried
    ]


def _shown_difference(difference: Difference) -> ShownDifference:
    return ShownDifference(
        difference=difference,
        before=written(difference.before) if difference.was_said else "",
        now=written(difference.now) if difference.is_said else "",
    )
