"""Buckets: what a limit is counted by, how much fits in, and what is left of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Protocol

from django.utils.crypto import salted_hmac


class BucketKind(StrEnum):
    """What a bucket counts by."""

    ACCOUNT = "account"
    ADDRESS = "address"
    PAIR = "pair"
    DEVICE = "device"
    DEVICES = "devices"
    CURRENT_PASSWORD = "current_password"  # noqa: S105 - the name of a bucket
    TOKENS = "tokens"
    SESSION = "session"
    RESETS = "resets"
    RESET_ADDRESS = "reset_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """So many places (``size``) within a window, which begins with the first that is taken."""

    kind: BucketKind
    key: str
    size: int
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPlace:
    """A place that was taken, in the window that ends then."""

    key: str
    ends_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FullBucket:
    """A bucket without a place until its window ends; ``is_news`` the first time that it refuses."""

    bucket: Bucket
    ends_ms: int
    is_news: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A place in each of the buckets."""

    places: tuple[HeldPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No place in any of them, because these are full; none, if others were faster at every try."""

    full: tuple[FullBucket, ...]


class Store(Protocol):
    """Where buckets are. Each method is atomic against every other process."""

    def take(self, buckets: Sequence[Bucket], *, now_ms: int) -> Taken | Refused:
        """Take a place in each of the buckets, or in none."""

    def give_back(self, places: Sequence[HeldPlace]) -> None:
        """Give places back, unless their window has ended."""

    def full(self, keys: Sequence[str], *, now_ms: int) -> Mapping[str, int]:
        """Return the keys of those that are full, each with the end of its window; nothing is announced."""

    def end_windows(self, keys: Sequence[str]) -> None:
        """End the windows of these: all places are free, and what is given back later is worth nothing."""


def bucket_of(kind: BucketKind, *what: object, size: int, window: timedelta) -> Bucket:
    """Return the bucket of what is counted; its key can be computed only with the secret key."""
    message = json.dumps([str(part) for part in what])
    digest = salted_hmac("accounts.limits", message, algorithm="sha256").hexdigest()
    return Bucket(kind=kind, key=f"{kind}:{digest[:48]}", size=size, window=window)


def network_of(ip: str | None) -> str:
    """Return what one client can easily choose addresses from: an IPv4 address, or an IPv6 /64.

    Without an address, all such clients are one: never none.
    """
    if ip is None:
        return "unknown"
    address = ip_address(ip)
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address) >> 64 << 64, 64)))
