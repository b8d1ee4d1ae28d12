"""A token is revoked: by whoever has the refresh token, or by the audience of an access token."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.audit.models import AuditEvent
from accounts.models import Role, User
from accounts.refresh_sessions.models import EndReason, RefreshSession
from tests.accounts.journeys import start_session
from tests.api.client import ApiClient, read
from tests.api.resource_server import REVOKE, Service, asserting, assertion, audience, post, register
from tests.factories import UserFactory
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def reports(db: None) -> Service:
    """Return a service."""
    return Service.of()


def is_live() -> bool:
    return RefreshSession.objects.get().ended_at is None


def events() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(type="refresh_session.ended"))


def test_an_app_without_a_secret_revokes_its_refresh_token(api: ApiClient, alice: User) -> None:
    login = api.log_in("alice@example.org")

    answer = post(REVOKE, {"token": login["refresh"], "token_type_hint": "refresh_token"})

    assert (answer.status_code, answer.content) == (200, b"")
    assert RefreshSession.objects.get().end_reason == EndReason.LOGOUT
    committed()
    assert read(api.get("/api/v1/me/"), 401)["code"] == "session_ended"
    (event,) = events()
    assert (event.actor_sub, event.facts["sids"]) == (alice.pk, [login["sid"]])


def test_an_audience_revokes_an_access_token_and_is_in_the_audit_log(
    api: ApiClient, alice: User, reports: Service
) -> None:
    login = api.log_in("alice@example.org", audience="reports")

    assert reports.revoke(login["token"]).status_code == 200

    assert not is_live()
    (event,) = events()
    assert (event.actor_sub, event.actor_label) == (None, "audience reports")
    assert (event.subject_id, event.facts["sids"]) == (str(alice.pk), [login["sid"]])


def test_by_a_key_as_well(api: ApiClient, alice: User) -> None:
    register()
    token = api.log_in("alice@example.org", audience="reports")["token"]

    assert post(REVOKE, asserting(assertion(), token=token)).status_code == 200

    assert not is_live()


def test_twice_is_as_good_as_once(api: ApiClient, alice: User, reports: Service) -> None:
    login = api.log_in("alice@example.org", audience="reports")

    for token in (login["token"], login["refresh"], login["token"], login["refresh"]):
        assert reports.revoke(token).status_code == 200

    assert len(events()) == 1


def test_a_stale_token_still_ends_its_session(api: ApiClient, alice: User, reports: Service) -> None:
    token = api.log_in("alice@example.org", audience="reports")["token"]
    alice.roles.remove(Role.objects.get(code="editor"))
    committed()

    assert reports.revoke(token).status_code == 200

    assert not is_live()


def test_an_access_token_without_a_credential_is_refused_and_stays_good(api: ApiClient, alice: User) -> None:
    token = api.log_in("alice@example.org")["token"]

    answer = post(REVOKE, {"token": token})

    assert read(answer, 401)["error"] == "invalid_client"
    assert answer["WWW-Authenticate"].startswith("Basic ")
    assert is_live()


def test_another_audiences_token_is_refused_and_stays_good(
    api: ApiClient, alice: User, reports: Service
) -> None:
    token = api.log_in("alice@example.org")["token"]

    answer = reports.revoke(token)

    problem = read(answer, 403)
    assert (problem["code"], problem["error"]) == ("wrong_audience", "invalid_grant")
    assert "WWW-Authenticate" not in answer
    assert is_live()


def test_an_audience_whose_session_is_gone_hears_no_error(
    api: ApiClient, alice: User, reports: Service
) -> None:
    token = api.log_in("alice@example.org", audience="reports")["token"]
    alice.delete()

    assert reports.revoke(token).status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "a.b.c.d.e", "1.2.3.4", "a" * 9000, "ñ"])
def test_what_is_no_token_is_gone_already(reports: Service, token: str) -> None:
    assert reports.revoke(token).status_code == 200


def test_altered_and_expired_tokens_end_nothing(api: ApiClient, alice: User, reports: Service) -> None:
    login = api.log_in("alice@example.org", audience="reports")
    RefreshSession.objects.all().delete()
    old = start_session(alice, audience="reports", now=timezone.now() - timedelta(hours=9))

    for token in (login["token"][:-4] + "AAAA", login["refresh"][:-2] + "zz", old.access_token):
        assert reports.revoke(token).status_code == 200

    assert is_live()


def test_others_stay_logged_in(api: ApiClient, alice: User, reports: Service) -> None:
    UserFactory.create(email="carol@example.org")
    kept = ApiClient()
    kept.log_in("carol@example.org")
    other = ApiClient()
    other.log_in("alice@example.org")

    reports.revoke(api.log_in("alice@example.org", audience="reports")["token"])
    committed()

    for client in (kept, other):
        assert client.get("/api/v1/me/").status_code == 200


def test_what_it_costs(
    api: ApiClient, alice: User, reports: Service, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    login = api.log_in("alice@example.org", audience="reports")
    reports.revoke("x")

    with django_assert_num_queries(1):  # the secret
        reports.revoke("a.b.c")
    with django_assert_num_queries(0):
        post(REVOKE, {"token": login["refresh"][:-2] + "zz"})


def test_two_tokens_are_refused(reports: Service) -> None:
    problem = read(post(REVOKE, "token=a&token=b"), 400)

    assert (problem["error"], list(problem["fields"])) == ("invalid_request", ["token"])


def test_a_retired_audience_revokes_nothing(api: ApiClient, alice: User, reports: Service) -> None:
    token = api.log_in("alice@example.org", audience="reports")["token"]
    row = audience()
    row.retired_at = timezone.now()
    row.save()

    assert read(reports.revoke(token), 401)["error"] == "invalid_client"
