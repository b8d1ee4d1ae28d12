"""Dangerous changes ask for the password, and then go on with exactly what was submitted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from accounts.admin.service_admin import ServiceModelAdmin
from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.credentials import create_audience_credential
from accounts.audiences.models import Audience
from accounts.audiences.services import create_audience
from accounts.audit.models import AuditEvent
from accounts.keys.models import SigningKey
from accounts.models import Department, Tenant, User
from accounts.services.browser_sessions import note_password
from tests.accounts.admin.browsing import add_url, hidden_fields, page_url, send, signed_in, superuser
from tests.accounts.admin.dangerous import (
    ASKING,
    DANGEROUS,
    HARMLESS,
    NEW,
    Submitted,
    alice,
    filled,
    lector,
    other,
)
from tests.accounts.audiences.jwks import KEYS
from tests.accounts.journeys import SYSTEM, start_session
from tests.accounts.keys.stages import prepared, promoted
from tests.factories import PASSWORD, DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Client:
    """Return the browser of an administrator who has not typed their password for a while."""
    client = signed_in(superuser(email="boss@example.org"))
    wait(client, timedelta(minutes=10))
    return client


@pytest.fixture(autouse=True)
def rows(db: None) -> None:
    """Fill what the actions are about."""
    tenant = TenantFactory.create()
    DepartmentFactory.create(tenant=tenant)
    RoleFactory.create(code="lector")
    start_session(
        UserFactory.create(email="alice@example.org", tenant=tenant, roles=["editor"]), now=timezone.now()
    )
    rows = [ContractClaimInput(path="roles", source="roles")]
    key = KEYS["EC"]
    now = timezone.now()
    create_audience(code="other", label="Other", rows=rows, encryption_key=key, actor=SYSTEM, now=now)
    create_audience_credential(
        audience_id=Audience.objects.get(code="other").pk, label="old", actor=SYSTEM, now=now
    )
    promoted(now=now - timedelta(days=3))
    prepared(now=now - timedelta(days=1))


def wait(client: Client, time: timedelta) -> None:
    """Let the password have been typed so long ago."""
    session = client.session
    note_password(session, now=timezone.now() - time)
    session["authsite_last_used_at"] = timezone.now().timestamp()
    session.save()
    client.cookies["sessionid"] = str(session.session_key)


def asks(answer: Any) -> bool:
    return answer.status_code == 200 and "password_form" in (answer.context or {})


def again(answer: Any, password: str) -> dict[str, Any]:
    """Return what the page that asks would send: the hidden fields, and what was typed."""
    return hidden_fields(answer) | {"password_again": password}


@pytest.mark.parametrize("what", DANGEROUS)
def test_dangerous_change_asks_first_and_then_goes_on(boss: Client, what: str) -> None:
    submit, is_done = DANGEROUS[what]
    submitted = submit(boss)

    asked = send(boss, submitted.url, submitted.values)

    assert asks(asked)
    assert not done(is_done)
    refused = boss.post(submitted.url, again(asked, "wrong wrong wrong"))
    assert asks(refused)
    assert refused.context["password_form"].errors
    assert not done(is_done)
    answer = boss.post(submitted.url, again(refused, PASSWORD))
    assert not asks(answer)
    assert done(is_done)


def done(is_done: Callable[[], bool]) -> bool:
    try:
        return is_done()
    except (User.DoesNotExist, Audience.DoesNotExist):
        return False


@pytest.mark.parametrize("what", DANGEROUS)
def test_within_the_window_nothing_is_asked(boss: Client, what: str) -> None:
    wait(boss, timedelta(minutes=9))
    submit, is_done = DANGEROUS[what]
    submitted = submit(boss)

    assert not asks(send(boss, submitted.url, submitted.values))
    assert done(is_done)


def test_every_action_on_a_list_is_sorted_here() -> None:
    every = {
        f"{model.__name__}.{action}"
        for model, page in admin.site._registry.items()  # noqa: SLF001 - no public way
        if isinstance(page, ServiceModelAdmin)
        for action in page.actions or ()
    }

    assert every == HARMLESS | ASKING


def test_harmless_change_does_not_ask(boss: Client) -> None:
    for submitted in (
        filled(boss, page_url(alice()), name="Another"),
        filled(boss, page_url(lector()), label="Another"),
        filled(boss, page_url(Tenant.objects.get()), label="Another"),
        filled(boss, page_url(Department.objects.get()), label="Another"),
        filled(boss, page_url(other()), label="Another"),
        filled(boss, add_url(User), email="new@example.org", name="New"),
        filled(boss, add_url(SigningKey), algorithm="ES256"),
    ):
        assert send(boss, submitted.url, submitted.values).status_code == 302, submitted.url


def test_wrong_values_are_said_before_the_password_is_asked(boss: Client) -> None:
    submitted = filled(boss, page_url(alice()), email="no address", is_staff="on")

    answer = send(boss, submitted.url, submitted.values)

    assert not asks(answer)
    assert answer.context["adminform"].form.errors["email"]


def test_password_is_audited_and_the_cookie_changes(boss: Client) -> None:
    submitted = filled(boss, page_url(alice()), is_staff="on")
    before = boss.cookies["sessionid"].value
    asked = send(boss, submitted.url, submitted.values)
    boss.post(submitted.url, again(asked, "wrong wrong wrong"))

    boss.post(submitted.url, again(asked, PASSWORD))

    types = list(AuditEvent.objects.order_by("id").values_list("type", flat=True))
    assert types[-3:] == ["credentials.rejected", "browser_session.confirmed", "user.changed"]
    assert boss.cookies["sessionid"].value != before
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert stolen.get("/admin/").status_code == 302


def test_password_of_somebody_else_is_not_enough(boss: Client) -> None:
    superuser(email="other@example.org").set_password(NEW)
    submitted = filled(boss, page_url(alice()), is_staff="on")
    asked = send(boss, submitted.url, submitted.values)

    assert asks(boss.post(submitted.url, again(asked, NEW)))


def test_page_that_asks_is_stored_nowhere(boss: Client) -> None:
    submitted = Submitted(page_url(alice(), "delete"), {"post": "yes"})

    assert "no-store" in send(boss, submitted.url, submitted.values)["Cache-Control"]
