"""What differs between two tokens of one person, claim by claim."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from accounts.audiences.claim_sources import JSONValue, Sensitivity
from accounts.audiences.contracts import ContractRow
from accounts.explanations.tokens.claim_rows import values_at
from accounts.tokens.claims import Claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One claim: what it said and says; a side that does not say it at all is not there.

    Of lists and objects ``taken`` and ``added`` name what is only on one side.
    """

    path: str
    was_said: bool
    is_said: bool
    before: JSONValue = None
    now: JSONValue = None
    taken: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    sensitivity: Sensitivity = Sensitivity.PUBLIC


def differences(before: Claims, now: Claims, rows: Iterable[ContractRow]) -> tuple[Difference, ...]:
    """Return the claims that differ, in the order of ``rows``: those of the one contract, or of two."""
    by_path = {row.path: row for row in rows}
    return tuple(_differing(before, now, by_path.values()))


def _differing(before: Claims, now: Claims, rows: Iterable[ContractRow]) -> Iterator[Difference]:
    for row in rows:
        then, today = list(values_at(before, row.path)), list(values_at(now, row.path))
        if then == today:
            continue
        old, new = (side[0] if side else None for side in (then, today))
        yield Difference(
            path=row.path,
            sensitivity=row.source.sensitivity,
            was_said=bool(then),
            is_said=bool(today),
            before=old,
            now=new,
            taken=tuple(sorted(_parts(old) - _parts(new))),
            added=tuple(sorted(_parts(new) - _parts(old))),
        )


def _parts(value: JSONValue) -> set[str]:
    match value:
        case list():
            return {str(item) for item in value}
        case Mapping():
            return set(value)
        case _:
            return set()
