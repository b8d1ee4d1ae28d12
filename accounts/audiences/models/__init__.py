"""The tables of audiences, and of what belongs to them."""

from accounts.audiences.models.access_rules import AccessRule
from accounts.audiences.models.audiences import (
    DEFAULT_TOKEN_BYTES,
    MAX_LIFETIME,
    MAX_TOKEN_BYTES,
    MIN_LIFETIME,
    MIN_TOKEN_BYTES,
    Audience,
)
from accounts.audiences.models.contracts import ContractClaim, ContractVersion
from accounts.audiences.models.credentials import AudienceCredential, UsedAssertion
from accounts.audiences.models.encryption_keys import EncryptionKey, EncryptionKeyState

__all__ = [
    "DEFAULT_TOKEN_BYTES",
    "MAX_LIFETIME",
    "MAX_TOKEN_BYTES",
    "MIN_LIFETIME",
    "MIN_TOKEN_BYTES",
    "AccessRule",
    "Audience",
    "AudienceCredential",
    "ContractClaim",
    "ContractVersion",
    "EncryptionKey",
    "EncryptionKeyState",
    "UsedAssertion",
]
