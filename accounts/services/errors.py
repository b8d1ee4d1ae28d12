"""Why a login or a password change is refused."""

from accounts.errors import AuthsiteError


class InvalidCredentialsError(AuthsiteError):
    """Wrong password, unknown, inactive or password-less account: one answer for all."""

    code = "invalid_credentials"
    description = "The credentials are not accepted."
