"""What a person's token for an audience says, and how two such sayings differ. Pure."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from accounts.audiences.claim_paths import segments
from accounts.audiences.claim_sources import JSONValue, LoginContext, Sensitivity
from accounts.audiences.contracts import ClaimContract
from accounts.audiences.errors import ClaimSourceError
from accounts.explanations.impact.people import Standing
from accounts.explanations.impact.values import AT_LOGIN, Absence, AudienceDifference, ClaimDifference, News
from accounts.tokens.claims import Claims
from accounts.tokens.issuing import claims_to_issue
from accounts.tokens.sizes import token_bytes

#: As long as any position of the change log that a token of today carries.
_EPOCH = 10**12

#: Two logins that have nothing in common: what differs between them is not the person's, but the login's.
#: The first one has the longest address, since lengths are computed from it.
_LOGINS = (
    ("2001:0db8:1111:2222:3333:4444:5555:6666", datetime(2026, 1, 1, tzinfo=UTC), ("pwd",)),
    ("192.0.2.1", datetime(2026, 1, 2, tzinfo=UTC), ("otp",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a token says by claim path, in JSON, and its length; or why there is none."""

    absence: Absence | None = None
    claims: Mapping[str, JSONValue] = field(default_factory=dict)
    confidential: frozenset[str] = frozenset()
    bytes: int = 0


def said_to(standing: Standing, contract: ClaimContract | None) -> Said:
    """Return what the token of ``standing`` says; no contract means not in force, or unreadable."""
    if contract is None:
        return Said(absence=Absence.NOT_IN_FORCE)
    if not standing.may_log_in:
        return Said(absence=Absence.NO_LOGIN)
    if not contract.access.lets_in(standing.facts):
        return Said(absence=Absence.NOT_ADMITTED)
    if contract.is_encrypted and contract.encryption is None:
        return Said(absence=Absence.NO_ENCRYPTION_KEY)
    try:
        first, second = (_claims(standing, contract, login) for login in range(len(_LOGINS)))
    except ClaimSourceError:
        return Said(absence=Absence.FAILS)
    size = token_bytes(first, contract)
    return Said(
        absence=Absence.OVER_BUDGET if size > contract.max_token_bytes else None,
        claims=dict(_by_path(first, second, contract)),
        confidential=frozenset(
            row.path for row in contract.rows if row.source.sensitivity is Sensitivity.CONFIDENTIAL
        ),
        bytes=size,
    )


def audience_difference(audience: str, before: Said, after: Said) -> AudienceDifference | None:
    """Return how two sayings differ, if they do."""
    token = None
    if (before.absence is None) != (after.absence is None):
        token = News.LOST if after.absence else News.GAINED
    have_claims = bool(before.bytes and after.bytes)
    secret = before.confidential | after.confidential
    claims = tuple(_claim_differences(before.claims, after.claims, secret)) if have_claims else ()
    if token is None and not claims:
        return None
    return AudienceDifference(audience=audience, token=token, absence=after.absence, claims=claims)


def _claims(standing: Standing, contract: ClaimContract, login: int) -> Claims:
    ip, auth_time, methods = _LOGINS[login]
    context = LoginContext(client_id=contract.audience, ip=ip, auth_time=auth_time, auth_methods=methods)
    return claims_to_issue(subject=standing.facts, contract=contract, context=context, epoch=_EPOCH)


def _by_path(first: Claims, second: Claims, contract: ClaimContract) -> Iterator[tuple[str, JSONValue]]:
    for row in contract.rows:
        is_said, value = _value_at(first, row.path)
        if not is_said:
            continue
        if value != _value_at(second, row.path)[1]:
            yield row.path, AT_LOGIN
        elif isinstance(value, dict) and row.source.members:
            yield from ((f"{row.path}.{name}", inner) for name, inner in value.items())
        else:
            yield row.path, value


def _value_at(claims: JSONValue, path: str) -> tuple[bool, JSONValue]:
    for name in segments(path):
        if not isinstance(claims, dict) or name not in claims:
            return False, None
        claims = claims[name]
    return True, claims


def _claim_differences(
    before: Mapping[str, JSONValue], after: Mapping[str, JSONValue], secret: frozenset[str]
) -> Iterator[ClaimDifference]:
    for path in dict.fromkeys((*before, *after)):
        old, new = _text(before, path), _text(after, path)
        if old == new:
            continue
        if any(path == each or path.startswith(f"{each}.") for each in secret):
            yield ClaimDifference(path=path, is_confidential=True)
            continue
        removed, added = _members(before.get(path), after.get(path))
        if removed or added:
            yield ClaimDifference(path=path, removed=removed, added=added)
        else:
            yield ClaimDifference(path=path, before=old, after=new)


def _text(claims: Mapping[str, JSONValue], path: str) -> str | None:
    if path not in claims:
        return None
    value = claims[path]
    return AT_LOGIN if value == AT_LOGIN else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _members(before: JSONValue, after: JSONValue) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not (isinstance(before, list) and isinstance(after, list)):
        return (), ()
    old, new = (Counter(str(item) for item in value) for value in (before, after))
    return tuple(sorted((old - new).elements())), tuple(sorted((new - old).elements()))
