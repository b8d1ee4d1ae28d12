"""Nested tokens: who reads them, and what authsite accepts where its own tokens are encrypted."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwe
from joserfc.jwk import ECKey

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.contracts import read_contract
from accounts.audiences.encryption_keys import create_encryption_key, revoke_encryption_key
from accounts.audiences.models import Audience, EncryptionKey
from accounts.audiences.services import change_audience, create_audience
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.keys.keyring import import_key
from accounts.tokens.compact import json_object, parts_of
from accounts.tokens.decryption_keys import encryption
from accounts.tokens.encryption import decrypt
from accounts.tokens.errors import InvalidTokenError, TokenUnissuableError
from accounts.tokens.sizes import token_bytes
from accounts.tokens.verification import verify_access_token
from tests.accounts.audiences.jwks import ALGORITHMS, KEYS, PAIRS
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM, claims_of, refresh, row_of, start_session
from tests.factories import UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return UserFactory.create(roles=["admin", "editor"])


def encrypted_audience(name: str) -> Audience:
    return create_audience(
        code="payroll",
        label="Payroll",
        rows=[ContractClaimInput(path="roles", source="roles")],
        is_encrypted=True,
        encryption_key=KEYS[name],
        actor=SYSTEM,
        now=NOW,
    )


def opened(token: str, name: str) -> tuple[dict[str, Any], str]:
    """Return the header and the content, as the audience reads them."""
    algorithms = [ALGORITHMS[name], "A256GCM"]
    decrypted = jwe.decrypt_compact(token, PAIRS[name], algorithms=algorithms)
    assert decrypted.plaintext is not None
    return decrypted.protected, decrypted.plaintext.decode()


@pytest.mark.parametrize("name", KEYS)
def test_the_audience_opens_it_and_finds_a_signed_token(alice: User, name: str) -> None:
    encrypted_audience(name)

    header, signed = opened(start_session(alice, audience="payroll").access_token, name)

    members = {member: value for member, value in header.items() if member != "epk"}
    assert members == {
        "typ": "at+jwt",
        "cty": "JWT",
        "alg": ALGORITHMS[name],
        "enc": "A256GCM",
        "kid": KEYS[name]["kid"],
    }
    claims = json_object(parts_of(signed)[1])
    assert (claims["aud"], claims["roles"]) == ("payroll", ["admin", "editor"])


@pytest.mark.parametrize("name", KEYS)
def test_its_length_is_known_before_and_is_held_to_the_budget(alice: User, name: str) -> None:
    audience = encrypted_audience(name)
    token = start_session(alice, audience="payroll").access_token
    size = len(token)

    change_audience(audience_id=audience.pk, max_token_bytes=size, actor=SYSTEM, now=NOW)
    assert len(start_session(alice, audience="payroll").access_token) == size
    change_audience(audience_id=audience.pk, max_token_bytes=size - 1, actor=SYSTEM, now=NOW)
    with pytest.raises(TokenUnissuableError):
        start_session(alice, audience="payroll")


@pytest.mark.parametrize("name", KEYS)
def test_the_reckoned_length_is_that_of_the_token(alice: User, name: str) -> None:
    encrypted_audience(name)
    token = start_session(alice, audience="payroll").access_token
    said = json_object(parts_of(opened(token, name)[1])[1])
    claims: Any = {name: said[name] for name in said if name not in {"exp", "iat", "jti", "sid"}}

    assert token_bytes(claims, read_contract("payroll")) == len(token)


def test_authsite_cannot_read_a_token_of_another_audience(alice: User) -> None:
    encrypted_audience("EC")
    token = start_session(alice, audience="payroll").access_token

    with pytest.raises(InvalidTokenError, match="not held here"):
        claims_of(token)


def test_the_bare_token_of_an_encrypted_audience_is_refused(alice: User) -> None:
    encrypted_audience("EC")
    _header, signed = opened(start_session(alice, audience="payroll").access_token, "EC")

    with pytest.raises(InvalidTokenError, match="not encrypted"):
        claims_of(signed)


def test_without_its_key_an_audience_gets_no_token_and_no_session_is_lost(
    alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    audience = encrypted_audience("EC")
    tokens = start_session(alice, audience="payroll")
    revoke_encryption_key(kid=KEYS["EC"]["kid"], actor=SYSTEM, now=NOW)

    with pytest.raises(TokenUnissuableError):
        refresh(tokens.refresh_token)

    assert "no current encryption key" in caplog.text
    assert (row_of(tokens).generation, row_of(tokens).ended_at) == (1, None)
    change_audience(audience_id=audience.pk, encryption_key=KEYS["RSA"], actor=SYSTEM, now=NOW)
    assert opened(refresh(tokens.refresh_token).access_token, "RSA")


# --- authsite's own audience.


@pytest.fixture(params=EncryptionAlgorithm)
def own(request: pytest.FixtureRequest) -> EncryptionKey:
    """Return the key of authsite's own audience, whose tokens are encrypted."""
    audience = Audience.objects.get(code=OWN_AUDIENCE)
    key = create_encryption_key(audience_id=audience.pk, algorithm=request.param, actor=SYSTEM, now=NOW)
    change_audience(audience_id=audience.pk, is_encrypted=True, actor=SYSTEM, now=NOW)
    encryption.forget()
    return key


def test_authsite_reads_its_own_encrypted_tokens(alice: User, own: EncryptionKey) -> None:
    token = start_session(alice).access_token

    verified = verify_access_token(token, now=NOW)

    assert token.count(".") == 4
    assert verified.claims["user_roles"] == ["admin", "editor"]
    assert verified.header["alg"] == "ES256"


def test_a_key_that_was_replaced_still_reads_what_was_encrypted_to_it(
    alice: User, own: EncryptionKey
) -> None:
    token = start_session(alice).access_token
    create_encryption_key(
        audience_id=own.audience_id, algorithm=EncryptionAlgorithm.ECDH_ES_A256KW, actor=SYSTEM, now=NOW
    )
    encryption.forget()

    assert claims_of(token)["aud"] == OWN_AUDIENCE


def test_a_revoked_key_reads_nothing(alice: User, own: EncryptionKey) -> None:
    token = start_session(alice).access_token
    revoke_encryption_key(kid=own.kid, actor=SYSTEM, now=NOW)
    encryption.forget()

    with pytest.raises(InvalidTokenError, match="not held here"):
        claims_of(token)


def test_a_bare_token_from_before_is_refused_once_tokens_are_encrypted(alice: User) -> None:
    token = start_session(alice).access_token
    audience = Audience.objects.get(code=OWN_AUDIENCE)
    algorithm = EncryptionAlgorithm.ECDH_ES_A256KW
    create_encryption_key(audience_id=audience.pk, algorithm=algorithm, actor=SYSTEM, now=NOW)
    change_audience(audience_id=audience.pk, is_encrypted=True, actor=SYSTEM, now=NOW)
    encryption.forget()

    with pytest.raises(InvalidTokenError, match="not encrypted"):
        claims_of(token)


def altered(token: str, part: int) -> str:
    parts = token.split(".")
    first = "A" if parts[part][0] != "A" else "B"
    return ".".join([*parts[:part], first + parts[part][1:], *parts[part + 1 :]])


@pytest.mark.parametrize("part", range(5))
def test_an_altered_part_is_refused(alice: User, own: EncryptionKey, part: int) -> None:
    with pytest.raises(InvalidTokenError):
        claims_of(altered(start_session(alice).access_token, part))


def sealed(content: str, own: EncryptionKey, **members: object) -> str:
    """Return what anybody makes who knows the public key."""
    header = {"typ": "at+jwt", "cty": "JWT", "alg": own.algorithm, "enc": "A256GCM", "kid": own.kid}
    return jwe.encrypt_compact(
        {name: value for name, value in (header | members).items() if value is not None},
        content,
        import_key(own.public_jwk),
        registry=jwe.JWERegistry(
            algorithms=["RSA-OAEP-256", "RSA-OAEP", "ECDH-ES+A256KW", "ECDH-ES", "A256GCM", "A128GCM", "DEF"],
            strict_check_header=False,
        ),
    )


def inner(alice: User, own: EncryptionKey) -> str:
    """Return the signed token inside of one of ours."""
    key = encryption.value().keys[own.kid]
    return decrypt(start_session(alice).access_token.encode(), key).decode()


def test_what_others_encrypt_counts_only_if_we_signed_it(alice: User, own: EncryptionKey) -> None:
    signed = inner(alice, own)
    assert claims_of(sealed(signed, own))["sub"] == str(alice.pk)

    for content in ("", "{}", json.dumps({"sub": str(alice.pk)}), signed[:-4] + "AAAA", "a.b.c"):
        with pytest.raises(InvalidTokenError):
            claims_of(sealed(content, own))


FORGED: dict[str, Callable[[EncryptionKey], dict[str, object]]] = {
    "another typ": lambda own: {"typ": "JWT"},
    "no typ": lambda own: {"typ": None},
    "compressed": lambda own: {"zip": "DEF"},
    "another content encryption": lambda own: {"enc": "A128GCM"},
    "another algorithm": lambda own: {"alg": "RSA-OAEP" if own.algorithm == "RSA-OAEP-256" else "ECDH-ES"},
    "another kid": lambda own: {"kid": "x"},
    "no kid": lambda own: {"kid": None},
}


@pytest.mark.parametrize("what", FORGED)
def test_only_the_one_way_to_encrypt_is_accepted(alice: User, own: EncryptionKey, what: str) -> None:
    signed = inner(alice, own)

    with pytest.raises(InvalidTokenError):
        claims_of(sealed(signed, own, **FORGED[what](own)))


def test_nothing_is_nested_twice(alice: User, own: EncryptionKey) -> None:
    with pytest.raises(InvalidTokenError, match=r"more than once|too long"):
        claims_of(sealed(start_session(alice).access_token, own))


def test_a_token_encrypted_for_one_audience_names_that_one(alice: User, own: EncryptionKey) -> None:
    audience = create_audience(code="reports", label="Reports", actor=SYSTEM, now=NOW)
    foreign = start_session(alice, audience=audience.code).access_token

    with pytest.raises(InvalidTokenError, match="another audience"):
        claims_of(sealed(foreign, own))


def test_a_header_with_garbage_in_it_is_refused(alice: User) -> None:
    audience = Audience.objects.get(code=OWN_AUDIENCE)
    algorithm = EncryptionAlgorithm.ECDH_ES_A256KW
    own = create_encryption_key(audience_id=audience.pk, algorithm=algorithm, actor=SYSTEM, now=NOW)
    change_audience(audience_id=audience.pk, is_encrypted=True, actor=SYSTEM, now=NOW)
    encryption.forget()
    header, *parts = sealed(inner(alice, own), own).split(".")
    other = ECKey.generate_key("P-384").as_dict(private=False)
    epks: list[Any] = [other, {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}, {}, None, [], "x"]
    for changed in [*({"epk": epk} for epk in epks), {"crit": ["exp"], "exp": 1}]:
        members = json_object(header.encode()) | changed
        with pytest.raises(InvalidTokenError):
            claims_of(".".join([encoded(members), *parts]))


def encoded(members: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()
