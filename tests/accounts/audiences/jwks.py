"""Public keys of resource servers, and their private halves."""

from __future__ import annotations

from typing import Any

from joserfc.jwk import ECKey, OKPKey, RSAKey

PAIRS: dict[str, RSAKey | ECKey | OKPKey] = {
    "RSA": RSAKey.generate_key(2048),
    "EC": ECKey.generate_key("P-256"),
    "P-521": ECKey.generate_key("P-521"),
    "X25519": OKPKey.generate_key("X25519"),
}

ALGORITHMS = {
    "RSA": "RSA-OAEP-256",
    "EC": "ECDH-ES+A256KW",
    "P-521": "ECDH-ES+A256KW",
    "X25519": "ECDH-ES+A256KW",
}

#: As authsite answers them.
KEYS: dict[str, dict[str, Any]] = {
    name: {
        **{member: value for member, value in pair.as_dict(private=False).items() if member != "kid"},
        "kid": pair.thumbprint(),
        "alg": ALGORITHMS[name],
        "use": "enc",
    }
    for name, pair in PAIRS.items()
}
