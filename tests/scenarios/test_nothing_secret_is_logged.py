"""A whole day of journeys, right and wrong, and no line of the log and no audit event holds a secret."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Never

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import path

from accounts.audiences.models import Audience, AudienceCredential
from accounts.audit.models import AuditEvent
from accounts.models import User
from api.views import me
from authsite import urls
from tests.accounts.admin.browsing import act_on, add_url, list_url, page_url, save
from tests.accounts.mailed import link_in, token_in
from tests.api.client import ApiClient, read
from tests.api.resource_server import (
    INTROSPECT,
    REVOKE,
    asserting,
    assertion,
    basic,
    post,
    register,
    secret_of,
)
from tests.factories import PASSWORD, RoleFactory, UserFactory

if TYPE_CHECKING:
    from django.http import HttpRequest
    from pytest_django import DjangoCaptureOnCommitCallbacks
    from pytest_django.fixtures import Settings

    from tests.log_lines import Lines

pytestmark = pytest.mark.django_db

WRONG = "wrong horse battery staple"
NEW = "entirely new horse battery"
SET = "set by an administrator 77"
FIRST = "first password of a person 88"
NAMES_OF_SECRETS = re.compile(r"token|access|refresh")


def fail(request: HttpRequest, token: str) -> Never:
    raise RuntimeError(f"cannot use {token} of {dict(request.headers)} and {request.body!r}")


urlpatterns = [path("api/v1/failure/<path:token>/", fail), *urls.urlpatterns]
handler500 = urls.handler500


class Collected(set[str]):
    """Every secret of the day, also by its last part alone."""

    def of(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Remember the tokens of an answer."""
        named = {name: value for name, value in answer.items() if isinstance(value, str)}
        for name, value in named.items():
            if NAMES_OF_SECRETS.search(name) and len(value) > 20:
                self.update({value, value.rpartition(".")[2]})
        return answer


def live_as_a_person(app: ApiClient, alice: User, secrets: Collected) -> None:
    app.post("/api/v1/auth/login/", {"email": alice.email, "password": WRONG})
    app.post("/api/v1/auth/login/", {"email": WRONG, "password": WRONG})
    app.send("POST", "/api/v1/auth/login/", b'{"password": "' + WRONG.encode() + b'"')
    first = secrets.of(app.log_in(alice.email, device={"name": "phone"}))
    app.log_in(alice.email, device={"name": "phone", "token": first["device_token"]})
    second = secrets.of(read(app.post("/api/v1/auth/refresh/", {"refresh": first["refresh"]})))
    third = secrets.of(read(app.post("/api/v1/auth/refresh/", {"refresh": second["refresh"]})))
    read(app.post("/api/v1/auth/refresh/", {"refresh": first["refresh"]}), 401)
    app.post("/api/v1/auth/refresh/", {"refresh": third["refresh"] + "x"})
    secrets.of(app.log_in(alice.email))
    app.get(f"/api/v1/me/?token={app.token}&password={PASSWORD}")
    app.get(f"/api/v1/{app.token}/")
    app.get("/api/v1/me/", Authorization=f"Bearer {app.token}x")
    app.get("/api/v1/me/", Cookie=f"sessionid={app.token}")
    app.send("PATCH", "/api/v1/me/", {"name": "Alice A.", "password": WRONG})
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert app.post("/api/v1/auth/password/", body | {"current_password": WRONG}).status_code == 400
    assert app.post("/api/v1/auth/password/", body).status_code == 204
    pair = read(app.post("/api/token/", {"email": alice.email, "password": NEW}))
    secrets.of(pair)
    secrets.of(read(app.post("/api/token/refresh/", {"refresh": pair["refresh"]})))
    app.post("/api/token/verify/", {"token": pair["access"]})
    app.post("/api/v1/auth/logout/", {"refresh": pair["refresh"]})
    ask_as_an_audience(pair["access"], secrets)
    post(REVOKE, {"token": pair["refresh"]})


def ask_as_an_audience(token: str, secrets: Collected) -> None:
    """Ask by a secret and by an assertion, rightly and wrongly."""
    authorization, signed = secret_of(), assertion()
    register()
    secrets.update({authorization.removeprefix("Basic "), signed})
    for header in (authorization, basic("reports", WRONG), f"Bearer {signed}"):
        post(INTROSPECT, {"token": token}, Authorization=header)
        ApiClient().get("/api/v1/changes/", Authorization=header)
    for form in (asserting(signed, token=token), asserting(f"{signed}x", token=token)):
        post(INTROSPECT, form)


def fail_in_every_way(app: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """End in 500, inside of a view and outside, with the token in the address, the body and the headers."""
    app.http.raise_request_exception = False
    app.http.cookies["sessionid"] = app.token
    assert app.post(f"/api/v1/failure/{app.token}/", {"password": PASSWORD}).status_code == 500
    del app.http.cookies["sessionid"]
    with monkeypatch.context() as patch:

        def explode(request: Any) -> Never:
            raise RuntimeError(f"{request.headers} {request._request.META}")

        patch.setattr(me, "request_claims", explode)
        assert app.get(f"/api/v1/user-data/?token={app.token}").status_code == 500


def live_as_an_administrator(browser: Client, boss: User, secrets: Collected) -> None:
    browser.post("/admin/login/", {"username": boss.email, "password": WRONG})
    browser.post("/admin/login/?next=/admin/", {"username": boss.email, "password": PASSWORD})
    save(browser, add_url(User), email="new@example.org", name="New")
    new = User.objects.get(email="new@example.org")
    browser.post(page_url(new, "invite"), {"post": "yes"})
    act_on(browser, [new], "assign_role", role=str(RoleFactory.create(code="lector").pk))
    act_on(browser, [new], "end_sessions")
    made = save(
        browser,
        add_url(AudienceCredential),
        audience=str(Audience.objects.get(code="api-mi-aplicacion").pk),
        label="web server",
    )
    secrets.add(made.context["secret"])
    browser.get(list_url(User), {"q": PASSWORD})
    browser.post(page_url(new, "delete"), {"post": "yes"})
    secrets.update(cookie.value for cookie in browser.cookies.values() if len(cookie.value) > 20)


def live_by_links_in_mails(secrets: Collected, capture: DjangoCaptureOnCommitCallbacks) -> None:
    browser, token = Client(), ""
    for password in (SET, FIRST):
        with capture(execute=True):
            browser.post("/account/password-reset/", {"email": "boss@example.org"})
        link, token = link_in(mail.outbox[-1]), token_in(mail.outbox[-1])
        secrets.add(token)
        browser.get(link)
        browser.get("/account/password/new/")
        browser.post("/account/password/new/", {"new_password": password, "again": WRONG})
    ApiClient().post(
        "/api/v1/auth/password-reset/confirm/", {"token": token, "new_password": f"{FIRST} {SET}"}
    )


@pytest.mark.urls(__name__)
def test_nothing_secret_is_logged_or_audited(
    client: Client,
    settings: Settings,
    lines: Lines,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.AUTHSITE_REFRESH_GRACE = timedelta(0)
    alice = UserFactory.create(email="alice@example.org")
    boss = UserFactory.create(email="boss@example.org", is_staff=True, is_superuser=True, roles=["admin"])
    app, secrets = ApiClient(), Collected({PASSWORD, WRONG, NEW, SET, FIRST})

    live_as_a_person(app, alice, secrets)
    secrets.of(app.log_in(boss.email))
    read(app.post("/api/v1/users/", {"email": "b@example.org", "name": "B", "password": FIRST}), 400)
    fail_in_every_way(app, monkeypatch)
    live_as_an_administrator(client, boss, secrets)
    live_by_links_in_mails(secrets, django_capture_on_commit_callbacks)

    for secret in settings.AUTHSITE_REFRESH_SECRETS.values():
        secrets |= {secret.hex(), secret.decode()}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {AuditEvent._meta.db_table}")  # noqa: S608 - the table's own name
        audited = [repr(row) for row in cursor.fetchall()]
    logged = [json.dumps(line, ensure_ascii=False) for line in lines.written]
    assert len(secrets) > 20
    assert len(logged) >= 40
    assert len(audited) > 15
    assert len(lines.of(level="error")) == 2
    assert [(secret, text) for secret in secrets for text in (*logged, *audited) if secret in text] == []
