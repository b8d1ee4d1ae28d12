"""The user's three helpers: identity, header and claims."""

import jwt

from accounts.models import User
from tests.api.client import ApiClient, read


def test_identity_header_and_claims(api: ApiClient, alice: User) -> None:
    token = api.log_in("alice@example.org")["token"]

    content = read(api.get("/api/v1/auth/token/"))

    assert content["identity"] == str(alice.id)
    assert content["header"] == jwt.get_unverified_header(token)
    assert content["claims"] == jwt.decode(token, options={"verify_signature": False})
