"""Another service fetches the keys."""

import jwt
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tests.api.client import ApiClient, read

PATH = "/.well-known/jwks.json"


def test_key_set_verifies_a_token(api: ApiClient, alice: User) -> None:
    token = api.log_in("alice@example.org")["token"]

    keys = jwt.PyJWKSet.from_dict(read(api.get(PATH)))

    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, algorithms=["ES256"], audience="api-mi-aplicacion")
    assert claims["sub"] == str(alice.id)


def test_key_set_is_cacheable_by_anybody(api: ApiClient) -> None:
    response = api.get(PATH)

    assert response["Content-Type"] == "application/jwk-set+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"].startswith("public, max-age=")
    assert api.get(PATH, If_None_Match=response["ETag"]).status_code == 304


def test_private_members_are_never_there(api: ApiClient) -> None:
    for key in read(api.get(PATH))["keys"]:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)


def test_it_costs_no_query_while_the_key_ring_is_warm(
    api: ApiClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api.get(PATH)

    with django_assert_num_queries(0):
        api.get(PATH)


def test_only_reading_is_allowed(api: ApiClient) -> None:
    assert api.post(PATH, {}).status_code == 405
