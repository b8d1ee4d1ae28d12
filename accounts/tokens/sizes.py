"""How long a token is, and which claim takes how much of it, without making one."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from uuid import UUID

from accounts.audiences.claim_sources import JSONValue
from accounts.audiences.contracts import ClaimContract, EncryptionTarget
from accounts.keys.algorithms import EncryptionAlgorithm, SigningAlgorithm
from accounts.tokens.claims import Claims
from accounts.tokens.encryption import encryption_header

#: More than this part of a budget is "near" it (design.md §4).
NEAR = 0.9

#: Bytes of a signature in base64url (RFC 7518 §3, RFC 8037 §3.1); RSA keys here have 3072 bits.
_SIGNATURE = {SigningAlgorithm.ES256: 86, SigningAlgorithm.EDDSA: 86, SigningAlgorithm.RS256: 512}
#: What issuing adds, in values as long as any.
_AT_ISSUE: Claims = {"exp": 10**9, "iat": 10**9, "jti": "0" * 32, "sid": str(UUID(int=0))}
_KID = "k" * 43
_EPK = frozenset({"kty", "crv", "x", "y"})


def token_bytes(claims: Claims, contract: ClaimContract) -> int:
    """Return the length of the token that ``claims_to_issue`` would become."""
    header: Claims = {"alg": str(contract.signing_algorithm), "kid": _KID, "typ": "at+jwt"}
    parts = _base64_bytes(json_bytes(header)) + _base64_bytes(json_bytes(claims | _AT_ISSUE))
    signed = parts + _SIGNATURE[contract.signing_algorithm] + len("..")
    return signed if contract.encryption is None else _encrypted_bytes(signed, contract.encryption)


def part_of_budget(size: int, budget: int) -> int:
    """Return ``size`` in hundredths of ``budget``: 100 or less where it fits, more where it does not."""
    return -(-size * 100 // budget) if size > budget else size * 100 // budget


def claim_bytes(claims: Mapping[str, JSONValue]) -> dict[str, int]:
    """Return the bytes of each claim within the JSON: its name, its value and what stands between them."""
    return {name: json_bytes({name: value}) - len("{}") + len(",") for name, value in claims.items()}


def json_bytes(value: JSONValue) -> int:
    """Return the length of ``value`` as tokens write it: in UTF-8, without escapes for letters.

    :raise UnicodeEncodeError: it holds half a surrogate pair, which no token can say
    """
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _encrypted_bytes(signed: int, target: EncryptionTarget) -> int:
    """Return the length of a compact JWE: header, encrypted key, 96 bit nonce, content and 128 bit tag."""
    header: dict[str, JSONValue] = dict(encryption_header(target))
    if target.algorithm is EncryptionAlgorithm.RSA_OAEP_256:
        key = len(urlsafe_b64decode(target.public_jwk["n"] + "=="))
    else:
        # RFC 7518 §4.6.1: an ephemeral key on the same curve stands in the header.
        header["epk"] = {name: value for name, value in target.public_jwk.items() if name in _EPK}
        key = 40  # a 256 bit key wrapped (RFC 3394)
    return sum(_base64_bytes(size) for size in (json_bytes(header), key, 12, signed, 16)) + len("....")


def _base64_bytes(size: int) -> int:
    return (size * 4 + 2) // 3
