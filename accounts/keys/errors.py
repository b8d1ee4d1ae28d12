"""What can go wrong with signing keys."""

from accounts.errors import AuthsiteError


class NoSigningKeyError(AuthsiteError):
    """There is no current key for an algorithm; ``manage.py migrate`` makes the first one."""

    code = "no_signing_key"
    description = "No current signing key exists for this algorithm."


class SealedKeyUnreadableError(AuthsiteError):
    """A private key cannot be decrypted with the configured key-encryption keys."""

    code = "sealed_key_unreadable"
    description = "The key-encryption keys that are configured cannot decrypt this private key."


class UnknownKeyError(AuthsiteError):
    """A ``kid`` names no key that may verify."""

    code = "unknown_key"
    description = "No usable signing key has this kid."


class KeysUnreadableError(AuthsiteError):
    """The database has not answered for too long: nobody can tell which keys are still good."""

    code = "unavailable"
    description = "The signing keys could not be read for too long."
