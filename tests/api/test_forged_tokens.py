"""Every forged token is answered 401, with bounded work: no query, no network, at most one of each step."""

from __future__ import annotations

import socket
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.audiences.encryption_keys import create_encryption_key
from accounts.audiences.models import Audience, EncryptionKey
from accounts.audiences.services import change_audience
from accounts.keys.algorithms import EncryptionAlgorithm, SigningAlgorithm
from accounts.keys.keyring import keyring
from accounts.keys.services import ensure_current_key
from accounts.tokens.decryption_keys import encryption
from tests.accounts.journeys import SYSTEM
from tests.api import forged_encrypted, forged_shapes, forged_signed
from tests.api.client import ApiClient, read
from tests.api.forged_encrypted import sealed
from tests.api.forged_signed import brought_keys, claims, token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

PATH = "/api/v1/auth/token/"
#: Calls of functions that one request may cost, of Python's and of C's, whatever stands in its token.
MOST_CALLS = 12_000
SIGNED = forged_signed.ATTACKS | forged_shapes.ATTACKS
#: Of what cannot be counted by calls, one request does at most one.
COSTLY = ("deserialize_compact", "decrypt_compact")


@pytest.fixture
def ready(db: None, keep_log: Callable[[], None]) -> None:
    """Have all that a process knows in its memory."""
    ensure_current_key(algorithm=SigningAlgorithm.ES256, actor=SYSTEM, now=timezone.now())
    keyring.forget()
    keep_log()
    present("")  # the first request of a process loads what the others have


@pytest.fixture(params=EncryptionAlgorithm)
def own(request: pytest.FixtureRequest, db: None, keep_log: Callable[[], None]) -> EncryptionKey:
    """Return the key of authsite's own audience, whose tokens are encrypted."""
    audience, now = Audience.objects.get(code="api-mi-aplicacion"), timezone.now()
    ensure_current_key(algorithm=SigningAlgorithm.ES256, actor=SYSTEM, now=now)
    key = create_encryption_key(audience_id=audience.pk, algorithm=request.param, actor=SYSTEM, now=now)
    change_audience(audience_id=audience.pk, is_encrypted=True, actor=SYSTEM, now=now)
    keyring.forget()
    encryption.forget()
    keep_log()
    present("")
    return key


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """Return a listening socket, where whoever follows an address out of a token would come."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


#: One for all: each new one would load all middleware again.
CLIENT = ApiClient()


def present(presented: str | bytes) -> HttpResponse:
    """Send a token as a server passes it on: bytes as Latin-1 (PEP 3333)."""
    written = presented if isinstance(presented, bytes) else presented.encode("utf-8", "surrogatepass")
    return CLIENT.get(PATH, Authorization=f"Bearer {written.decode('latin-1')}")


def calls_of(function: Callable[[], HttpResponse]) -> tuple[HttpResponse, Counter[str]]:
    """Return the answer, and how often each function was called on the way."""
    calls: Counter[str] = Counter()

    def count(frame: FrameType, event: str, called: Any) -> None:
        if event == "call":
            calls[frame.f_code.co_name] += 1
        elif event == "c_call":
            calls["C"] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        return function(), calls
    finally:
        sys.setprofile(before)


def fault_of(presented: str | bytes) -> str | None:
    """Return what is wrong with the answer to a forged token, if anything is."""
    response, calls = calls_of(lambda: present(presented))
    if response.status_code != 401:
        return f"status {response.status_code}"
    if response["Content-Type"] != "application/problem+json":
        return response["Content-Type"]
    code = read(response, 401)["code"]
    if code not in {"invalid_token", "token_expired"} or "invalid_token" not in response["WWW-Authenticate"]:
        return f"{code}: {response['WWW-Authenticate']}"
    if calls.total() > MOST_CALLS or any(calls[step] > 1 for step in COSTLY):
        return f"{calls.total()} calls: {calls.most_common(3)}"
    return None


def faults(tokens: forged_signed.Tokens) -> dict[str, str]:
    """Return what is wrong with the answers, by the attack; nothing should be."""
    return {what: fault for what, presented in tokens.items() if (fault := fault_of(presented)) is not None}


def test_the_token_that_is_altered_everywhere_below_is_a_good_one(ready: None) -> None:
    assert read(present(token()))["header"]["typ"] == "at+jwt"
    assert present(token(typ="at+JWT")).status_code == 200
    assert present(token(claimed=claims() | {"nbf": claims()["iat"]})).status_code == 200


def test_so_is_the_encrypted_one(own: EncryptionKey) -> None:
    response, calls = calls_of(lambda: present(sealed(token(), own)))

    assert read(response)["header"]["typ"] == "at+jwt"
    assert [calls[step] for step in COSTLY] == [1, 1]


@pytest.mark.parametrize("kind", SIGNED)
def test_forged_signed_token_is_refused(
    ready: None, kind: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tokens = SIGNED[kind]()

    with django_assert_num_queries(0):
        assert faults(tokens) == {}


@pytest.mark.parametrize("kind", SIGNED)
def test_and_so_it_is_within_an_encrypted_one(
    own: EncryptionKey, kind: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    encoded = {what: _bytes(each) for what, each in SIGNED[kind]().items()}
    tokens: forged_signed.Tokens = {what: sealed(each, own) for what, each in encoded.items()}

    with django_assert_num_queries(0):
        assert faults(tokens) == {}


@pytest.mark.parametrize("kind", forged_encrypted.ATTACKS)
def test_forged_encrypted_token_is_refused(
    own: EncryptionKey, kind: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tokens = forged_encrypted.ATTACKS[kind](own)

    with django_assert_num_queries(0):
        assert faults(tokens) == {}


def test_public_rsa_key_is_no_secret_either(ready: None) -> None:
    ensure_current_key(algorithm=SigningAlgorithm.RS256, actor=SYSTEM, now=timezone.now())
    ensure_current_key(algorithm=SigningAlgorithm.EDDSA, actor=SYSTEM, now=timezone.now())
    keyring.forget()
    assert {key.algorithm for key in keyring.keys().values()} == set(SigningAlgorithm)

    assert faults(forged_signed.confused_keys()) == {}


def test_nobody_follows_an_address_out_of_a_token(ready: None, trap: socket.socket) -> None:
    host, port = trap.getsockname()

    assert faults(brought_keys(f"http://{host}:{port}/")) == {}
    with pytest.raises(BlockingIOError):
        trap.accept()


def test_an_encrypted_token_opens_nothing_where_none_is_expected(ready: None) -> None:
    audience = Audience.objects.create(code="payroll", label="Payroll")
    algorithm = EncryptionAlgorithm.ECDH_ES_A256KW
    key = create_encryption_key(
        audience_id=audience.pk, algorithm=algorithm, actor=SYSTEM, now=timezone.now()
    )
    encryption.forget()

    assert fault_of(sealed(token(), key)) is None


def _bytes(presented: str | bytes) -> bytes:
    return presented if isinstance(presented, bytes) else presented.encode("utf-8", "surrogatepass")
