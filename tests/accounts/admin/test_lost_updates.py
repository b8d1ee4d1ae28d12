"""Two people have the same form open: the second is told what the first one saved, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.admin.row_versions import VERSION
from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.services import create_audience
from accounts.models import Role, User
from accounts.services import roles
from tests.accounts.admin.admin_walk import visits
from tests.accounts.admin.browsing import (
    clerk,
    form_values,
    hidden_fields,
    page_url,
    save,
    seen,
    shows_impact,
    signed_in,
    superuser,
)
from tests.accounts.admin.two_tenants import two_tenants
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client

    from accounts.audiences.models import Audience

pytestmark = pytest.mark.django_db


@pytest.fixture
def other() -> Client:
    """Return the browser of the colleague who is faster."""
    return signed_in(superuser(email="faster@example.org"))


def audience_with_roles() -> Audience:
    rows = [ContractClaimInput(path="roles", source="roles")]
    UserFactory.create(roles=["editor"])
    return create_audience(code="other", label="Other", rows=rows, actor=SYSTEM, now=NOW)


def errors_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    found: dict[str, list[str]] = answer.context["adminform"].form.errors
    return found


def test_second_save_is_refused_with_who_when_and_what(boss: Client, other: Client) -> None:
    role = RoleFactory.create(label="Before")
    opened = form_values(boss.get(page_url(role)))
    save(other, page_url(role), label="Theirs")

    answer = boss.post(page_url(role), opened | {"label": "Mine", "description": "Mine too"})

    errors = errors_of(answer)
    assert "faster@example.org has changed this after you opened it, on " in errors["__all__"][0]
    assert errors["label"] == ["Meanwhile this has become: Theirs"]
    assert set(errors) == {"__all__", "label"}
    role.refresh_from_db()
    assert (role.label, role.description) == ("Theirs", "")


def test_form_comes_back_as_typed_and_can_be_saved_then(boss: Client, other: Client) -> None:
    role = RoleFactory.create(label="Before")
    opened = form_values(boss.get(page_url(role)))
    save(other, page_url(role), label="Theirs")
    refused = boss.post(page_url(role), opened | {"description": "Mine"})

    shown = form_values(refused)
    assert (shown["label"], shown["description"]) == ("Before", "Mine")
    assert boss.post(page_url(role), shown | {"label": "Theirs"}).status_code == 302
    role.refresh_from_db()
    assert (role.label, role.description) == ("Theirs", "Mine")


def test_third_change_is_told_again(boss: Client, other: Client) -> None:
    role = RoleFactory.create(label="Before")
    opened = form_values(boss.get(page_url(role)))
    save(other, page_url(role), label="Theirs")
    refused = form_values(boss.post(page_url(role), opened))
    save(other, page_url(role), label="Theirs again")

    assert errors_of(boss.post(page_url(role), refused))["label"] == [
        "Meanwhile this has become: Theirs again"
    ]


def test_roles_given_meanwhile_are_not_taken_away(boss: Client, other: Client) -> None:
    alice = UserFactory.create(email="alice@example.org", roles=["editor"])
    lector = RoleFactory.create(code="lector")
    opened = form_values(boss.get(page_url(alice)))
    save(other, page_url(alice), roles=[str(role.pk) for role in (lector, *alice.roles.all())])

    answer = boss.post(page_url(alice), opened | {"name": "Alicia"})

    assert "Lector" in errors_of(answer)["roles"][0]
    assert "Editor" in errors_of(answer)["roles"][0]
    assert set(User.objects.get(pk=alice.pk).role_codes()) == {"editor", "lector"}


def test_contract_changed_meanwhile_is_told_and_not_overwritten(boss: Client, other: Client) -> None:
    audience = audience_with_roles()
    opened = form_values(boss.get(page_url(audience)))
    save(other, page_url(audience), **{"contract_claims-0-path": "papeles"})

    answer = boss.post(page_url(audience), opened | {"label": "Mine"})

    assert "contract: Meanwhile this has become: " in errors_of(answer)["__all__"][1]
    assert "papeles" in errors_of(answer)["__all__"][1]
    assert "papeles" in audience.contract_claims.values_list("path", flat=True)
    save_again(boss, audience, form_values(answer))
    assert "papeles" not in audience.contract_claims.values_list("path", flat=True)


def test_row_of_a_contract_that_is_gone_is_no_fault(boss: Client, other: Client) -> None:
    audience = audience_with_roles()
    save(boss, page_url(audience), **extra_claim(audience, "correo"))
    opened = form_values(boss.get(page_url(audience)))
    last = len(audience.contract_claims.all()) - 1
    save(other, page_url(audience), **{f"contract_claims-{last}-DELETE": "on"})
    assert "correo" not in audience.contract_claims.values_list("path", flat=True)

    answer = boss.post(page_url(audience), opened)

    assert "contract: Meanwhile" in errors_of(answer)["__all__"][1]
    save_again(boss, audience, form_values(answer))
    assert "correo" in audience.contract_claims.values_list("path", flat=True)


def extra_claim(audience: Audience, path: str) -> dict[str, str]:
    """Return what one more row of the contract sends."""
    total = audience.contract_claims.count()
    prefix = f"contract_claims-{total}"
    return {
        "contract_claims-TOTAL_FORMS": str(total + 1),
        f"{prefix}-path": path,
        f"{prefix}-source": "email",
        f"{prefix}-required": "on",
    }


def save_again(client: Client, row: Any, values: dict[str, Any]) -> None:
    answer = client.post(page_url(row), values)
    assert shows_impact(answer), answer.context["errors"]
    assert client.post(page_url(row), seen(answer)).status_code == 302


def test_version_goes_through_the_page_of_the_impact(boss: Client, other: Client) -> None:
    alice = UserFactory.create(email="alice@example.org", name="Alice", roles=["editor"])
    asked = boss.post(page_url(alice), form_values(boss.get(page_url(alice))) | {"roles": []})
    assert shows_impact(asked)
    assert hidden_fields(asked)[VERSION]
    save(other, page_url(alice), name="Alicia")

    answer = boss.post(page_url(alice), seen(asked))

    assert errors_of(answer)["name"] == ["Meanwhile this has become: Alicia"]
    assert list(alice.role_codes()) == ["editor"]


def test_change_by_something_that_records_nothing_is_told_without_a_name(boss: Client) -> None:
    role = RoleFactory.create(label="Before")
    opened = form_values(boss.get(page_url(role)))
    Role.objects.filter(pk=role.pk).update(label="By SQL")

    answer = boss.post(page_url(role), opened | {"label": "Mine"})

    assert errors_of(answer)["__all__"][0].startswith("Somebody else has changed this")


def test_change_by_the_api_is_named_too(boss: Client) -> None:
    role = RoleFactory.create(label="Before")
    opened = form_values(boss.get(page_url(role)))
    roles.change_role(role_id=role.pk, label="Theirs", actor=SYSTEM, now=NOW)

    assert "tests has changed this" in errors_of(boss.post(page_url(role), opened))["__all__"][0]


def test_what_is_not_on_the_form_disturbs_nobody(boss: Client) -> None:
    alice = UserFactory.create()
    opened = form_values(boss.get(page_url(alice)))
    alice.set_password("another horse battery staple")
    alice.save(update_fields=["password"])

    assert boss.post(page_url(alice), opened | {"name": "Alicia"}).status_code == 302


@pytest.mark.parametrize("sent", ["x", "[]", "{}", '{"label": 1}', "[" * 5000])
def test_garbage_for_a_version_is_a_refusal(boss: Client, sent: str) -> None:
    role = RoleFactory.create()

    assert errors_of(boss.post(page_url(role), form_values(boss.get(page_url(role))) | {VERSION: sent}))


def test_staff_of_a_tenant_are_told_no_name_of_an_event_that_is_not_theirs(other: Client) -> None:
    tenant = TenantFactory.create()
    alice = UserFactory.create(tenant=tenant)
    ours = signed_in(clerk("view_user", "change_user", tenant=tenant, holds_admin=True))
    opened = form_values(ours.get(page_url(alice)))
    save(other, page_url(alice), name="Theirs")

    errors = errors_of(ours.post(page_url(alice), opened | {"name": "Mine"}))

    # It is an event of their tenant, so that their history names them as well.
    assert "faster@example.org" in errors["__all__"][0]


def test_every_form_of_a_row_carries_its_version(boss: Client) -> None:
    world = two_tenants()
    forms = 0

    for visit in visits(world.ours_and_shared, world.beside(world.ours_and_shared)):
        answer = (
            boss.get(visit.url) if visit.address.model and visit.address.name.endswith("_change") else None
        )
        if answer and answer.context["adminform"].form.fields:
            assert f'name="{VERSION}"' in answer.content.decode(), visit
            forms += 1
    assert forms >= 5
