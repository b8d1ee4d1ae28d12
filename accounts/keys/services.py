"""Changes that someone can ask for on signing keys."""

import json
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from joserfc.jwk import ECKey, OKPKey, RSAKey

from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.audit.services import AuditSubject, record_event
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.keyring import AsymmetricKey, keyring
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.sealing import seal

RSA_BITS = 3072


def ensure_current_key(*, algorithm: SigningAlgorithm, actor: Actor, now: datetime) -> SigningKey:
    """Return the current key of ``algorithm``, made now if there is none."""
    with transaction.atomic():
        current = SigningKey.objects.filter(algorithm=algorithm, state=KeyState.CURRENT).first()
        if current is not None:
            return current
        created = _create(algorithm, now)
        record_event(
            type=EventType.SIGNING_KEY_CREATED,
            actor=actor,
            subject=AuditSubject(kind="signing_key", id=created.kid, label=str(created)),
            now=now,
            facts={"algorithm": created.algorithm, "state": created.state},
        )
    transaction.on_commit(keyring.forget)
    return created


def create_first_signing_key(**_signal: object) -> None:
    """Make the default algorithm's key after ``migrate``, so that tokens can be signed at once."""
    if not {SigningKey._meta.db_table, AuditEvent._meta.db_table} <= set(
        connection.introspection.table_names()
    ):
        return  # migrated backwards, or only in part
    ensure_current_key(algorithm=SigningAlgorithm.ES256, actor=Actor.system("migrate"), now=timezone.now())


def _create(algorithm: SigningAlgorithm, now: datetime) -> SigningKey:
    key = _generate(algorithm)
    kid = key.thumbprint()
    sealed, version = seal(json.dumps(key.as_dict(private=True)).encode(), kid=kid, algorithm=algorithm)
    return SigningKey.objects.create(
        kid=kid,
        algorithm=algorithm,
        state=KeyState.CURRENT,
        public_jwk=key.as_dict(private=False),
        sealed_private_jwk=sealed,
        sealed_with=version,
        created_at=now,
    )


def _generate(algorithm: SigningAlgorithm) -> AsymmetricKey:
    match algorithm:
        case SigningAlgorithm.ES256:
            return ECKey.generate_key("P-256")
        case SigningAlgorithm.EDDSA:
            return OKPKey.generate_key("Ed25519")
        case SigningAlgorithm.RS256:
            return RSAKey.generate_key(RSA_BITS)
