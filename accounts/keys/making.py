"""Making a key pair: named by its thumbprint (RFC 7638), its private half only sealed."""

import json
from datetime import datetime

from joserfc.jwk import ECKey, OKPKey, RSAKey

from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.keyring import AsymmetricKey
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.sealing import seal

RSA_BITS = 3072


def make_key(algorithm: SigningAlgorithm, *, state: KeyState, now: datetime) -> SigningKey:
    """Return a new key, unsaved; an RSA key takes a moment."""
    key = _generate(algorithm)
    kid = key.thumbprint()
    sealed, version = seal(json.dumps(key.as_dict(private=True)).encode(), kid=kid, algorithm=algorithm)
    return SigningKey(
        kid=kid,
        algorithm=algorithm,
        state=state,
        public_jwk=key.as_dict(private=False),
        sealed_private_jwk=sealed,
        sealed_with=version,
        created_at=now,
        published_at=now,
        state_changed_at=now,
    )


def _generate(algorithm: SigningAlgorithm) -> AsymmetricKey:
    match algorithm:
        case SigningAlgorithm.ES256:
            return ECKey.generate_key("P-256")
        case SigningAlgorithm.EDDSA:
            return OKPKey.generate_key("Ed25519")
        case SigningAlgorithm.RS256:
            return RSAKey.generate_key(RSA_BITS)
