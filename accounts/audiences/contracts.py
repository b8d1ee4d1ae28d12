"""A claim contract as plain values, read in one query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef

from accounts.audiences.access import OPEN, AudienceAccess, read_access
from accounts.audiences.claim_sources import ClaimSource
from accounts.audiences.errors import ClaimSourceError, UnknownAudienceError
from accounts.audiences.models import AccessRule, Audience, EncryptionKey
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.keys.algorithms import EncryptionAlgorithm, SigningAlgorithm


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRow:
    """Which source says which claim, and whether it is always there."""

    path: str
    source: ClaimSource
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionTarget:
    """The public key that an audience's tokens are encrypted to."""

    kid: str
    algorithm: EncryptionAlgorithm
    public_jwk: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimContract:
    """All that issuing a token for one audience needs to know about it."""

    audience: str
    version: int
    access_lifetime: timedelta
    max_token_bytes: int
    signing_algorithm: SigningAlgorithm
    rows: tuple[ContractRow, ...]
    access: AudienceAccess = OPEN
    is_encrypted: bool = False
    #: None where tokens are only signed, or where the key to encrypt to was revoked: then there are none.
    encryption: EncryptionTarget | None = None

    @property
    def reads_department_path(self) -> bool:
        """Tell whether a source needs the way from the root of the departments."""
        return any(row.source.reads_department_path for row in self.rows)


def read_contract(audience: str) -> ClaimContract:
    """Read the contract of the audience with this code. One query, and one more each for rules and a key.

    :raise UnknownAudienceError: there is none, or it is retired
    :raise ClaimSourceError: the contract names a source that this deployment does not have
    """
    found = list(
        Audience.objects.in_force()
        .filter(code=audience)
        .annotate(is_restricted=Exists(AccessRule.objects.filter(audience=OuterRef("pk"))))
        .order_by("contract_claims__position", "contract_claims__id")
        .values_list(
            "contract_version",
            "access_lifetime",
            "max_token_bytes",
            "signing_algorithm",
            "is_encrypted",
            "is_restricted",
            "contract_claims__path",
            "contract_claims__source",
            "contract_claims__required",
        )
    )
    if not found:
        raise UnknownAudienceError(audience=audience[:64])
    version, access_lifetime, max_token_bytes, signing_algorithm, is_encrypted, is_restricted = found[0][:6]
    return ClaimContract(
        audience=audience,
        version=version,
        access_lifetime=access_lifetime,
        max_token_bytes=max_token_bytes,
        signing_algorithm=SigningAlgorithm(signing_algorithm),
        # An audience without rows joins to a single row of nulls.
        rows=contract_rows(row[-3:] for row in found if row[-3]),
        access=read_access(audience) if is_restricted else OPEN,
        is_encrypted=is_encrypted,
        encryption=_encryption(audience) if is_encrypted else None,
    )


def contract_rows(written: Iterable[tuple[str, str, bool]]) -> tuple[ContractRow, ...]:
    """Return the rows of (path, name of the source, required).

    :raise ClaimSourceError: this deployment does not have such a source
    """
    return tuple(
        ContractRow(path=path, source=_source(source), required=required)
        for path, source, required in written
    )


def _encryption(audience: str) -> EncryptionTarget | None:
    key = EncryptionKey.objects.current().filter(audience__code=audience).first()
    if key is None:
        return None
    algorithm = EncryptionAlgorithm(key.algorithm)
    return EncryptionTarget(kid=key.kid, algorithm=algorithm, public_jwk=key.public_jwk)


def _source(name: str) -> ClaimSource:
    try:
        return CLAIM_SOURCES[name]
    except KeyError:
        raise ClaimSourceError(source=name, reason="not registered") from None
