"""The public half of every usable key as a JWK Set (RFC 7517 §5)."""

from accounts.keys.keyring import keyring

#: The members that a verifier needs; a private member can never slip out, because none is named here.
PUBLIC_MEMBERS = ("kty", "crv", "x", "y", "n", "e")


def jwk_set() -> dict[str, list[dict[str, str]]]:
    """Return ``{"keys": [...]}``, ordered by kid, so that equal sets have equal bytes."""
    return {
        "keys": [
            {name: key.row.public_jwk[name] for name in PUBLIC_MEMBERS if name in key.row.public_jwk}
            | {"kid": kid, "alg": key.algorithm, "use": "sig"}
            for kid, key in sorted(keyring.keys().items())
        ]
    }
