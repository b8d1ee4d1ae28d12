"""The audiences in force with their contracts, and what a change makes of them."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TypedDict, TypeVar

from accounts.audiences.access import AudienceAccess
from accounts.audiences.contracts import ClaimContract, read_contract
from accounts.audiences.errors import ClaimSourceError
from accounts.audiences.models import Audience
from accounts.explanations.impact.values import AudienceChange, ContractLine, News

_T = TypeVar("_T")

#: By code; none where the contract names a source that this deployment lacks: nobody gets a token.
Contracts = Mapping[str, ClaimContract | None]


class _Settings(TypedDict, total=False):
    access_lifetime: tuple[timedelta, timedelta] | None
    max_token_bytes: tuple[int, int] | None
    signing_algorithm: tuple[str, str] | None
    is_encrypted: tuple[bool, bool] | None
    access: tuple[AudienceAccess, AudienceAccess] | None


def read_contracts() -> Contracts:
    """Read the contract of every audience in force. One query, and one for each."""
    codes = Audience.objects.in_force().order_by("code").values_list("code", flat=True)
    return {code: _readable(code) for code in codes}


def audience_changes(before: Contracts, after: Contracts) -> Iterator[AudienceChange]:
    """Yield what changes on audiences themselves."""
    for code in sorted({*before, *after}):
        if before.get(code) != after.get(code) or (code in before) != (code in after):
            change = _change(code, before, after)
            if change != AudienceChange(audience=code):  # a new version of what is the same
                yield change


def _readable(code: str) -> ClaimContract | None:
    try:
        return read_contract(code)
    except ClaimSourceError:
        return None


def _change(code: str, before: Contracts, after: Contracts) -> AudienceChange:
    if (code in before) != (code in after):
        return AudienceChange(audience=code, in_force=News.GAINED if code in after else News.LOST)
    old, new = before[code], after[code]
    old_lines, new_lines = _lines(old), _lines(new)
    return AudienceChange(
        audience=code,
        added=tuple(line for path, line in new_lines.items() if path not in old_lines),
        removed=tuple(line for path, line in old_lines.items() if path not in new_lines),
        changed=tuple(
            (line, new_lines[path])
            for path, line in old_lines.items()
            if path in new_lines and new_lines[path] != line
        ),
        **(_settings(old, new) if old and new else {}),
    )


def _settings(old: ClaimContract, new: ClaimContract) -> _Settings:
    return {
        "access_lifetime": _pair(old.access_lifetime, new.access_lifetime),
        "max_token_bytes": _pair(old.max_token_bytes, new.max_token_bytes),
        "signing_algorithm": _pair(str(old.signing_algorithm), str(new.signing_algorithm)),
        "is_encrypted": _pair(old.is_encrypted, new.is_encrypted),
        "access": _pair(old.access, new.access),
    }


def _lines(contract: ClaimContract | None) -> dict[str, ContractLine]:
    return {
        row.path: ContractLine(
            path=row.path,
            source=row.source.name,
            json_type=str(row.source.json_type),
            required=row.required,
        )
        for row in (contract.rows if contract else ())
    }


def _pair(old: _T, new: _T) -> tuple[_T, _T] | None:
    return (old, new) if old != new else None
