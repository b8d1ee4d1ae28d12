"""What two sets of claims say differently, claim by claim."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

#: What every token says anew.
_EACH_TIME = frozenset({"exp", "iat", "jti", "sid", "epoch"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDifference:
    """One claim by its path; what is not there is none.

    For lists ``lost`` and ``gained`` say which values are only in the one or the other.
    """

    path: str
    held: object
    now: object
    lost: tuple[object, ...] = ()
    gained: tuple[object, ...] = ()

    @property
    def is_list(self) -> bool:
        """Tell whether the difference is one of values."""
        return isinstance(self.held, list) and isinstance(self.now, list)


def claim_differences(held: Mapping[str, object], now: Mapping[str, object]) -> tuple[ClaimDifference, ...]:
    """Return where ``now`` says something else than ``held``, in the order of the paths."""
    before, after = dict(_leaves(held)), dict(_leaves(now))
    return tuple(
        _difference(path, before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path) or (path in before) != (path in after)
    )


def _leaves(claims: Mapping[str, object], parents: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    for name, value in claims.items():
        if not parents and name in _EACH_TIME:
            continue
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*parents, name))
        else:
            yield ".".join((*parents, name)), value


def _difference(path: str, held: object, now: object) -> ClaimDifference:
    lost: tuple[object, ...] = ()
    gained: tuple[object, ...] = ()
    if isinstance(held, list) and isinstance(now, list):
        lost = tuple(value for value in held if value not in now)
        gained = tuple(value for value in now if value not in held)
    return ClaimDifference(path=path, held=held, now=now, lost=lost, gained=gained)
