"""A whole journey over HTTP: each step leaves its event, with who, whom and from where, and no secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.audit.models import AuditEvent
from accounts.models import User
from accounts.services.users import create_user
from tests.accounts.admin.browsing import superuser
from tests.accounts.journeys import NOW, SYSTEM
from tests.api.client import ApiClient, read
from tests.factories import PASSWORD, RoleFactory

pytestmark = pytest.mark.django_db

NEW, SET, WRONG = (
    "a quite new passphrase of hers",
    "a passphrase set by the boss",
    "what she typed by mistake",
)


@pytest.fixture
def alice() -> User:
    roles = [RoleFactory.create(code="admin")]
    return create_user(
        email="alice@example.org", name="Alice", password=PASSWORD, roles=roles, actor=SYSTEM, now=NOW
    )


def journey(alice: User) -> tuple[ApiClient, set[str]]:
    """Live a life; return the phone of it, and every secret that was seen on the way."""
    phone, secrets = ApiClient(), {PASSWORD, NEW, SET, WRONG}
    phone.http.defaults["REMOTE_ADDR"] = "192.0.2.9"
    first = phone.log_in(alice.email, device={"name": "Alice's phone", "platform": "android"})
    second = read(phone.post("/api/v1/auth/refresh/", {"refresh": first["refresh"]}))
    phone.token = second["token"]
    phone.post("/api/v1/auth/login/", {"email": alice.email, "password": WRONG})
    phone.post("/api/v1/auth/login/", {"email": WRONG, "password": PASSWORD})
    assert phone.send("PATCH", "/api/v1/me/", {"name": "Alicia"}).status_code == 200
    body = {"email": "bob@example.org", "name": "Bob", "roles": []}
    assert phone.post("/api/v1/users/", body).status_code == 201
    change = {"current_password": PASSWORD, "new_password": NEW}
    assert phone.post("/api/v1/auth/password/", change).status_code == 204
    phone.post("/api/v1/auth/refresh/", {"refresh": first["refresh"][:-1] + "A"})
    phone.post("/api/v1/auth/logout/", {"refresh": second["refresh"]})
    for tokens in (first, second):
        for name in ("token", "refresh", "device_token"):
            if tokens.get(name):
                secrets |= {tokens[name], tokens[name].rpartition(".")[2]}
    return phone, secrets | in_browser(alice)


def in_browser(alice: User) -> set[str]:
    """Invite her in the admin to choose another password; return the secrets of the browser."""
    boss, browser = superuser(), Client()
    browser.post("/admin/login/", {"username": boss.email, "password": PASSWORD, "next": "/admin/"})
    browser.post(f"/admin/accounts/user/{alice.pk}/invite/", {"post": "yes"})
    return {str(browser.cookies["sessionid"].value), str(browser.cookies["csrftoken"].value)}


def written() -> list[dict[str, Any]]:
    return [dict(event) for event in AuditEvent.objects.order_by("id").values()]


def test_no_secret_is_anywhere_in_the_table(alice: User) -> None:
    _phone, secrets = journey(alice)
    alice.refresh_from_db()

    table = json.dumps(written(), default=str, ensure_ascii=False)
    assert len(secrets) > 10
    assert [secret for secret in secrets | {alice.password} if secret in table] == []


def test_each_step_says_who_whom_from_where_and_by_which_device(alice: User) -> None:
    journey(alice)

    events = {event["type"]: event for event in written()}
    for type_, subject in (("user.changed", "alice@example.org"), ("user.created", "bob@example.org")):
        event = events[type_]
        assert (event["actor_sub"], event["actor_label"]) == (alice.pk, alice.email)
        assert (event["subject_label"], event["ip"]) == (subject, "192.0.2.9")
    assert events["user.changed"]["changes"] == {"name": ["Alice", "Alicia"]}
    started = AuditEvent.objects.get(type="refresh_session.started")
    assert started.facts["device"] == "Alice's phone"
    for type_ in ("user.changed", "user.created", "password.changed"):
        assert str(events[type_]["sid"]) == started.facts["sid"]
    asked = AuditEvent.objects.get(type="password_reset.requested", subject_label=alice.email)
    assert (asked.actor_label, asked.sid) == (User.objects.get(is_superuser=True).email, None)
    assert {"credentials.rejected", "refresh_session.ended", "browser_session.started"} <= events.keys()
