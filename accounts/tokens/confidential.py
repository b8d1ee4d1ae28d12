"""Confidential claims: what an encrypted token says to its audience, and to nobody who only carries it."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from accounts.audiences.claim_paths import segments
from accounts.audiences.claim_sources import JSONValue, Sensitivity
from accounts.audiences.contracts import ClaimContract, read_contract
from accounts.tokens.decryption_keys import encryption


def confidential_paths(contract: ClaimContract | None) -> frozenset[str]:
    """Return where in a token of ``contract`` something confidential stands."""
    rows = contract.rows if contract else ()
    return frozenset(row.path for row in rows if row.source.sensitivity is Sensitivity.CONFIDENTIAL)


def for_the_bearer(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return verified claims as whoever carries the token may read them: without what is confidential.

    Only where the audience's tokens are encrypted the contract is read: two queries, three with rules.

    :raise UnknownAudienceError: the audience was retired a moment ago
    """
    if claims["aud"] not in encryption.value().audiences:
        return claims
    said: dict[str, Any] = deepcopy(dict(claims))
    for path in confidential_paths(read_contract(claims["aud"])):
        at_place(said, path, lambda place, name: place.pop(name))
    return said


def at_place(
    claims: dict[str, Any], path: str, change: Callable[[dict[str, JSONValue], str], object]
) -> None:
    """Let ``change`` do something to the claim at ``path``, if it is said."""
    *parents, name = segments(path)
    place: Any = claims
    for parent in parents:
        place = place.get(parent, {})
    if name in place:
        change(place, name)
