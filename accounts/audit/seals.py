"""What a seal says of its range: hashes that form a chain, authenticated with a key outside the database."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from accounts import conf
from accounts.audit.canonical import FORM, EventLine, seal_body, text_of
from accounts.audit.models import AuditSeal

#: Hexadecimal digits of an event's SHA-256 in the seal: they find the event that was changed, no more.
LEAF_DIGITS: Final = 16
_PURPOSE: Final = b"authsite audit log seals"


def make_seal(
    lines: Sequence[EventLine],
    *,
    previous: AuditSeal | None,
    earliest_at: datetime,
    latest_at: datetime,
    now: datetime,
) -> AuditSeal:
    """Return the seal of these events, unsaved; its range begins where that of ``previous`` ends."""
    seal = AuditSeal(
        number=previous.number + 1 if previous else 1,
        first_id=previous.last_id + 1 if previous else 1,
        last_id=lines[-1][0],
        events=len(lines),
        earliest_at=earliest_at,
        latest_at=latest_at,
        form=FORM,
        events_sha256=events_sha256(lines),
        leaves=leaves_of(lines),
        previous_hash=previous.hash if previous else "",
        sealed_at=now,
        key_version=conf.key_encryption_keys().current_version,
    )
    seal.hash = seal_hash(seal)
    seal.mac = _mac(seal.key_version, b"seal", seal.hash)
    return seal


def events_sha256(lines: Sequence[EventLine]) -> str:
    """Return the SHA-256 of the lines, each with its line feed: what ``sha256sum`` says of them in a file."""
    digest = hashlib.sha256()
    for _id, line in lines:
        digest.update(line + b"\n")
    return digest.hexdigest()


def leaves_of(lines: Sequence[EventLine]) -> list[tuple[int, str]]:
    """Return each event's id and the beginning of its line's SHA-256."""
    return [(pk, hashlib.sha256(line).hexdigest()[:LEAF_DIGITS]) for pk, line in lines]


def seal_hash(seal: AuditSeal) -> str:
    """Return the SHA-256 of the seal, which says the hash of the seal before."""
    return hashlib.sha256(seal_body(seal)).hexdigest()


def is_authentic(seal: AuditSeal) -> bool | None:
    """Tell whether the seal was made with the key; none where that version is not configured any more."""
    if seal.key_version not in conf.key_encryption_keys().by_version:
        return None
    return hmac.compare_digest(seal.mac, _mac(seal.key_version, b"seal", seal.hash))


def mark_as_dropped(seal: AuditSeal, *, now: datetime) -> None:
    """Say on the seal, unsaved, that its events were dropped with the key at hand."""
    version = conf.key_encryption_keys().current_version
    seal.dropped_at = now
    seal.drop_mac = f"{version}.{_drop_mac(version, seal)}"


def is_authentic_drop(seal: AuditSeal) -> bool | None:
    """Tell whether the events were dropped with the key, as ``is_authentic``."""
    version, _dot, mac = seal.drop_mac.partition(".")
    if not version.isdecimal():
        return False
    if int(version) not in conf.key_encryption_keys().by_version:
        return None
    return hmac.compare_digest(mac, _drop_mac(int(version), seal))


def _drop_mac(version: int, seal: AuditSeal) -> str:
    assert seal.dropped_at is not None  # noqa: S101 - its callers
    return _mac(version, b"drop", f"{seal.hash} {text_of(seal.dropped_at)}")


def _mac(version: int, what: bytes, text: str) -> str:
    # A key for this purpose alone: the same bytes also encrypt signing keys (RFC 5869's idea of "info").
    key = hmac.digest(conf.key_encryption_keys().by_version[version], _PURPOSE, "sha256")
    return hmac.new(key, what + b"\0" + text.encode(), hashlib.sha256).hexdigest()
