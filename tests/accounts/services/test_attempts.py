"""What attempts are counted by: accounts, addresses, pairs and known devices; and what is recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError

from accounts.audit.actors import Origin
from accounts.audit.models import AuditEvent
from accounts.limits.errors import ThrottledError
from accounts.refresh_sessions.session_tokens import Device
from accounts.services.attempts import count_password_reset, count_refused_token
from accounts.services.credentials import change_password
from accounts.services.errors import InvalidCredentialsError
from accounts.services.login import log_in
from tests.accounts.journeys import NOW, SECOND, start_session
from tests.factories import PASSWORD, TenantFactory, UserFactory

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from pytest_django.fixtures import Settings

    from accounts.models import User

pytestmark = pytest.mark.django_db

WINDOW = timedelta(minutes=15)
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def limits(settings: Settings) -> None:
    settings.AUTHSITE_LIMITS = {"pair": 3, "account": 5, "address": 7, "device": 4, "resets": 2}


@pytest.fixture
def alice() -> User:
    return UserFactory.create(email="alice@example.org", tenant=TenantFactory.create(code="empresa_123"))


def attempt(
    email: str = "alice@example.org",
    password: str = "wrong",
    *,
    ip: str = HERE,
    device_token: str | None = None,
    now: datetime = NOW,
) -> str:
    """Return what became of it."""
    device = Device(token=device_token) if device_token else None
    try:
        log_in(email=email, password=password, device=device, origin=Origin(ip=ip), now=now)
    except InvalidCredentialsError:
        return "wrong"
    except ThrottledError:
        return "throttled"
    return "in"


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_a_pair_of_account_and_address_has_so_many_failures(alice: User, email: str) -> None:
    assert [attempt(email) for _ in range(5)] == ["wrong"] * 3 + ["throttled"] * 2
    assert attempt(email, PASSWORD) == "throttled"
    assert attempt(email, ip=ELSEWHERE) == "wrong"


def test_every_spelling_is_one_account(alice: User) -> None:
    spellings = ["alice@example.org", " ALICE@example.org", "\uff41lice@Example.org", "alice@EXAMPLE.org "]

    assert [attempt(email) for email in spellings] == ["wrong"] * 3 + ["throttled"]


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_an_account_has_so_many_failures_from_everywhere(alice: User, email: str) -> None:
    answers = [attempt(email, ip=f"203.0.113.{number}") for number in range(7)]

    assert answers == ["wrong"] * 5 + ["throttled"] * 2


def test_an_address_has_so_many_failures_for_all_accounts(alice: User) -> None:
    answers = [attempt(f"person{number}@example.org") for number in range(9)]

    assert answers == ["wrong"] * 7 + ["throttled"] * 2
    assert attempt(alice.email, PASSWORD) == "throttled"
    assert attempt(alice.email, PASSWORD, ip=ELSEWHERE) == "in"


def test_addresses_of_an_ipv6_network_are_one(alice: User) -> None:
    answers = [attempt(ip=f"2001:db8:0:1::{number}") for number in range(4)]

    assert answers == ["wrong"] * 3 + ["throttled"]
    assert attempt(ip="2001:db8:0:2::1") == "wrong"


def test_successes_are_not_counted_and_clear_nothing(alice: User) -> None:
    mixed = ["wrong", PASSWORD, "wrong", PASSWORD, PASSWORD, PASSWORD, PASSWORD, "wrong", "wrong", PASSWORD]

    assert [attempt(password=password) for password in mixed] == [
        *("wrong", "in", "wrong", "in", "in", "in", "in", "wrong"),
        *("throttled", "throttled"),
    ]


def test_all_begins_anew_when_the_window_ends(alice: User) -> None:
    for _ in range(4):
        attempt()

    assert attempt(password=PASSWORD, now=NOW + WINDOW - SECOND) == "throttled"
    assert attempt(password=PASSWORD, now=NOW + WINDOW) == "in"


def test_a_device_that_its_owner_has_used_is_not_locked_out_by_strangers(alice: User) -> None:
    token = start_session(alice).device_token
    for number in range(10):
        attempt(ip=f"203.0.113.{number}")
        attempt(f"person{number}@example.org")
    assert attempt(password=PASSWORD) == "throttled"

    assert attempt(password=PASSWORD, device_token=token) == "in"


def test_a_known_device_has_so_many_failures_of_its_own(alice: User) -> None:
    token = start_session(alice).device_token

    assert [attempt(device_token=token) for _ in range(5)] == ["wrong"] * 4 + ["throttled"]
    assert attempt(password=PASSWORD) == "in"


def test_many_known_devices_have_a_limit_together(alice: User) -> None:
    tokens = [start_session(alice).device_token for _ in range(3)]

    answers = [attempt(device_token=token) for token in tokens for _ in range(3)]

    assert answers == ["wrong"] * 5 + ["throttled"] * 4


@pytest.mark.parametrize("kind", ["altered", "somebody else's"])
def test_a_device_token_that_is_not_this_accounts_changes_nothing(alice: User, kind: str) -> None:
    owner = alice if kind == "altered" else UserFactory.create()
    token = start_session(owner).device_token
    if kind == "altered":
        token = token[:-2] + ("AA" if not token.endswith("AA") else "BB")

    assert [attempt(device_token=token) for _ in range(4)] == ["wrong"] * 3 + ["throttled"]
    assert attempt() == "throttled"


def test_the_first_refusal_of_a_window_is_recorded_and_no_other(alice: User) -> None:
    for _ in range(9):
        attempt()

    event = AuditEvent.objects.get(type="limit.reached")
    assert (event.subject_id, event.tenant, event.ip) == (str(alice.pk), "empresa_123", HERE)
    assert event.facts == {
        "limit": "pair",
        "size": 3,
        "until": (NOW + WINDOW).isoformat(),
        "network": HERE,
    }
    for _ in range(9):
        attempt(now=NOW + WINDOW)
    assert AuditEvent.objects.filter(type="limit.reached").count() == 2


def test_what_was_typed_is_not_recorded_for_unknown_accounts() -> None:
    for _ in range(4):
        attempt("my password in the wrong field")

    event = AuditEvent.objects.get(type="limit.reached")
    assert (event.subject_id, event.subject_label) == ("", "")
    assert "password" not in str(event.facts)


def test_a_stolen_token_allows_so_many_guesses_at_the_current_password(alice: User) -> None:
    def change(current: str) -> None:
        change_password(
            user_id=alice.pk,
            current_password=current,
            new_password="a brand new long password",
            keep=None,
            origin=Origin(ip=HERE),
            now=NOW,
        )

    for _ in range(4):
        with pytest.raises(ValidationError):
            change("wrong")
    with pytest.raises(ThrottledError):
        change(PASSWORD)
    assert attempt(password=PASSWORD) == "in"


@pytest.mark.parametrize("known", [True, False])
def test_password_resets_are_counted_whether_or_not_there_is_an_account(alice: User, known: bool) -> None:  # noqa: FBT001 - a case
    user, email = (alice, "alice@example.org") if known else (None, "nobody@example.org")
    for written in (email, email.upper()):
        count_password_reset(email=written, user=user, origin=Origin(ip=HERE), now=NOW)

    with pytest.raises(ThrottledError) as refusal:
        count_password_reset(email=email, user=user, origin=Origin(ip=ELSEWHERE), now=NOW + SECOND)
    assert refusal.value.wait == (WINDOW - SECOND).total_seconds()


def test_forged_tokens_are_counted_apart_from_refused_ones() -> None:
    def count(sid: UUID | None, times: int) -> None:
        for _ in range(times):
            count_refused_token(sid=sid, origin=Origin(ip=HERE), now=NOW)

    sid = start_session(UserFactory.create()).sid
    count(None, 7)
    with pytest.raises(ThrottledError):
        count(None, 1)
    count(sid, 5)
    with pytest.raises(ThrottledError):
        count(sid, 1)
