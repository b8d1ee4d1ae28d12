"""What joserfc may sign and verify with a key: its one algorithm and no other (RFC 8725 §3.1)."""

from functools import cache

from joserfc.errors import UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import JWSRegistry
from typing_extensions import override


class _OneAlgorithm(JWSRegistry):
    @override
    def get_alg(self, name: str) -> JWSAlgModel:
        """Return the allowed algorithm.

        Without joserfc's warning that RFC 9864 renames ``EdDSA`` to ``Ed25519``: verifiers elsewhere
        (PyJWT among them) know the old name only.
        """
        if name not in (self.allowed or ()):
            msg = f"Algorithm of '{name}' is not allowed"
            raise UnsupportedAlgorithmError(msg)
        return self.algorithms[name]


@cache
def jws_registry(algorithm: str) -> JWSRegistry:
    """Return the registry that knows ``algorithm`` alone."""
    return _OneAlgorithm(algorithms=[algorithm])
