"""People of a tenant see and touch only its rows: asked of every viewset and action, over generated rows."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.audiences.models import Audience
from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.audit.services import AuditSubject, record_event
from accounts.models import Department, Tenant, User
from api.urls import directory
from tests.api.client import ApiClient, read
from tests.factories import DepartmentFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

V1 = "/api/v1"

#: Prefix → viewset; those whose rows belong to everybody are named, so that a new one is a tenant's.
VIEWSETS: dict[str, Any] = {prefix: viewset for prefix, viewset, _ in directory.registry}
OF_EVERYBODY = {"roles", "audiences"}
OF_TENANTS = sorted(VIEWSETS.keys() - OF_EVERYBODY)

#: What a viewset's actions send: (method, what follows the row's address, body).
REQUESTS: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    "retrieve": ("GET", "", None),
    "partial_update": ("PATCH", "", {}),
    "destroy": ("DELETE", "", None),
    "retire": ("POST", "retire/", None),
    "restore": ("POST", "restore/", None),
    "invite": ("POST", "invite/", None),
}
#: Those that are for no single row.
COLLECTION = {"list", "create"}

CODES = (None, "ours", "theirs")
EXAMPLES = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Give each of hypothesis' examples the same database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def make_row(resource: str, tenant: Tenant | None) -> str:
    """Create a row of a tenant, or of none, and return what its address says."""
    match resource:
        case "users":
            return str(UserFactory.create(tenant=tenant).pk)
        case "departments":
            return str(DepartmentFactory.create(tenant=tenant).code)
        case "tenants":
            return str(TenantFactory.create().code if tenant is None else tenant.code)
        case "audit-events":
            subject = AuditSubject(kind="role", id="x", tenant=tenant.code if tenant else "")
            event = record_event(
                type=EventType.ROLE_CHANGED,
                actor=Actor.system("tests"),
                subject=subject,
                now=timezone.now(),
            )
            return str(event.pk)
        case _:
            raise AssertionError(resource)  # a new viewset needs its rows here


def shown(resource: str, client: ApiClient, query: str = "") -> set[str]:
    """Return what the addresses of a list's rows say."""
    name = "code" if resource in {"departments", "tenants"} else "id"
    page = read(client.get(f"{V1}/{resource}/?page_size=200{query}"))
    return {str(row[name]) for row in page["results"]}


def state() -> list[Any]:
    """Return everything that a write could have touched."""
    models: tuple[Any, ...] = (User, Department, Tenant, AuditEvent, Audience)
    rows: list[Any] = []
    for model in models:
        rows += model.objects.order_by("pk").values()
    return rows


def administrator(tenant: Tenant | None) -> ApiClient:
    """Return a client with the token of an administrator of this tenant."""
    UserFactory.create(email="administrator@example.org", roles=["admin"], tenant=tenant)
    client = ApiClient()
    client.log_in("administrator@example.org")
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("resource", OF_TENANTS)
@EXAMPLES
@given(viewer=st.sampled_from(CODES), rows=st.lists(st.sampled_from(CODES), max_size=6))
def test_list_shows_the_rows_of_the_viewers_tenant_alone(
    resource: str, viewer: str | None, rows: list[str | None]
) -> None:
    with rolled_back():
        tenants: dict[str | None, Tenant] = {code: TenantFactory.create(code=code) for code in CODES if code}
        client = administrator(tenants.get(viewer))
        made = [(code, make_row(resource, tenants.get(code))) for code in rows]

        listed = shown(resource, client)

        expected = {row for code, row in made if viewer in {None, code}}
        assert {row for _, row in made} & listed == expected
        if viewer is not None and resource == "tenants":
            assert listed == {viewer}
        for code, row in made:
            seen = client.get(f"{V1}/{resource}/{row}/").status_code
            assert seen == (200 if viewer in {None, code} else 404)


@pytest.mark.django_db
@pytest.mark.parametrize("resource", OF_TENANTS)
@EXAMPLES
@given(data=st.data())
def test_no_parameter_of_a_list_reaches_another_tenants_rows(resource: str, data: st.DataObject) -> None:
    viewset = VIEWSETS[resource]
    filters = sorted(viewset.filterset_class.base_filters) if hasattr(viewset, "filterset_class") else []
    names = st.sampled_from([*filters, "search", "ordering"])
    values = st.sampled_from(
        ["theirs", "ours", "true", "false", "admin", "e", "", *viewset.ordering_fields, "-id"]
    )
    query = "".join(
        f"&{name}={value}" for name, value in data.draw(st.dictionaries(names, values, max_size=3)).items()
    )
    with rolled_back():
        ours, theirs = (TenantFactory.create(code=code) for code in ("ours", "theirs"))
        client = administrator(ours)
        mine, foreign = make_row(resource, ours), make_row(resource, theirs)

        response = client.get(f"{V1}/{resource}/?page_size=200{query}")

        if response.status_code == 400:  # such a value is not one of this parameter's
            return
        name = "code" if resource in {"departments", "tenants"} else "id"
        listed = {str(row[name]) for row in read(response)["results"]}
        assert foreign not in listed
        assert query or mine in listed


ROW_ACTIONS = [
    (resource, action)
    for resource in OF_TENANTS
    for action in VIEWSETS[resource].permissions_by_action
    if action not in COLLECTION
]

#: An address that no row has.
NOWHERE = {"users": str(UUID(int=0)), "audit-events": "999999999"}


@pytest.mark.django_db
@pytest.mark.parametrize(("resource", "action"), ROW_ACTIONS, ids="-".join)
@EXAMPLES
@given(
    owner=st.sampled_from([None, "theirs"]),
    label=st.text(max_size=20),
    field=st.sampled_from(["label", "name", "x"]),
)
def test_another_tenants_row_is_as_absent_as_one_that_is_not_there(
    resource: str, action: str, owner: str | None, label: str, field: str
) -> None:
    method, suffix, body = REQUESTS[action]
    if body is not None:
        body = {field: label}
    with rolled_back():
        tenants: dict[str | None, Tenant] = {code: TenantFactory.create(code=code) for code in CODES if code}
        client = administrator(tenants["ours"])
        foreign, nowhere = make_row(resource, tenants.get(owner)), NOWHERE.get(resource, "nowhere")
        before = state()

        there, not_there = (
            client.send(method, f"{V1}/{resource}/{address}/{suffix}", body) for address in (foreign, nowhere)
        )

        assert read(there, 404) == read(not_there, 404)
        assert state() == before


RELATIONS = [
    ("users", "department"),
    ("users", "tenant"),
    ("departments", "parent"),
    ("departments", "tenant"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("resource", "field"), RELATIONS, ids="-".join)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_another_tenants_code_cannot_be_written_nor_guessed(resource: str, field: str, method: str) -> None:
    ours, theirs = (TenantFactory.create(code=code) for code in ("ours", "theirs"))
    DepartmentFactory.create(code="secret", tenant=theirs)
    client = administrator(ours)
    address = f"{V1}/{resource}/"
    body = {"email": "n@example.org", "name": "N"} if resource == "users" else {"code": "n", "label": "N"}
    if method == "PATCH":
        address, body = f"{address}{make_row(resource, ours)}/", {}
    before = state()

    answers = [
        read(client.send(method, address, body | {field: code}), 400)
        for code in ("theirs" if field == "tenant" else "secret", "nowhere")
    ]

    assert list(answers[0]["error"]) == [field]
    assert str(answers[0]).replace("theirs", "nowhere").replace("secret", "nowhere") == str(answers[1])
    assert state() == before


def test_every_viewset_and_action_is_asked() -> None:
    actions = {action for viewset in VIEWSETS.values() for action in viewset.permissions_by_action}

    assert actions == REQUESTS.keys() | COLLECTION
    assert VIEWSETS.keys() > OF_EVERYBODY
    assert len(ROW_ACTIONS) >= 12
