"""Our token backend under simplejwt: keys from the key ring, verification in one place."""

from typing import Any

from django.utils import timezone
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken
from typing_extensions import override

from accounts.tokens.errors import ExpiredTokenError, InvalidTokenError
from accounts.tokens.signing import sign
from accounts.tokens.verification import verify_access_token

TYPE = "at+jwt"


class KeyRingTokenBackend(TokenBackend):
    """Signs with the current key of its algorithm; verifies with whatever key the ring has."""

    def __init__(self, algorithm: str, *, may_be_outdated: bool) -> None:
        super().__init__(algorithm)
        self._may_be_outdated = may_be_outdated

    @override
    def encode(self, payload: dict[str, Any]) -> str:
        """Return ``payload`` as a JWS with ``typ``, ``alg`` and ``kid`` (RFC 9068 §2.1).

        :raise NoSigningKeyError: there is no current key
        """
        return sign(payload, typ=TYPE, algorithm=self.algorithm)

    @override
    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        """Return the verified claims; there is no way to read a token here without verifying it.

        :raise OutdatedTokenError: simplejwt has no word for it, so that it passes through as it is
        """
        try:
            return verify_access_token(
                token, now=timezone.now(), may_be_outdated=self._may_be_outdated
            ).claims
        except ExpiredTokenError as error:
            raise TokenBackendExpiredToken(str(error)) from error
        except InvalidTokenError as error:
            raise TokenBackendError(str(error)) from error
