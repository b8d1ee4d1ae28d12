"""Who failed too often waits, until an administrator has their failed attempts forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from accounts import conf
from accounts.audit.actors import Origin
from accounts.audit.models import AuditEvent
from accounts.errors import NotPermittedError
from accounts.limits.buckets import BucketKind
from accounts.limits.errors import ThrottledError
from accounts.refresh_sessions.session_tokens import Device
from accounts.services.attempts import count_password_reset
from accounts.services.errors import InvalidCredentialsError
from accounts.services.lockouts import lift_lockouts, read_lockouts
from accounts.services.login import log_in
from tests.accounts.journeys import NOW, SYSTEM, start_session
from tests.factories import PASSWORD, TenantFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks
    from pytest_django.fixtures import Settings

    from accounts.models import User

pytestmark = pytest.mark.django_db

WINDOW = timedelta(minutes=15)
HERE, ELSEWHERE = "192.0.2.1", "2001:db8:1:2::7"


@pytest.fixture(autouse=True)
def limits(settings: Settings) -> None:
    settings.AUTHSITE_LIMITS = {"pair": 2, "account": 3, "address": 50, "device": 2, "resets": 2}


@pytest.fixture
def alice() -> User:
    return UserFactory.create(email="alice@example.org", tenant=TenantFactory.create())


def attempt(password: str = "wrong", *, ip: str = HERE, token: str | None = None) -> str:
    device = Device(token=token) if token else None
    try:
        log_in(email="alice@example.org", password=password, device=device, origin=Origin(ip=ip), now=NOW)
    except InvalidCredentialsError:
        return "wrong"
    except ThrottledError:
        return "throttled"
    return "in"


def reached(user: User) -> set[str]:
    return {str(lockout.limit) for lockout in read_lockouts(user, now=NOW)}


def test_each_limit_of_the_person_is_told_with_its_end(alice: User) -> None:
    assert read_lockouts(alice, now=NOW) == []

    for ip in (HERE, HERE, ELSEWHERE):
        attempt(ip=ip)

    found = read_lockouts(alice, now=NOW)
    assert {each.limit for each in found} == {BucketKind.PAIR, BucketKind.ACCOUNT}
    assert {each.until for each in found} == {NOW + WINDOW}
    assert read_lockouts(alice, now=NOW + WINDOW) == []


def test_forgotten_attempts_let_in_at_once_wherever_they_failed(
    alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    token = start_session(alice).device_token
    for _ in range(3):
        attempt(ip=ELSEWHERE)
        attempt(token=token)
        count_password_reset_of(alice)
    assert (attempt(PASSWORD, ip=ELSEWHERE), attempt(PASSWORD, token=token)) == ("throttled", "throttled")
    assert reached(alice) == {"pair", "device", "resets"}

    with django_capture_on_commit_callbacks(execute=True):
        lift_lockouts(user_id=alice.pk, actor=SYSTEM, now=NOW)

    assert reached(alice) == set()
    assert (attempt(PASSWORD, ip=ELSEWHERE), attempt(PASSWORD, token=token)) == ("in", "in")
    event = AuditEvent.objects.get(type="limit.lifted")
    assert (event.subject_id, event.tenant) == (str(alice.pk), alice.tenant_code)
    assert event.facts == {"limits": ["device", "pair", "resets"]}


def count_password_reset_of(user: User) -> None:
    try:
        count_password_reset(email=user.email, user=None, origin=Origin(ip=HERE), now=NOW)
    except ThrottledError:
        return


def test_attempts_of_others_from_the_same_address_stay_counted(
    alice: User,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.AUTHSITE_LIMITS = settings.AUTHSITE_LIMITS | {"address": 2}
    attempt()
    attempt()

    with django_capture_on_commit_callbacks(execute=True):
        lift_lockouts(user_id=alice.pk, actor=SYSTEM, now=NOW)

    assert attempt(PASSWORD) == "throttled"
    assert attempt(PASSWORD, ip=ELSEWHERE) == "in"


def test_nobody_lifts_the_limits_of_another_tenant(alice: User) -> None:
    attempt()
    mallory = UserFactory.create(tenant=TenantFactory.create())

    with pytest.raises(NotPermittedError):
        lift_lockouts(user_id=alice.pk, actor=mallory.as_actor(), now=NOW)

    assert not AuditEvent.objects.filter(type="limit.lifted").exists()


def test_looking_costs_three_queries_or_two_where_redis_counts(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        start_session(alice)
    for _ in range(3):
        attempt()

    with django_assert_num_queries(2 if conf.redis_place() else 3):
        read_lockouts(alice, now=NOW)
