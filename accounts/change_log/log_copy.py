"""What one process knows of the change log: for each thing that a token carries, the newest position."""

from dataclasses import dataclass, field
from typing import TypeAlias

from accounts.change_log.models import ChangeEntry
from accounts.change_log.scopes import CODES, Scope

#: Scope → value → the newest position: an older entry of the same scope and value says nothing more.
Positions: TypeAlias = dict[str, dict[str, int]]


def _empty() -> Positions:
    return {scope: {} for scope in Scope}


@dataclass(slots=True)
class LogCopy:
    """A copy that only grows, until it forgets; other threads read it meanwhile."""

    #: The newest position that was read, and where the copy begins.
    tail: int = 0
    since: int = 0
    #: The newest position of an entry about any code: below it, no claim has to be looked through.
    code_taken: int = 0
    code_added: int = 0
    #: The triggers were taken away for a migration, and have not come back.
    is_paused: bool = False
    taken: Positions = field(default_factory=_empty)
    added: Positions = field(default_factory=_empty)

    def add(self, entry: ChangeEntry) -> None:
        """Take one entry in; the tail last, so that nobody takes the copy for newer than it is."""
        scope, position = Scope(entry.scope), entry.position
        (self.taken if entry.took_away else self.added)[scope][entry.value] = position
        if scope in CODES and entry.took_away:
            self.code_taken = position
        elif scope in CODES:
            self.code_added = position
        elif scope in {Scope.PAUSED, Scope.EVERYBODY}:
            self.is_paused = scope is Scope.PAUSED
        self.tail = position

    def forget_before(self, position: int) -> None:
        """Drop what no living token can be touched by; readers go on with the old dictionaries."""
        self.since = position
        self.taken, self.added = (_younger(positions, position) for positions in (self.taken, self.added))


def _younger(positions: Positions, than: int) -> Positions:
    return {
        scope: {value: at for value, at in values.items() if at >= than}
        for scope, values in positions.items()
    }
