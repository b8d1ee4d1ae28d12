"""What joserfc may encrypt and decrypt with a key: its one algorithm, and A256GCM (RFC 8725 §3.1)."""

from functools import cache

from joserfc.jwe import JWERegistry

CONTENT_ENCRYPTION = "A256GCM"


@cache
def jwe_registry(algorithm: str) -> JWERegistry:
    """Return the registry that knows ``algorithm`` and A256GCM alone: no compression, no passwords."""
    return JWERegistry(algorithms=[algorithm, CONTENT_ENCRYPTION])
