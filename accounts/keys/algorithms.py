"""The signature algorithms that an audience may choose (RFC 7518 §3, RFC 8037 §3.1)."""

from django.db import models


class SigningAlgorithm(models.TextChoices):
    """JWS ``alg`` values; all asymmetric, so that whoever verifies cannot sign."""

    ES256 = "ES256", "ES256"
    RS256 = "RS256", "RS256"
    EDDSA = "EdDSA", "EdDSA (Ed25519)"


class EncryptionAlgorithm(models.TextChoices):
    """How the key of a token's encryption is carried (RFC 7518 §4); its content is always A256GCM."""

    RSA_OAEP_256 = "RSA-OAEP-256", "RSA-OAEP-256"
    ECDH_ES_A256KW = "ECDH-ES+A256KW", "ECDH-ES+A256KW"


class AssertionAlgorithm(models.TextChoices):
    """How an audience signs what proves who it is (RFC 7523); the key decides, and only RSA has a choice."""

    ES256 = "ES256", "ES256"
    EDDSA = "EdDSA", "EdDSA (Ed25519)"
    RS256 = "RS256", "RS256"
    PS256 = "PS256", "PS256"
