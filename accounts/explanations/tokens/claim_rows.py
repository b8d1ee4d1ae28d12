"""One row for each claim of a token: its value, its bytes, and the source that said it, or did not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from accounts.audiences.claim_paths import segments
from accounts.audiences.claim_sources import ClaimInput, ClaimSource, JSONValue
from accounts.audiences.contracts import ClaimContract, ContractRow
from accounts.audiences.errors import ClaimSourceError
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.explanations.tokens.reasons import Obstacle, Reason, reason
from accounts.tokens.claims import Claims
from accounts.tokens.sizes import claim_bytes


class State(StrEnum):
    """What became of a claim."""

    SAID = "said"
    #: Optional, and the person has no such value.
    LEFT_OUT = "left_out"
    FAILED = "failed"
    #: Something else keeps all claims from being computed.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One claim. ``source`` is none for what every token says, and where there is no such source.

    ``bytes`` are those within the JSON, without the objects around it; ``failure`` is for people.
    """

    path: str
    source_name: str = ""
    source: ClaimSource | None = None
    required: bool = True
    state: State = State.SAID
    value: JSONValue = None
    bytes: int = 0
    failure: str = ""

    @property
    def is_of_contract(self) -> bool:
        """Tell whether the audience's contract asks for it; all else every token says."""
        return bool(self.source_name)


def rows_said(claims: Claims, contract: ClaimContract) -> tuple[ClaimRow, ...]:
    """Return what every token says, and then each claim of the contract as it stands in ``claims``."""
    tops = {segments(row.path)[0] for row in contract.rows}
    always = (
        ClaimRow(path=name, value=value, bytes=_bytes(name, value))
        for name, value in claims.items()
        if name not in tops
    )
    return (*always, *(_row_said(claims, row) for row in contract.rows))


def _row_said(claims: Claims, row: ContractRow) -> ClaimRow:
    found = list(values_at(claims, row.path))
    if not found:
        return _plain(row, State.LEFT_OUT)
    return replace(_plain(row), value=found[0], bytes=_bytes(segments(row.path)[-1], found[0]))


def values_at(claims: Claims, path: str) -> Iterator[JSONValue]:
    """Yield the value at a path, where there is one."""
    place: JSONValue = claims
    for name in segments(path):
        if not isinstance(place, dict) or name not in place:
            return
        place = place[name]
    yield place


def rows_of_failed(
    contract: ClaimContract, claim_input: ClaimInput, error: Exception
) -> tuple[tuple[ClaimRow, ...], tuple[Reason, ...]]:
    """Return what each source says alone where they cannot be said together, and which of them fail."""
    rows = tuple(_row_alone(row, claim_input) for row in contract.rows)
    failed = tuple(
        reason(Obstacle.SOURCE_FAILED, source=row.source_name, path=row.path, error=row.failure)
        for row in rows
        if row.state is State.FAILED
    )
    return rows, failed or (reason(Obstacle.NOT_COMPUTED, error=type(error).__name__),)


def rows_of_unreadable(audience: str) -> tuple[tuple[ClaimRow, ...], tuple[Reason, ...]]:
    """Return the rows of a contract that ``read_contract`` refuses, and why it does. Two queries."""
    row = Audience.objects.filter(code=audience).first()
    if row is None:
        return (), (reason(Obstacle.UNKNOWN_AUDIENCE, audience=audience[:64]),)
    rows = tuple(
        _row_unread(claim) for claim in ContractClaim.objects.filter(audience=row).order_by("position", "id")
    )
    retired = (reason(Obstacle.RETIRED_AUDIENCE, audience=audience),) if row.retired_at else ()
    unknown = (
        reason(Obstacle.SOURCE_UNKNOWN, source=each.source_name, path=each.path)
        for each in rows
        if each.source is None
    )
    return rows, (*retired, *unknown)


def _row_unread(claim: ContractClaim) -> ClaimRow:
    source = CLAIM_SOURCES.get(claim.source)
    return ClaimRow(
        path=claim.path,
        source_name=claim.source,
        source=source,
        required=claim.required,
        state=State.UNKNOWN if source else State.FAILED,
    )


def _row_alone(row: ContractRow, claim_input: ClaimInput) -> ClaimRow:
    try:
        value = row.source.value(claim_input)
        size = _bytes(segments(row.path)[-1], value)
    except ClaimSourceError as error:
        return replace(_plain(row, State.FAILED), failure=str(error.facts.get("reason", "")))
    except Exception as error:  # noqa: BLE001 - nested too deeply, a number without end: what code may answer
        return replace(_plain(row, State.FAILED), failure=type(error).__name__)
    if value is None and not row.required:
        return _plain(row, State.LEFT_OUT)
    return replace(_plain(row), value=value, bytes=size)


def _plain(row: ContractRow, state: State = State.SAID) -> ClaimRow:
    return ClaimRow(
        path=row.path, source_name=row.source.name, source=row.source, required=row.required, state=state
    )


def _bytes(name: str, value: JSONValue) -> int:
    return claim_bytes({name: value})[name]
