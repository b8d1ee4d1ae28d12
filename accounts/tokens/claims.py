"""What a token says: one pure function for issuing and for preview."""

from accounts.audiences.claim_paths import segments
from accounts.audiences.claim_sources import ClaimInput, JSONValue
from accounts.audiences.contracts import ClaimContract, ContractRow

Claims = dict[str, JSONValue]


def compute_claims(claim_input: ClaimInput, contract: ClaimContract) -> Claims:
    """Return the claims of ``contract`` for one subject and context, in the contract's order.

    Pure: no query, no clock, no side effect, so that preview and token cannot differ.

    :raise ClaimSourceError: a source failed; nothing is ever left out silently
    """
    claims: Claims = {}
    for row in contract.rows:
        _say(claims, row, claim_input)
    return claims


def _say(claims: Claims, row: ContractRow, claim_input: ClaimInput) -> None:
    value = row.source.value(claim_input)
    if value is None and not row.required:
        return
    *parents, name = segments(row.path)
    place = claims
    for parent in parents:
        deeper = place.setdefault(parent, {})
        assert isinstance(deeper, dict)  # noqa: S101 - validate_no_collisions holds it
        place = deeper
    place[name] = value
