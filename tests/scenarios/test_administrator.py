"""An administrator works in the admin; a person's tokens follow."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.audit.models import AuditEvent
from accounts.models import User
from tests.accounts.admin.browsing import send
from tests.accounts.mailed import mail_to, token_in
from tests.api.client import ApiClient, read
from tests.api.test_login import claims_of
from tests.factories import PASSWORD, DepartmentFactory, RoleFactory, UserFactory

ADD = "/admin/accounts/user/add/"
REFRESH = "/api/v1/auth/refresh/"


def person(**values: object) -> dict[str, object]:
    """Return what the form of a new person sends."""
    typed = {
        "email": "New@Example.org",
        "name": "New",
        "locale": "es",
        "is_active": "on",
        "ui_preferences": "{}",
    }
    return typed | values


@pytest.fixture
def browser(db: None) -> Client:
    administrator = UserFactory.create(email="boss@example.org", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(administrator)
    return client


def test_person_created_in_the_admin_logs_in_and_loses_a_role_at_the_next_refresh(
    browser: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    role, department = RoleFactory.create(code="editor"), DepartmentFactory.create(code="finanzas")

    typed = person(roles=[role.pk], department=department.pk, special_permissions="on")

    with django_capture_on_commit_callbacks(execute=True):
        response = browser.post(ADD, typed)

    assert response.status_code == 302, response.content.decode()
    app = ApiClient()
    chosen = {"token": token_in(mail_to("new@example.org")), "new_password": PASSWORD}
    assert app.post("/api/v1/auth/password-reset/confirm/", chosen).status_code == 204
    login = app.log_in("new@example.org")
    claims = claims_of(login["token"])
    assert claims["user_roles"] == ["editor"]
    assert claims["custom_data"] == {"departamento": "finanzas", "permisos_especiales": True}

    change = reverse("admin:accounts_user_change", args=[login["user"]["id"]])
    assert send(browser, change, person(department=department.pk)).status_code == 302

    answer = read(app.post(REFRESH, {"refresh": login["refresh"]}))
    assert claims_of(answer["token"])["user_roles"] == []
    types = list(AuditEvent.objects.order_by("id").values_list("type", flat=True))
    assert [type_ for type_ in types if not type_.startswith("browser")] == [
        "signing_key.created",
        "user.created",
        "role.assigned",
        "invitation.sent",
        "password.reset",
        "refresh_session.started",
        "user.changed",
        "role.unassigned",
    ]


def test_deactivation_in_the_admin_ends_the_session(browser: Client) -> None:
    alice = UserFactory.create(email="alice@example.org")
    login = ApiClient().log_in("alice@example.org")
    typed = person(email="alice@example.org", name=alice.name)
    del typed["is_active"]

    assert send(browser, reverse("admin:accounts_user_change", args=[alice.pk]), typed).status_code == 302

    assert read(ApiClient().post(REFRESH, {"refresh": login["refresh"]}), 401)["code"] == "session_ended"


def test_without_its_audit_event_nothing_is_written(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    role = RoleFactory.create(code="editor")

    def broken(**_fields: object) -> None:
        raise RuntimeError("the audit log is full")

    monkeypatch.setattr(AuditEvent.objects, "create", broken)

    with pytest.raises(RuntimeError, match="audit log"):
        browser.post(ADD, person(roles=[role.pk]))

    assert not User.objects.filter(email="new@example.org").exists()


@pytest.mark.parametrize(
    "path", ["", "accounts/user/", "accounts/user/add/", "audiences/audience/", "audit/auditevent/"]
)
def test_staff_without_permission_see_nothing(db: None, path: str) -> None:
    client = Client()
    client.force_login(UserFactory.create(is_staff=True))

    response = client.get(f"/admin/{path}")

    assert response.status_code == (200 if path == "" else 403)
    # What was asked for stands in the form that changes the language.
    own_address = f'name="next" value="/admin/{path}"'.encode()
    assert b"accounts/user" not in response.content.replace(own_address, b"")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("email", "no address"),
        ("email", "boss@EXAMPLE.org"),
        ("ui_preferences", "[1]"),
        ("ui_preferences", '{"a": NaN}'),
        ("ui_preferences", "no JSON"),
        ("roles", "12345"),
        ("department", "nowhere"),
        ("name", "\x00"),
    ],
)
def test_bad_input_is_an_error_in_the_form(browser: Client, field: str, typed: str) -> None:
    response = browser.post(ADD, person(**{field: typed}))

    assert response.status_code == 200
    assert b"errorlist" in response.content
    assert User.objects.count() == 1
