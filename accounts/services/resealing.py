"""Encrypting every private key anew, so that an old key-encryption key can go."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.audiences.models import EncryptionKey
from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditSeal
from accounts.audit.services import AuditSubject, record_event
from accounts.keys.errors import SealedKeyUnreadableError
from accounts.keys.models import SigningKey
from accounts.keys.sealing import seal, sealer, unseal

Sealed = SigningKey | EncryptionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """A key that was encrypted anew, or could not be opened: then it is as it was."""

    kid: str
    before: int
    after: int | None


def reseal_keys(*, actor: Actor, now: datetime) -> Iterator[Resealed]:
    """Encrypt anew what is not encrypted with the newest version: each key in a transaction of its own.

    It may be stopped at any time, and run again. Signing and encryption keys, revoked encryption keys too;
    of a revoked signing key nothing is left to encrypt.
    """
    newest = sealer().version
    for rows in (
        SigningKey.objects.exclude(sealed_private_jwk=b""),
        EncryptionKey.objects.filter(sealed_private_jwk__isnull=False),
    ):
        for kid in rows.exclude(sealed_with=newest).order_by("pk").values_list("pk", flat=True):
            resealed = _reseal(rows.model, kid, newest, actor, now)
            if resealed is not None:
                yield resealed


def versions_of_keys() -> set[int]:
    """Return the versions that private keys are encrypted with now."""
    signing = SigningKey.objects.exclude(sealed_private_jwk=b"").values_list("sealed_with", flat=True)
    encryption = EncryptionKey.objects.filter(sealed_private_jwk__isnull=False)
    held = encryption.values_list("sealed_with", flat=True)
    return {*signing.distinct(), *(version for version in held.distinct() if version is not None)}


def version_of_newest_seal() -> int | None:
    """Return the version that vouches for the audit log: that of its newest seal."""
    return AuditSeal.objects.order_by("-number").values_list("key_version", flat=True).first()


def _reseal(model: type[Sealed], kid: str, newest: int, actor: Actor, now: datetime) -> Resealed | None:
    with transaction.atomic():
        key: Sealed = QuerySet(model).select_for_update().get(pk=kid)
        before = key.sealed_with
        if not key.sealed_private_jwk or before is None or before == newest:
            return None  # revoked or encrypted anew meanwhile
        try:
            opened = unseal(bytes(key.sealed_private_jwk), version=before, kid=kid, algorithm=key.algorithm)
        except SealedKeyUnreadableError:
            return Resealed(kid=kid, before=before, after=None)
        key.sealed_private_jwk, key.sealed_with = seal(opened, kid=kid, algorithm=key.algorithm)
        key.save(update_fields=["sealed_private_jwk", "sealed_with"])
        _record(key, before, actor, now)
    return Resealed(kid=kid, before=before, after=key.sealed_with)


def _record(key: Sealed, before: int, actor: Actor, now: datetime) -> None:
    if isinstance(key, SigningKey):
        type_ = EventType.SIGNING_KEY_RESEALED
        subject = AuditSubject(kind="signing_key", id=key.kid, label=str(key))
    else:
        type_ = EventType.ENCRYPTION_KEY_RESEALED
        subject = AuditSubject(kind="audience", id=key.audience.pk, label=key.audience.code)
    record_event(
        type=type_,
        actor=actor,
        subject=subject,
        now=now,
        changes={"sealed_with": (before, key.sealed_with)},
        facts={"kid": key.kid, "algorithm": key.algorithm},
    )
