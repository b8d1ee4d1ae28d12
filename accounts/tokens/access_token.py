"""Our access token class under simplejwt."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self

from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken as SimplejwtAccessToken
from typing_extensions import override

from accounts.tokens.backend import KeyRingTokenBackend


@cache
def _backend(algorithm: str, *, may_be_outdated: bool) -> KeyRingTokenBackend:
    return KeyRingTokenBackend(algorithm, may_be_outdated=may_be_outdated)


class AccessToken(SimplejwtAccessToken):
    """An RFC 9068 access token: the type is in the header, and the audience chose the algorithm."""

    algorithm = "ES256"
    may_be_outdated = False
    header: Mapping[str, Any]

    def __init__(self, token: Any = None, verify: bool = True) -> None:  # noqa: FBT001, FBT002 - simplejwt's signature
        super().__init__(token, verify)
        self.header = getattr(self.payload, "header", {})
        # simplejwt's claim ``token_type``; ours is the header's ``typ``, which nothing else can carry.
        self.payload.pop(api_settings.TOKEN_TYPE_CLAIM, None)

    @classmethod
    def of(cls, claims: dict[str, Any], *, algorithm: str, lifetime: timedelta, now: datetime) -> Self:
        """Return a new token of ``claims`` plus ``exp``, ``iat`` and ``jti``."""
        token = cls()
        token.algorithm = algorithm
        token.payload = dict(claims)
        token.set_exp(from_time=now, lifetime=lifetime)
        token.set_iat(at_time=now)
        token.set_jti()
        return token

    @property
    @override
    def token_backend(self) -> KeyRingTokenBackend:
        """Return the backend that signs with this token's algorithm."""
        return _backend(self.algorithm, may_be_outdated=self.may_be_outdated)

    @override
    def verify(self) -> None:
        """Do nothing more: the backend verified every claim before this is called."""

    @override
    def set_jti(self) -> None:
        """Give the token an id of 122 random bits (RFC 7519 §4.1.7)."""
        self.payload["jti"] = uuid.uuid4().hex


class OutdatedAccessToken(AccessToken):
    """An access token that the change log is not asked about: good for logging out, and for nothing else."""

    may_be_outdated = True
