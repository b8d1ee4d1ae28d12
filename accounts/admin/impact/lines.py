"""What changes for people and for audiences, one line each."""

import json
from collections.abc import Iterable, Iterator

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.audiences.access import AudienceAccess
from accounts.explanations.impact.values import (
    AT_LOGIN,
    OWN,
    Absence,
    AdminDifference,
    AudienceChange,
    AudienceDifference,
    ClaimDifference,
    ContractLine,
    Difference,
    News,
)

MOST_CHARACTERS = 200
_MINUS = "\N{MINUS SIGN}"


def difference_lines(difference: Difference, *, shows_values: bool) -> Iterator[str]:
    """Yield what changes for a person."""
    if difference.login is News.LOST:
        yield _("can no longer log in: gets no token any more")
    if difference.login is News.GAINED:
        yield _("can log in again, and gets tokens")
    for at_audience in difference.audiences:
        yield from _at_audience(at_audience, shows_values=shows_values)
    if difference.admin:
        yield from _in_admin(difference.admin)


def audience_lines(change: AudienceChange) -> Iterator[str]:
    """Yield what changes on an audience."""
    if change.in_force is News.LOST:
        yield _("no more tokens are issued for it, and those that live are refused")
    if change.in_force is News.GAINED:
        yield _("tokens are issued for it again")
    yield from (f"{_MINUS} {_row(line)}" for line in change.removed)
    yield from (f"+ {_row(line)}" for line in change.added)
    yield from (f"{_row(old)} → {_row(new)}" for old, new in change.changed)
    if change.access_lifetime:
        yield _("access token lifetime: %s → %s") % change.access_lifetime
    if change.max_token_bytes:
        yield _("budget: %s → %s bytes") % change.max_token_bytes
    if change.signing_algorithm:
        yield _("signing algorithm: %s → %s") % change.signing_algorithm
    if change.is_encrypted:
        yield _("its tokens are encrypted") if change.is_encrypted[1] else _("its tokens are only signed")
    if change.access:
        yield _("who may log in: %s → %s") % tuple(map(_admitted, change.access))


def _admitted(access: AudienceAccess) -> str:
    kinds = (access.roles, access.departments, access.tenants)
    named = ["/".join(sorted(codes)) for codes in kinds if codes]
    return " + ".join(named) or _("everybody")


def _row(line: ContractLine) -> str:
    optional = "" if line.required else ", " + _("optional")
    return f"{line.path} ← {line.source} ({line.json_type}{optional})"


def _at_audience(difference: AudienceDifference, *, shows_values: bool) -> Iterator[str]:
    audience = difference.audience
    if difference.token is News.GAINED:
        yield _("%(audience)s: gets tokens") % {"audience": audience}
    if difference.token is News.LOST:
        yield _loss(difference.absence) % {"audience": audience}
    for claim in difference.claims:
        said = _values(claim) if shows_values and not claim.is_confidential else _("changes")
        yield f"{audience}: {claim.path}: {said}"


def _loss(absence: Absence | None) -> str:
    match absence:
        case Absence.OVER_BUDGET:
            return _("%(audience)s: gets no token any more, it would be over the budget")
        case Absence.NOT_ADMITTED:
            return _("%(audience)s: gets no token any more, the audience is closed to them")
        case Absence.NO_ENCRYPTION_KEY:
            return _("%(audience)s: gets no token any more, there is no key to encrypt it to")
        case Absence.FAILS:
            return _("%(audience)s: gets no token any more, its claims cannot be computed")
        case _:
            return _("%(audience)s: gets no token any more")


def _values(claim: ClaimDifference) -> str:
    if claim.removed or claim.added:
        return _less_and_more(claim.removed, claim.added)
    before, after = (value and _plain(value) for value in (claim.before, claim.after))
    if before is None:
        return f"+ {after}"
    if after is None:
        return f"{_MINUS} {before}"
    return f"{before} → {after}"


def _in_admin(difference: AdminDifference) -> Iterator[str]:
    if difference.entry is News.GAINED:
        yield _("may enter the admin")
    if difference.entry is News.LOST:
        yield _("may no longer enter the admin")
    if difference.superuser is News.GAINED:
        yield _("may do everything in the admin")
    if difference.superuser is News.LOST:
        yield _("may no longer do everything in the admin")
    if difference.gained or difference.lost:
        yield _("admin permissions: %s") % _less_and_more(difference.lost, difference.gained)


def _less_and_more(less: Iterable[str], more: Iterable[str]) -> str:
    return _short(" ".join((*(f"{_MINUS}{name}" for name in less), *(f"+{name}" for name in more))))


def _plain(value: str) -> str:
    """Return a text without its quotes, unless it would look like something else."""
    if value == AT_LOGIN:
        return _("as at each login")
    if value == OWN:
        return _("each their own")
    read = json.loads(value)
    if not isinstance(read, str):
        return _short(value)
    try:
        json.loads(read)
    except ValueError:
        return _short(read) if read.strip() else value
    return value


def _short(text: str) -> str:
    return Truncator(text).chars(MOST_CHARACTERS)
