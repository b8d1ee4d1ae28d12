"""What differs between two tokens of one person, claim by claim."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from accounts.audiences.claim_sources import JSONValue
from accounts.audiences.contracts import ClaimContract
from accounts.explanations.claim_rows import values_at
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


def differences(before: Claims, now: Claims, contract: ClaimContract) -> tuple[Difference, ...]:
    """Return the claims of ``contract`` that differ, in its order."""
    return tuple(_differing(before, now, (row.path for row in contract.rows)))


def _differing(before: Claims, now: Claims, paths: Iterable[str]) -> Iterator[Difference]:
    for path in paths:
        then, today = list(values_at(before, path)), list(values_at(now, path))
        if then == today:
            continue
        old, new = (side[0] if side else None for side in (then, today))
        yield Difference(
            path=path,
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
