"""Typed access to the settings that the domain reads; authsite/settings.py validates them."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

from django.conf import settings

#: The longest lifetime that an audience may give its access tokens.
MAX_ACCESS_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Versioned secrets; the highest version makes new values, every version is accepted."""

    by_version: dict[int, bytes]

    @property
    def current_version(self) -> int:
        """Return the version that makes new values."""
        return max(self.by_version)

    @property
    def current(self) -> bytes:
        """Return the secret that makes new values."""
        return self.by_version[self.current_version]


def issuer() -> str:
    """Return ``iss``: the URL of this installation, without a trailing slash (RFC 7519 §4.1.1)."""
    return str(settings.AUTHSITE_ISSUER)


def own_audience() -> str:
    """Return the code of the audience that authsite's own API is."""
    return str(settings.AUTHSITE_AUDIENCE)


def claim_source_modules() -> tuple[str, ...]:
    """Return the modules with the deployment's own claim sources."""
    value: tuple[str, ...] = settings.AUTHSITE_CLAIM_SOURCES
    return value


def refresh_secrets() -> Secrets:
    """Return the secrets that authenticate refresh and device tokens."""
    return Secrets(by_version=settings.AUTHSITE_REFRESH_SECRETS)


def key_encryption_keys() -> Secrets:
    """Return the AES-256 keys that encrypt private signing keys at rest."""
    return Secrets(by_version=settings.AUTHSITE_KEY_ENCRYPTION_KEYS)


def key_sealer() -> str:
    """Return the dotted path of the class that encrypts private keys at rest."""
    return str(settings.AUTHSITE_KEY_SEALER)


def jwk_set_max_age() -> timedelta:
    """Return how long a verifier may keep the JWK Set."""
    value: timedelta = settings.AUTHSITE_JWK_SET_MAX_AGE
    return value


def refresh_grace() -> timedelta:
    """Return how long the predecessor of a refresh token still answers with the same successor."""
    value: timedelta = settings.AUTHSITE_REFRESH_GRACE
    return value


def session_idle_lifetime() -> timedelta:
    """Return how long a refresh session lives without a refresh."""
    value: timedelta = settings.AUTHSITE_SESSION_IDLE_LIFETIME
    return value


def session_absolute_lifetime() -> timedelta:
    """Return how long a refresh session lives at most."""
    value: timedelta = settings.AUTHSITE_SESSION_ABSOLUTE_LIFETIME
    return value


def change_log_max_age() -> timedelta:
    """Return how long tokens are still judged by a change log that cannot be read any more."""
    value: timedelta = settings.AUTHSITE_CHANGE_LOG_MAX_AGE
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many attempts may fail within ``window``, by what they are counted by."""

    window: timedelta
    account: int
    address: int
    pair: int
    device: int
    resets: int


def limits() -> Limits:
    """Return how many attempts may fail (docs/limits.md)."""
    value: dict[str, int] = settings.AUTHSITE_LIMITS
    return Limits(window=settings.AUTHSITE_LIMIT_WINDOW, **value)


def trusted_proxies() -> list[IPv4Network | IPv6Network]:
    """Return the networks whose ``X-Forwarded-For`` is believed."""
    value: list[IPv4Network | IPv6Network] = settings.AUTHSITE_TRUSTED_PROXIES
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisPlace:
    """Where Redis is, and what every key of ours begins with."""

    url: str
    prefix: str


def redis_place() -> RedisPlace | None:
    """Return the Redis that all processes share, or none."""
    cache = settings.CACHES["default"]
    if not cache["BACKEND"].endswith(".RedisCache"):
        return None
    return RedisPlace(url=cache["LOCATION"], prefix=cache["KEY_PREFIX"])


def browser_idle_lifetime() -> timedelta:
    """Return how long a browser session lives without use."""
    value: timedelta = settings.AUTHSITE_BROWSER_IDLE_LIFETIME
    return value


def browser_absolute_lifetime() -> timedelta:
    """Return how long a browser session lives at most."""
    value: timedelta = settings.AUTHSITE_BROWSER_ABSOLUTE_LIFETIME
    return value


def password_window() -> timedelta:
    """Return for how long after typing their password people make dangerous changes unasked."""
    value: timedelta = settings.AUTHSITE_PASSWORD_WINDOW
    return value
