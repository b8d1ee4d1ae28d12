"""The tabs of an audience: who is let in, versions, keys and credentials, sessions, and a recipe."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.credentials import create_audience_credential, end_audience_credential
from accounts.audiences.encryption_keys import create_encryption_key
from accounts.audiences.models import Audience
from accounts.audiences.services import change_audience, create_audience, retire_audience
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.statistics.figures import find_if_due
from accounts.statistics.models import EVERYBODY
from tests.accounts.admin.browsing import clerk, page_url, signed_in
from tests.accounts.journeys import NOW, SYSTEM, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from accounts.audiences.access import OpenTo

TABS = ("change", "access", "versions", "credentials", "sessions", "developers", "history")
ALL = (
    "view_audience",
    "view_user",
    "view_encryptionkey",
    "view_audiencecredential",
    "view_refreshsession",
    "view_auditevent",
)


@pytest.fixture
def reports(db: None) -> Audience:
    """Return an audience with two versions of its contract."""
    first = [ContractClaimInput(path="groups", source="roles")]
    second = [
        ContractClaimInput(path="groups", source="roles", required=False),
        ContractClaimInput(path="lang", source="locale"),
    ]
    made = create_audience(code="reports", label="Reports", rows=first, actor=SYSTEM, now=NOW)
    later = NOW + timedelta(days=1)
    return change_audience(audience_id=made.pk, rows=second, actor=SYSTEM, now=later)


def shown(client: Client, audience: Audience, tab: str) -> str:
    """Return a tab."""
    answer = client.get(page_url(audience, tab))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_every_tab_is_one_page_that_names_all_the_others(boss: Client, reports: Audience) -> None:
    for tab in TABS:
        page = shown(boss, reports, tab)
        assert f'href="{page_url(reports, tab)}" aria-current="page"' in page
        for other in TABS:
            assert f'href="{page_url(reports, other)}"' in page


def test_badges_tell_what_an_audience_is(boss: Client, reports: Audience) -> None:
    own = Audience.objects.get(code="api-mi-aplicacion")
    assert "own API" in shown(boss, own, "access")
    assert "badge is-warn" not in shown(boss, reports, "access")
    retire_audience(audience_id=reports.pk, actor=SYSTEM, now=NOW)
    assert '<span class="badge is-warn">retired</span>' in shown(boss, reports, "access")


def test_near_the_budget_is_told_as_the_overview_found_it(boss: Client, reports: Audience) -> None:
    found = [{"audience": "reports", "over": 1, "near": 2, "more": 0}]
    assert find_if_due("near_budget", lambda: found, scope=EVERYBODY, now=timezone.now())

    assert "3 near the budget" in shown(boss, reports, "access")
    assert "near the budget</span>" not in shown(signed_in(clerk("view_audience")), reports, "versions")


def test_access_counts_the_people_who_would_be_let_in(boss: Client, reports: Audience) -> None:
    tenant, other = TenantFactory.create(), TenantFactory.create()
    sales = DepartmentFactory.create(code="sales", tenant=tenant)
    for roles, place in ((["editor"], tenant), (["editor"], other), (["lector"], tenant)):
        UserFactory.create(roles=roles, tenant=place, department=sales if place == tenant else None)
    UserFactory.create(roles=["editor"], tenant=tenant, department=sales, is_active=False)
    editor = RoleFactory.create(code="editor")
    open_to: OpenTo = {"open_to_roles": [editor], "open_to_departments": [sales]}
    change_audience(audience_id=reports.pk, actor=SYSTEM, now=NOW, **open_to)

    answer = boss.get(page_url(reports, "access"))

    assert (answer.context["let_in"], answer.context["people"]) == (1, 4)
    assert "sales" in answer.content.decode()
    RoleFactory._meta.model.objects.filter(code="editor").update(retired_at=NOW)
    assert boss.get(page_url(reports, "access")).context["let_in"] == 0


def test_staff_of_a_tenant_count_their_own_people_and_read_no_rules(reports: Audience) -> None:
    ours, theirs = TenantFactory.create(code="ours"), TenantFactory.create(code="theirs")
    UserFactory.create(tenant=theirs)
    person = UserFactory.create(tenant=theirs, email="hidden@example.org")
    start_session(person, now=timezone.now(), audience="reports")
    change_audience(audience_id=reports.pk, actor=SYSTEM, now=NOW, open_to_tenants=[ours, theirs])
    client = signed_in(clerk(*ALL, tenant=ours))

    answer = client.get(page_url(reports, "access"))

    assert (answer.context["let_in"], answer.context["people"]) == (1, 1)
    assert "theirs" not in answer.content.decode()
    sessions = client.get(page_url(reports, "sessions"))
    assert sessions.context["live"] == 0
    assert "hidden@example.org" not in sessions.content.decode()
    for tab in ("versions", "history"):
        assert "tests" not in re.sub(r"<[^>]*>", "", shown(client, reports, tab)).split()


def test_tabs_need_the_permissions_of_what_they_show(reports: Audience) -> None:
    client = signed_in(clerk("view_audience"))

    answers = {tab: client.get(page_url(reports, tab)).status_code for tab in TABS}

    assert answers == dict.fromkeys(TABS, 200) | {"access": 403, "credentials": 403, "sessions": 403}
    page = shown(client, reports, "versions")
    for tab in ("access", "credentials", "sessions"):
        assert page_url(reports, tab) not in page


def test_versions_say_what_each_changed(boss: Client, reports: Audience) -> None:
    answer = boss.get(page_url(reports, "versions"))

    second, first = answer.context["versions"]
    assert (second.version, second.added, second.removed) == (2, ("lang ← locale",), ())
    assert second.changed == (("groups ← roles", "groups ← roles (optional)"),)
    assert (first.version, first.added, first.is_first) == (1, ("groups ← roles",), True)
    assert second.line.event.actor_label == "tests"


def test_keys_and_credentials_with_their_overlap(boss: Client, reports: Audience) -> None:
    key = create_encryption_key(
        audience_id=reports.pk, algorithm=EncryptionAlgorithm("ECDH-ES+A256KW"), actor=SYSTEM, now=NOW
    )
    old, web = (
        create_audience_credential(audience_id=reports.pk, label=label, actor=SYSTEM, now=NOW)[0]
        for label in ("old", "web")
    )
    assert "More than one is accepted since" in shown(boss, reports, "credentials")
    end_audience_credential(credential_id=old.pk, actor=SYSTEM, now=NOW)

    page = shown(boss, reports, "credentials")

    assert f'name="_selected_action" value="{key.pk}"' in page
    assert f'name="_selected_action" value="{web.pk}"' in page
    assert f'name="_selected_action" value="{old.pk}"' not in page
    assert "More than one is accepted since" not in page
    assert "sealed" not in page
    looking = signed_in(clerk(*ALL))
    assert "_selected_action" not in shown(looking, reports, "credentials")


def test_sessions_are_counted_and_lead_to_the_filtered_list(boss: Client, reports: Audience) -> None:
    start_session(UserFactory.create(email="ana@example.org"), now=timezone.now(), audience="reports")
    start_session(UserFactory.create(), now=timezone.now())

    answer = boss.get(page_url(reports, "sessions"))

    assert answer.context["live"] == 1
    page = answer.content.decode()
    assert "ana@example.org" in page
    link = unescape(re.search(r'href="([^"]*state=live)"', page)[1])  # type: ignore[index] # it is there
    assert [row.audience_id for row in boss.get(link).context["cl"].result_list] == ["reports"]


def test_recipe_is_the_one_of_the_documentation(boss: Client, reports: Audience, settings: object) -> None:
    page = shown(boss, reports, "developers")

    recipe = unescape(re.search(r'<pre class="recipe">(.*?)</pre>', page, re.DOTALL)[1])  # type: ignore[index] # it is there
    documented = Path("docs/verifying.md").read_text().split("### PyJWT")[1].split("```python\n")[1]
    issuer = getattr(settings, "AUTHSITE_ISSUER")  # noqa: B009 - the fixture has no types of its own
    expected = documented.split("```")[0].strip().replace("http://127.0.0.1:8000", issuer)
    assert recipe == expected.replace("api-mi-aplicacion", "reports")


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_takes_few_queries(
    boss: Client, reports: Audience, tab: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        create_audience_credential(audience_id=reports.pk, label=f"web-{number}", actor=SYSTEM, now=NOW)
        start_session(UserFactory.create(), now=timezone.now(), audience="reports")
    boss.get(page_url(reports, tab))

    with django_assert_max_num_queries(14):
        boss.get(page_url(reports, tab))
