"""Confidential values are for the audience alone: whoever explains a token does not read them."""

from copy import deepcopy
from dataclasses import replace

from accounts.audiences.claim_sources import JSONValue, Sensitivity
from accounts.explanations.sessions.carried import Carried
from accounts.explanations.tokens.differences import Difference
from accounts.explanations.tokens.explained import TokenExplained
from accounts.tokens.claims import Claims
from accounts.tokens.confidential import at_place, confidential_paths

#: Stands where a confidential value would; its bytes are still those of the value.
VEIL = "•••"


def veiled_token(token: TokenExplained) -> TokenExplained:
    """Return the explanation without what its contract says from confidential sources."""
    paths = confidential_paths(token.contract)
    if not paths:
        return token
    rows = tuple(replace(row, value=_veil(row.value)) if row.path in paths else row for row in token.rows)
    claims = None if token.claims is None else _veiled_claims(token.claims, paths)
    return replace(token, rows=rows, claims=claims)


def veiled_session(carried: Carried) -> Carried:
    """Return what a session carries without confidential values that differ."""
    return replace(carried, differences=tuple(map(_veiled_difference, carried.differences)))


def _veiled_difference(difference: Difference) -> Difference:
    if difference.sensitivity is not Sensitivity.CONFIDENTIAL:
        return difference
    before, now = _veil(difference.before), _veil(difference.now)
    return replace(difference, before=before, now=now, taken=(), added=())


def _veiled_claims(claims: Claims, paths: frozenset[str]) -> Claims:
    veiled = deepcopy(claims)
    for path in paths:
        at_place(veiled, path, lambda place, name: place.update({name: _veil(place[name])}))
    return veiled


def _veil(value: JSONValue) -> JSONValue:
    return None if value is None else VEIL
