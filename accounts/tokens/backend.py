"""Our token backend under simplejwt: keys from the key ring, verification in one place."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from django.utils import timezone
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken
from typing_extensions import override

from accounts.tokens.errors import ExpiredTokenError, InvalidTokenError
from accounts.tokens.signing import sign
from accounts.tokens.verification import VerifiedToken, verify_access_token

TYPE = "at+jwt"


class VerifiedPayload(dict[str, Any]):
    """The claims of a verified token, and beside them its header, which simplejwt would not pass on."""

    header: Mapping[str, Any] = MappingProxyType({})

    @classmethod
    def of(cls, verified: VerifiedToken) -> Self:
        """Return the claims with their header."""
        payload = cls(verified.claims)
        payload.header = verified.header
        return payload


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
    def decode(self, token: Any, verify: bool = True) -> VerifiedPayload:
        """Return the verified claims; there is no way to read a token here without verifying it.

        :raise OutdatedTokenError: simplejwt has no word for it, so that it passes through as it is
        """
        try:
            verified = verify_access_token(token, now=timezone.now(), may_be_outdated=self._may_be_outdated)
        except ExpiredTokenError as error:
            raise TokenBackendExpiredToken(str(error)) from error
        except InvalidTokenError as error:
            raise TokenBackendError(str(error)) from error
        return VerifiedPayload.of(verified)
