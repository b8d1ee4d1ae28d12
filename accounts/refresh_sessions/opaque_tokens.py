"""Refresh and device tokens: opaque to clients, authenticated by a MAC, stored nowhere (design.md §5).

A refresh token is ``v.sid.g.MAC`` with MAC = HMAC-SHA256(secret v, "refresh" ‖ sid ‖ g); a device token
is ``v.device.MAC`` over "device" ‖ sub ‖ device. The secrets come from the environment, so that a stolen
database opens nothing.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from accounts import conf
from accounts.refresh_sessions.errors import InvalidRefreshTokenError, SecretNotYetKnownError

MAX_LENGTH: Final = 160

_VERSION = r"(?P<version>[1-9][0-9]{0,5})"
_MAC = r"(?P<mac>[A-Za-z0-9_-]{43})"
_REFRESH = re.compile(
    rf"\A{_VERSION}\.(?P<sid>[0-9a-f]{{32}})\.(?P<generation>[1-9][0-9]{{0,17}})\.{_MAC}\Z", re.ASCII
)
_DEVICE = re.compile(rf"\A{_VERSION}\.(?P<device>[0-9a-f]{{32}})\.{_MAC}\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """What an authentic refresh token says."""

    sid: UUID
    generation: int
    secret_version: int


def make_refresh_token(*, sid: UUID, generation: int, secret_version: int) -> str:
    """Return the one refresh token of this generation: the same bytes each time.

    :raise SecretNotYetKnownError: another host has a newer secret, and made this generation with it
    :raise InvalidRefreshTokenError: the secret is configured no more
    """
    secret = conf.refresh_secrets().by_version.get(secret_version)
    if secret is None:
        raise _without_secret(secret_version)
    mac = _mac(secret, _refresh_message(sid, generation))
    return f"{secret_version}.{sid.hex}.{generation}.{mac}"


def read_refresh_token(presented: str) -> RefreshToken:
    """Verify a refresh token, in constant time and before any query.

    :raise InvalidRefreshTokenError: malformed, altered, or made with a secret that is configured no more
    :raise SecretNotYetKnownError: made with a newer secret than this host has yet
    """
    match = _REFRESH.match(presented)
    if match is None:
        raise InvalidRefreshTokenError(reason="malformed")
    sid, generation, version = UUID(match["sid"]), int(match["generation"]), int(match["version"])
    if version not in conf.refresh_secrets().by_version:
        raise _without_secret(version)
    if not _is_authentic(version, match["mac"], _refresh_message(sid, generation)):
        raise InvalidRefreshTokenError(reason="not authentic")
    return RefreshToken(sid=sid, generation=generation, secret_version=version)


def make_device_token(*, sub: UUID, device_id: UUID) -> str:
    """Return a token by which this account's device is known again; it opens nothing by itself."""
    secrets = conf.refresh_secrets()
    mac = _mac(secrets.current, _device_message(sub, device_id))
    return f"{secrets.current_version}.{device_id.hex}.{mac}"


def read_device_token(presented: str, *, sub: UUID) -> UUID | None:
    """Return the device that the token names, or none where it is not authentic for this account."""
    match = _DEVICE.match(presented)
    if match is None:
        return None
    device_id = UUID(match["device"])
    authentic = _is_authentic(int(match["version"]), match["mac"], _device_message(sub, device_id))
    return device_id if authentic else None


def _without_secret(version: int) -> InvalidRefreshTokenError | SecretNotYetKnownError:
    # While hosts get a new secret one after another, nobody is logged out by one that is late.
    if version > conf.refresh_secrets().current_version:
        return SecretNotYetKnownError(version=version)
    return InvalidRefreshTokenError(reason="made with a secret that is gone", version=version)


def _refresh_message(sid: UUID, generation: int) -> bytes:
    return b"refresh" + sid.bytes + generation.to_bytes(8, "big")


def _device_message(sub: UUID, device_id: UUID) -> bytes:
    return b"device\0" + sub.bytes + device_id.bytes


def _is_authentic(version: int, mac: str, message: bytes) -> bool:
    secret = conf.refresh_secrets().by_version.get(version)
    if secret is None:
        return False
    return hmac.compare_digest(mac, _mac(secret, message))


def _mac(secret: bytes, message: bytes) -> str:
    digest = hmac.new(secret, message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
