"""Every route, asked by everybody of the cast."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.audiences.models import Audience
from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.models import Tenant, User
from tests.api.client import ApiClient
from tests.api.permission_matrix import MATRIX, PEOPLE
from tests.factories import PASSWORD, DepartmentFactory, RoleFactory, TenantFactory, UserFactory


@pytest.fixture
def row(db: None) -> dict[str, Any]:
    """Return what the addresses name: one row of everything, of the tenant ``ours``."""
    ours = TenantFactory.create(code="ours")
    Audience.objects.create(code="reports", label="Reports")
    event = record_event(
        type=EventType.TENANT_CHANGED,
        actor=Actor.system("tests"),
        subject=AuditSubject(kind="tenant", id=ours.pk, tenant=ours.code),
        now=timezone.now(),
    )
    return {
        "tenant": ours.code,
        "user": UserFactory.create(tenant=ours).id,
        "department": DepartmentFactory.create(tenant=ours).code,
        "role": RoleFactory.create().code,
        "audience": "reports",
        "auditevent": event.pk,
    }


@pytest.fixture
def clients(row: dict[str, Any], alice: User, bob: User, mallory: User) -> Callable[[str], ApiClient]:
    """Return how to become somebody of the cast."""
    UserFactory.create(email="ours@example.org", roles=["admin"], tenant=Tenant.objects.get(code="ours"))
    UserFactory.create(email="theirs@example.org", roles=["admin"], tenant=mallory.tenant)

    def become(person: str) -> ApiClient:
        client = ApiClient()
        if person == "elsewhere":
            client.log_in("alice@example.org", audience="reports")
        elif person != "nobody":
            client.log_in(f"{person}@example.org")
        return client

    return become


def address(route: str, row: dict[str, Any]) -> str:
    kind, _, action = route.partition("-")
    if route.endswith("-link"):
        return reverse(route, kwargs={"token": "x"})
    if action in {"detail", "retire", "restore", "invite"}:
        name = {"user": "id", "auditevent": "pk"}.get(kind, "code")
        return reverse(route, kwargs={name: row[kind]})
    if route == "forward-auth":
        return reverse(route, query={"audience": "api-mi-aplicacion", "role": "admin"})
    named = {"session": {"sid": uuid.uuid4()}, "claims": {"audience": row["audience"]}}
    return reverse(route, kwargs=named.get(route, {}))


def body(method: str, route: str) -> dict[str, Any] | None:
    """Return a body that is good for whoever may send it."""
    credentials = {"email": "bob@example.org", "password": PASSWORD}
    if method in {"GET", "DELETE"} or route.endswith(("-retire", "-restore", "-invite")):
        return None
    if route in {"login", "token_obtain_pair"}:
        return credentials
    refresh = ApiClient().log_in("bob@example.org")["refresh"]
    bodies: dict[str, dict[str, Any]] = {
        "refresh": {"refresh": refresh},
        "logout": {"refresh": refresh},
        "token_refresh": {"refresh": refresh},
        "token_verify": {"token": refresh},
        "introspect": {"token": refresh},
        "revoke": {"token": refresh},
        "token_blacklist": {"refresh": refresh},
        "password": {"current_password": "wrong", "new_password": "a new password of some length"},
        "password-reset": {"email": "bob@example.org"},
        "password-reset-confirm": {"token": "x", "new_password": "a new password of some length"},
        "email-change": {"new_email": "another@example.org", "current_password": PASSWORD},
        "email-confirm": {"token": "x"},
        "me": {"name": "Somebody"},
        "user-list": {"email": "new@example.org", "name": "New", "tenant": "ours"},
        "user-detail": {"name": "Changed"},
        "department-list": {"code": "new", "label": "New", "tenant": "ours"},
    }
    changed = {"code": "new", "label": "New"} if route.endswith("-list") else {"label": "Changed"}
    return bodies.get(route, changed)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("method", "route"), MATRIX, ids=" ".join)
def test_everybody_gets_the_answer_of_the_matrix(
    clients: Callable[[str], ApiClient], row: dict[str, Any], method: str, route: str, person: str
) -> None:
    response = clients(person).send(method, address(route, row), body(method, route))

    expected = MATRIX[method, route][PEOPLE.index(person)]
    assert response.status_code == expected, response.content


def routes(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace in {None, ""}:
                yield from routes(pattern.url_patterns)
            continue
        callback: Any = pattern.callback
        view = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
        if actions := getattr(callback, "actions", None):
            methods = [method.upper() for method in actions]
        elif view is not None and str(pattern.name):
            methods = [
                name.upper()
                for name in ("get", "post", "put", "patch", "delete")
                if hasattr(view, name) and name in view.http_method_names
            ]
        else:
            methods = ["GET"]
        yield from ((method, str(pattern.name)) for method in methods if method != "HEAD")


def test_every_route_of_the_api_has_its_row() -> None:
    (api,) = [
        pattern
        for pattern in get_resolver().url_patterns
        if isinstance(pattern, URLResolver)
        and pattern.namespace is None
        and "api" in str(pattern.urlconf_name)
    ]

    assert set(routes([api])) == set(MATRIX)
