"""Staff who belong to a tenant see and change only what is its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission

from accounts.audiences.models import Audience
from accounts.audit.models import AuditEvent
from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.models import RefreshSession
from tests.accounts.admin.browsing import act_on, add_url, clerk, list_url, page_url, save, signed_in
from tests.accounts.journeys import NOW, row_of, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Two tenants, and the browser of the staff of one."""

    client: Client
    ours: Tenant
    alice: User
    mallory: User


@pytest.fixture
def neighbours(db: None) -> Neighbours:
    ours, theirs = TenantFactory.create(code="ours"), TenantFactory.create(code="theirs")
    everything = Permission.objects.values_list("codename", flat=True)
    people = {
        tenant.code: UserFactory.create(
            email=f"person@{tenant.code}.example",
            tenant=tenant,
            department=DepartmentFactory.create(code=f"d-{tenant.code}", tenant=tenant),
        )
        for tenant in (ours, theirs)
    }
    for person in people.values():
        start_session(person, now=NOW)
    client = signed_in(clerk(*everything, tenant=ours, holds_admin=True))
    return Neighbours(client=client, ours=ours, alice=people["ours"], mallory=people["theirs"])


@pytest.mark.parametrize("model", [User, Department, RefreshSession, AuditEvent, Tenant])
def test_lists_and_their_filters_tell_nothing_of_others(neighbours: Neighbours, model: type[User]) -> None:
    page = neighbours.client.get(list_url(model)).content.decode()

    assert "ours" in page
    assert "theirs" not in page


def test_rows_of_others_are_not_there(neighbours: Neighbours) -> None:
    department = neighbours.mallory.department
    assert department is not None
    session = RefreshSession.objects.get(user=neighbours.mallory)
    event = AuditEvent.objects.filter(tenant="theirs").first()
    assert event is not None

    for row in (neighbours.mallory, department, session, event):
        for page in ("change", "history"):
            answer = neighbours.client.get(page_url(row, page))
            assert answer.status_code in {302, 404}
            assert "theirs" not in answer.content.decode()
    assert neighbours.client.get(page_url(neighbours.mallory, "invite")).status_code == 404


def test_rows_of_others_are_not_changed(neighbours: Neighbours) -> None:
    client, mallory = neighbours.client, neighbours.mallory
    before = User.objects.filter(pk=mallory.pk).values().get()
    typed = {"email": "mine@example.org", "name": "Mine", "locale": "es", "ui_preferences": "{}"}

    client.post(page_url(mallory), typed)
    client.post(page_url(mallory, "delete"), {"post": "yes"})
    client.post(page_url(mallory, "invite"))
    for action in ("deactivate", "end_sessions", "invite", "delete_selected"):
        act_on(client, [mallory], action)
    act_on(client, [row_of(start_session(mallory, now=NOW))], "end_selected")

    assert User.objects.filter(pk=mallory.pk).values().get() == before
    assert not RefreshSession.objects.filter(user=mallory, ended_at__isnull=False).exists()


def test_own_people_are_changed(neighbours: Neighbours) -> None:
    assert save(neighbours.client, page_url(neighbours.alice), name="Changed").status_code == 302

    neighbours.alice.refresh_from_db()
    assert neighbours.alice.name == "Changed"


@pytest.mark.parametrize("field", ["tenant", "department"])
def test_people_are_not_moved_to_others(neighbours: Neighbours, field: str) -> None:
    answer = save(
        neighbours.client,
        page_url(neighbours.alice),
        **{field: getattr(neighbours.mallory, f"{field}_id")},
    )

    assert field in answer.context["adminform"].form.errors


def test_new_person_is_put_into_the_own_tenant(neighbours: Neighbours) -> None:
    answer = save(neighbours.client, add_url(User), email="new@ours.example", name="New")

    assert answer.status_code == 302
    assert User.objects.get(email="new@ours.example").tenant == neighbours.ours


def test_person_without_a_tenant_is_refused(neighbours: Neighbours) -> None:
    answer = save(neighbours.client, add_url(User), email="new@ours.example", name="New", tenant="")

    assert "another tenant" in answer.content.decode()
    assert not User.objects.filter(email="new@ours.example").exists()


@pytest.mark.parametrize("field", ["department", "tenant"])
def test_autocompletion_tells_nothing_of_others(neighbours: Neighbours, field: str) -> None:
    asked = {"app_label": "accounts", "model_name": "user", "field_name": field}

    answer = neighbours.client.get("/admin/autocomplete/", asked).content.decode()

    assert "ours" in answer
    assert "theirs" not in answer


def test_what_belongs_to_everybody_is_only_looked_at(neighbours: Neighbours) -> None:
    client, role = neighbours.client, RoleFactory.create()
    audience = Audience.objects.get()

    for row in (role, audience, neighbours.ours):
        assert client.get(page_url(row)).status_code == 200
        assert client.post(page_url(row), {"label": "Changed"}).status_code == 403
        act_on(client, [row], "retire_selected")
    for model in (Role, Audience, Tenant):
        assert client.get(add_url(model)).status_code == 403

    role.refresh_from_db()
    assert role.retired_at is None
    assert role.label != "Changed"


@pytest.mark.parametrize("model", [AuditEvent, RefreshSession])
def test_years_of_others_are_not_offered(db: None, model: type[Model]) -> None:
    """Since when the house has other customers is nobody else's business."""
    acme, umbrella = TenantFactory.create(), TenantFactory.create()
    for tenant, year in ((umbrella, 2019), (acme, 2025), (acme, 2026)):
        start_session(UserFactory.create(tenant=tenant), now=datetime(year, 3, 2, 9, tzinfo=UTC))
    clerks = ["view_auditevent", "view_refreshsession"]

    def years(client: Client) -> set[str]:
        return set(re.findall(r"__year=(\d+)", client.get(list_url(model)).content.decode()))

    assert years(signed_in(clerk(*clerks))) >= {"2019", "2025", "2026"}
    assert "2019" not in (ours := years(signed_in(clerk(*clerks, tenant=acme))))
    assert ours >= {"2025", "2026"}
