"""Any JOSE library verifies our tokens from the JWK Set alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt as pyjwt
import pytest
from joserfc import jws, jwt
from joserfc.jwk import KeySet

from accounts.audiences.models import Audience
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.jwk_set import jwk_set
from accounts.keys.jws_registry import jws_registry
from accounts.keys.keyring import keyring
from accounts.keys.services import ensure_current_key
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM, claims_of, start_session
from tests.factories import UserFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return UserFactory.create(roles=["editor"])


def issue(user: User, algorithm: SigningAlgorithm) -> str:
    ensure_current_key(algorithm=algorithm, actor=SYSTEM, now=NOW)
    Audience.objects.update(signing_algorithm=algorithm)
    keyring.forget()
    return start_session(user).access_token


def verify_with_pyjwt(token: str, published: dict[str, Any]) -> dict[str, Any]:
    kid = pyjwt.get_unverified_header(token)["kid"]
    key = pyjwt.PyJWKSet.from_dict(published)[kid]
    return pyjwt.decode(
        token,
        key,
        algorithms=[key.algorithm_name],
        audience=OWN_AUDIENCE,
        options={"verify_exp": False, "verify_iat": False},  # the tokens of the tests are of another day
    )


@pytest.mark.parametrize("algorithm", SigningAlgorithm)
def test_pyjwt_verifies_a_token_from_the_jwk_set(alice: User, algorithm: SigningAlgorithm) -> None:
    token = issue(alice, algorithm)

    assert verify_with_pyjwt(token, jwk_set()) == claims_of(token)
    assert pyjwt.get_unverified_header(token)["alg"] == algorithm


@pytest.mark.parametrize("algorithm", SigningAlgorithm)
def test_joserfc_verifies_a_token_from_the_jwk_set(alice: User, algorithm: SigningAlgorithm) -> None:
    token = issue(alice, algorithm)
    published = KeySet.import_key_set(jwk_set())  # type: ignore[arg-type] # joserfc's type is narrower

    assert jwt.decode(token, published, registry=jws_registry(algorithm)).claims == claims_of(token)


@pytest.mark.parametrize("algorithm", SigningAlgorithm)
def test_a_token_with_an_altered_claim_is_refused_by_both(alice: User, algorithm: SigningAlgorithm) -> None:
    header, claims, signature = issue(alice, algorithm).split(".")
    altered = f"{header}.{claims[:-2]}{'AA' if claims[-2:] != 'AA' else 'QQ'}.{signature}"
    published = KeySet.import_key_set(jwk_set())  # type: ignore[arg-type] # joserfc's type is narrower

    with pytest.raises(pyjwt.InvalidTokenError):
        verify_with_pyjwt(altered, jwk_set())
    with pytest.raises(Exception, match="bad_signature"):
        jws.deserialize_compact(altered, published, registry=jws_registry(algorithm))
