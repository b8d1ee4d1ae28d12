"""The page that lists whose token is near its audience's budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.admin.tokens import near_budget as page_module
from accounts.audiences.models import Audience, ContractClaim
from accounts.explanations.budget import near_budget
from accounts.models import User
from tests.accounts.admin.browsing import clerk, list_url, page_url, signed_in
from tests.accounts.journeys import NOW
from tests.factories import TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

URL = "/admin/near-budget/"
MANY = [f"role-number-{number:03}" for number in range(60)]


def page_of(client: Client, query: str = "") -> str:
    answer = client.get(URL + query)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page


def test_page_is_reached_from_index_people_and_audiences(boss: Client) -> None:
    own = Audience.objects.get()

    for page in ("/admin/", list_url(User)):
        assert f'href="{URL}"' in boss.get(page).content.decode(), page
    assert f'href="{URL}?audience={own.code}"' in boss.get(page_url(own, "access")).content.decode()


def test_page_shows_person_bytes_share_largest_claims_and_what_to_do(boss: Client) -> None:
    over = UserFactory.create(email="over@example.org", roles=MANY)
    UserFactory.create(email="few@example.org", roles=MANY[:3])

    page = page_of(boss)

    assert page_url(over) in page
    assert "user_roles: 1095 bytes" in page
    assert "gets no token" in page
    assert "up to 8192 bytes" in page
    assert page_url(Audience.objects.get()) in page
    assert "few@example.org" not in page
    assert "may be near the budget" not in page


def test_page_says_nobody_where_there_is_nobody(boss: Client) -> None:
    assert "Nobody." in page_of(boss)


def test_audience_is_chosen_and_garbage_is_not_found(boss: Client) -> None:
    Audience.objects.create(code="reports", label="Reports", max_token_bytes=512)
    Audience.objects.create(code="old", label="Old", retired_at=NOW)
    UserFactory.create(email="alice@example.org")

    page = page_of(boss, "?audience=reports")
    assert "<strong>reports</strong>" in page
    assert "alice@example.org" in page
    assert "alice@example.org" not in page_of(boss)
    for code in ("old", "nowhere", "%00", "", "<script>"):
        assert boss.get(f"{URL}?audience={code}").status_code == 404


def test_page_opens_where_there_is_no_audience_or_its_contract_names_no_source(boss: Client) -> None:
    ContractClaim.objects.update(source="gone")
    assert "No token can be issued for this audience" in page_of(boss)

    Audience.objects.update(retired_at=NOW)
    assert "Nobody." not in page_of(boss)


def test_page_says_where_the_cap_cuts(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (near_budget, page_module):
        monkeypatch.setattr(module, "MOST", 1)
    for _person in range(3):
        UserFactory.create(roles=MANY)

    page = page_of(boss)

    assert "Only the 1 people with the longest estimates were computed; 2 more may be near" in page


def test_staff_of_a_tenant_see_its_people_alone() -> None:
    ours = TenantFactory.create()
    UserFactory.create(email="a@ours.example", roles=MANY, tenant=ours)
    UserFactory.create(email="m@theirs.example", roles=MANY, tenant=TenantFactory.create())
    staff = signed_in(clerk("view_user", "view_audience", tenant=ours))

    page = page_of(staff)

    assert "a@ours.example" in page
    assert "m@theirs.example" not in page


@pytest.mark.parametrize("codename", ["view_user", "view_audience"])
def test_page_needs_both_permissions(codename: str) -> None:
    half = signed_in(clerk(codename))

    assert half.get(URL).status_code == 403
    assert URL not in half.get("/admin/").content.decode()


def test_page_takes_as_many_queries_for_thirty_people_as_for_three(boss: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(boss)
        return len(captured)

    for _person in range(3):
        UserFactory.create(roles=MANY)
    queries()
    few = queries()
    for _person in range(27):
        UserFactory.create(roles=MANY)

    assert queries() == few
