"""System checks of the domain: what must hold before a token is issued."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from accounts import conf
from accounts.audiences.claim_sources import Sensitivity
from accounts.audiences.models import Audience, ContractClaim, EncryptionKey
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.audit.guard import GUARD
from accounts.audit.models import AuditEvent
from accounts.change_log.triggers import missing_triggers
from accounts.keys.errors import SealedKeyUnreadableError
from accounts.keys.keyring import RingKey, import_key
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.sealing import sealer
from accounts.models import User
from accounts.password_validators.breaches import is_ordered
from accounts.services.sample_organisation import sample_people
from accounts.tokens.decryption_keys import DecryptionKey

_TABLES = {
    model._meta.db_table for model in (Audience, ContractClaim, EncryptionKey, AuditEvent, SigningKey, User)
}


@register(Tags.database)
def check_installation(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Check a migrated database: own audience, contracts, signing keys, no sample people in production."""
    if not databases or "default" not in databases:
        return []
    if not set(connections["default"].introspection.table_names()) >= _TABLES:
        return []  # not migrated yet: "migrate" itself runs these checks
    return [
        *_own_audience(),
        *_contracts(),
        *_encryption(),
        *_signing_keys(),
        *_sample_people(),
        *_triggers(),
        *_guard(),
    ]


@register(Tags.security, deploy=True)
def check_personal_claims(**_kwargs: Any) -> list[CheckMessage]:
    """Check which audiences' tokens let whoever holds them read something personal."""
    if not set(connections["default"].introspection.table_names()) >= _TABLES:
        return []
    personal = _sources(Sensitivity.PERSONAL)
    signed_only = ContractClaim.objects.filter(source__in=personal, audience__is_encrypted=False)
    return [
        checks.Warning(
            f"The tokens of {claim.audience.code!r} say {claim.path!r} from {claim.source!r}, which is "
            "personal: whoever holds such a token can read it.",
            hint="Leave the claim out of the contract, or encrypt the audience's tokens.",
            id="accounts.W008",
        )
        for claim in signed_only.select_related("audience")
    ]


@register(Tags.security)
def check_breached_passwords(**_kwargs: Any) -> list[CheckMessage]:
    """Check that the list of breached passwords is in order: in another one nothing would be found."""
    path = settings.AUTHSITE_BREACHED_PASSWORDS_FILE
    if path is None or is_ordered(path):
        return []
    return [
        Error(
            f"AUTHSITE_BREACHED_PASSWORDS_FILE names {path}, which is no list of SHA-1 hashes in order.",
            hint="Download Pwned Passwords ordered by hash, or sort the file: LC_ALL=C sort.",
            id="accounts.E007",
        )
    ]


@register(Tags.security)
def check_key_sealer(**_kwargs: Any) -> list[CheckMessage]:
    """Check that what encrypts private keys is there, before a key is opened with it."""
    try:
        sealer()
    except ImproperlyConfigured as error:
        hint = "Write the dotted path of a class that extends accounts.keys.sealing.Sealer."
        return [Error(str(error), hint=hint, id="keys.E001")]
    return []


def _own_audience() -> Iterator[CheckMessage]:
    code = conf.own_audience()
    if not Audience.objects.in_force().filter(code=code).exists():
        yield Error(
            f"AUTHSITE_AUDIENCE names {code!r}, which is no audience in force.",
            hint="Create it in the admin while AUTHSITE_AUDIENCE names another, or write an existing code.",
            id="accounts.E001",
        )


def _contracts() -> Iterator[CheckMessage]:
    for claim in ContractClaim.objects.exclude(source__in=CLAIM_SOURCES).select_related("audience"):
        yield Error(
            f"The contract of {claim.audience.code!r} takes {claim.path!r} from {claim.source!r}, "
            "which is no registered claim source.",
            hint="Register the source again, or choose another one in the admin.",
            id="accounts.E002",
        )


def _sources(sensitivity: Sensitivity) -> list[str]:
    return [name for name, source in CLAIM_SOURCES.items() if source.sensitivity is sensitivity]


def _encryption() -> Iterator[CheckMessage]:
    """Whatever wrote the rows: nothing confidential is only signed, and authsite reads its own tokens."""
    secret = _sources(Sensitivity.CONFIDENTIAL)
    bare = ContractClaim.objects.filter(source__in=secret, audience__is_encrypted=False)
    for claim in bare.select_related("audience"):
        yield Error(
            f"The contract of {claim.audience.code!r} takes {claim.path!r} from {claim.source!r}, which is "
            "confidential, and its tokens are only signed.",
            hint="Encrypt the audience's tokens, or leave the claim out, in the admin.",
            id="accounts.E008",
        )
    for audience in Audience.objects.in_force().filter(is_encrypted=True).prefetch_related("encryption_keys"):
        current = [key for key in audience.encryption_keys.all() if key.is_current]
        if not current:
            yield checks.Warning(
                f"The tokens of {audience.code!r} are encrypted, and there is no key to encrypt them to: "
                "none is issued.",
                hint="Register an encryption key in the admin, or make one there.",
                id="accounts.W009",
            )
        elif audience.code == conf.own_audience() and not current[0].is_held:
            yield Error(
                f"authsite cannot read the tokens of its own audience {audience.code!r}.",
                hint="Make an encryption key for it in the admin.",
                id="accounts.E010",
            )
        elif audience.code == conf.own_audience():
            yield from _opens(current[0])


def _opens(key: EncryptionKey) -> Iterator[CheckMessage]:
    """Without it each request with a token is answered 500, and nobody could make another key."""
    try:
        _opened = DecryptionKey(key, key.audience.code).private
    except SealedKeyUnreadableError:
        yield Error(
            f"The encryption key {key.kid} cannot be decrypted: authsite cannot read its own tokens.",
            hint="Write the key-encryption key that sealed it into AUTHSITE_KEY_ENCRYPTION_KEYS, "
            f"as version {key.sealed_with}.",
            id="accounts.E011",
        )


def _signing_keys() -> Iterator[CheckMessage]:
    wanted = set(Audience.objects.in_force().values_list("signing_algorithm", flat=True))
    current = {key.algorithm: key for key in SigningKey.objects.filter(state=KeyState.CURRENT)}
    for algorithm in sorted(wanted):
        if algorithm not in current:
            yield Error(
                f"There is no current signing key for {algorithm}.",
                hint="Run “manage.py migrate”, or save the audience that uses it in the admin.",
                id="accounts.E003",
            )
            continue
        key = current[algorithm]
        try:
            _opened = RingKey(key, import_key(key.public_jwk)).private
        except ImproperlyConfigured:
            return  # keys.E001
        except SealedKeyUnreadableError:
            yield Error(
                f"The signing key {key.kid} cannot be decrypted.",
                hint="Write the key-encryption key that sealed it into AUTHSITE_KEY_ENCRYPTION_KEYS, "
                f"as version {key.sealed_with}.",
                id="accounts.E004",
            )


def _triggers() -> Iterator[CheckMessage]:
    missing = missing_triggers()
    if missing:
        # No error: "migrate", which heals it, would refuse to run. The server's start refuses it.
        yield checks.Warning(
            f"The database lacks {len(missing)} triggers of the change log, such as {missing[0]}: "
            "what is taken away would go unnoticed.",
            hint="Run “manage.py migrate”: it installs them, and has every token refreshed once.",
            id="accounts.W006",
        )


def _guard() -> Iterator[CheckMessage]:
    missing = GUARD.missing()
    if missing:
        # No error: "migrate", which heals it, would refuse to run. The server's start refuses it.
        yield checks.Warning(
            f"The database lacks {len(missing)} triggers that guard the audit log, such as {missing[0]}: "
            "events could be changed or deleted.",
            hint="Run “manage.py migrate”, which installs them, and “manage.py verify_audit_log”.",
            id="audit.W001",
        )


def _sample_people() -> Iterator[CheckMessage]:
    if not settings.AUTHSITE_IS_PRODUCTION:
        return
    ids = sample_people()
    if ids and User.objects.filter(pk__in=ids).exists():
        yield Error(
            "This database holds the people of the sample organisation, who share one password.",
            hint="Start production with an empty database, or delete the sample people in the admin first.",
            id="accounts.E005",
        )
