"""How long a token is, and which claim takes how much of it, without making one."""

import json
from collections.abc import Mapping
from uuid import UUID

from accounts.audiences.claim_sources import JSONValue
from accounts.audiences.contracts import ClaimContract
from accounts.keys.algorithms import SigningAlgorithm
from accounts.tokens.claims import Claims

#: More than this part of a budget is "near" it (design.md §4).
NEAR = 0.9

#: Bytes of a signature in base64url (RFC 7518 §3, RFC 8037 §3.1); RSA keys here have 3072 bits.
_SIGNATURE = {SigningAlgorithm.ES256: 86, SigningAlgorithm.EDDSA: 86, SigningAlgorithm.RS256: 512}
#: What issuing adds, in values as long as any.
_AT_ISSUE: Claims = {"exp": 10**9, "iat": 10**9, "jti": "0" * 32, "sid": str(UUID(int=0))}
_KID = "k" * 43


def token_bytes(claims: Claims, contract: ClaimContract) -> int:
    """Return the length of the token that ``claims_to_issue`` would become."""
    header: Claims = {"alg": str(contract.signing_algorithm), "kid": _KID, "typ": "at+jwt"}
    parts = _base64_bytes(json_bytes(header)) + _base64_bytes(json_bytes(claims | _AT_ISSUE))
    return parts + _SIGNATURE[contract.signing_algorithm] + len("..")


def claim_bytes(claims: Mapping[str, JSONValue]) -> dict[str, int]:
    """Return the bytes of each claim within the JSON: its name, its value and what stands between them."""
    return {name: json_bytes({name: value}) - len("{}") + len(",") for name, value in claims.items()}


def json_bytes(value: JSONValue) -> int:
    """Return the length of ``value`` as tokens write it: in UTF-8, without escapes for letters.

    :raise UnicodeEncodeError: it holds half a surrogate pair, which no token can say
    """
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _base64_bytes(size: int) -> int:
    return (size * 4 + 2) // 3
