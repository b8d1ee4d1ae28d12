"""What surrounds every page of the admin: the sidebar, the search box, languages, and lists on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse
from django.utils.html import escape

from tests.accounts.admin.browsing import clerk, list_url, page_url, signed_in, superuser
from tests.accounts.journeys import NOW, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

FIND = "/admin/find/"


def sidebar(client: Client) -> list[str]:
    """Return what the sidebar offers."""
    html = client.get("/admin/").content.decode()
    listed = html[html.index('id="sidebar"') : html.index("</nav>", html.index('id="sidebar"'))]
    return re.findall(r'<li><a href="([^"]+)"', listed)


def test_sidebar_offers_what_its_reader_may_open(boss: Client) -> None:
    of_clerk = sidebar(signed_in(clerk("view_role", "view_user")))

    assert of_clerk == ["/admin/", "/admin/accounts/user/", "/admin/accounts/role/"]
    everything = sidebar(boss)
    assert set(of_clerk) < set(everything)
    for url in everything:
        assert boss.get(url).status_code == 200


def test_sidebar_says_where_one_is(boss: Client) -> None:
    html = boss.get("/admin/accounts/role/add/").content.decode()

    assert re.findall(r'<a href="([^"]+)" aria-current="page"', html) == ["/admin/accounts/role/"]


def test_strangers_and_popups_get_no_frame(client: Client, boss: Client) -> None:
    for page in (client.get("/admin/login/"), boss.get("/admin/accounts/role/add/?_popup=1")):
        assert 'id="sidebar"' not in page.content.decode()


@pytest.mark.django_db
def test_search_finds_rows_of_every_kind(boss: Client) -> None:
    person = UserFactory.create(email="needle@example.org")
    role = RoleFactory.create(code="needle-role")
    department = DepartmentFactory.create(code="needle-dep")
    session = start_session(person, now=NOW)

    html = boss.get(FIND, {"q": "needle"}).content.decode()
    by_id = boss.get(FIND, {"q": str(session.sid)}).content.decode()

    for row in (person, role, department):
        assert page_url(row) in html
    assert f"/admin/refresh_sessions/refreshsession/{session.sid}/change/" in by_id
    assert page_url(person) not in by_id


def test_search_shows_no_more_than_its_reader_may_see(boss: Client) -> None:
    ours, theirs = TenantFactory.create(), TenantFactory.create()
    mine = UserFactory.create(email="needle-mine@example.org", tenant=ours)
    foreign = UserFactory.create(email="needle-foreign@example.org", tenant=theirs)
    RoleFactory.create(code="needle-role")
    client = signed_in(clerk("view_user", tenant=ours))

    html = client.get(FIND, {"q": "needle"}).content.decode()

    assert mine.email in html
    assert foreign.email not in html
    assert "needle-role" not in html
    assert client.get(FIND, {"q": str(foreign.pk)}).content.decode().count(foreign.email) == 0


def test_many_matches_lead_to_the_list(boss: Client) -> None:
    for number in range(9):
        RoleFactory.create(code=f"needle-{number}")

    html = boss.get(FIND, {"q": "needle-"}).content.decode()

    assert html.count("/admin/accounts/role/") == 6 + 1 + 1
    assert "/admin/accounts/role/?q=needle-" in html


@pytest.mark.parametrize(
    "asked", ["", "   ", "nobody-is-called-so", "\x00", "%", "'\"<b>", "a " * 300, "ñ" * 5000]
)
def test_odd_searches_are_answered(boss: Client, asked: str) -> None:
    response = boss.get(FIND, {"q": asked})

    assert response.status_code == 200
    assert "<b>" not in response.content.decode()


def test_search_costs_the_same_with_many_matches(
    boss: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(40):
        start_session(UserFactory.create(email=f"needle{number}@example.org"), now=NOW)
        RoleFactory.create(code=f"needle-{number}")
    # The browser's session and person, and one or two statements for each kind. SQLite looks first whether
    # there are too many people to compare, once for them and once for their sessions.
    with django_assert_num_queries(11 + 2 * (connection.vendor == "sqlite")):
        boss.get(FIND, {"q": "needle"})


@pytest.mark.django_db
def test_language_is_chosen_and_kept(client: Client) -> None:
    answer = client.post(reverse("language"), {"language": "es", "next": "/admin/login/"})

    assert answer["Location"] == "/admin/login/"
    cookie = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie["samesite"], cookie["httponly"], cookie["path"]) == ("Lax", True, "/")
    assert "Iniciar sesión" in client.get("/admin/login/").content.decode()
    client.post(reverse("language"), {"language": "en", "next": "/admin/login/"})
    assert "Log in" in client.get("/admin/login/").content.decode()


@pytest.mark.django_db
def test_choosing_a_language_leads_to_no_other_site(client: Client) -> None:
    for place in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = client.post(reverse("language"), {"language": "es", "next": place})
        assert answer["Location"] == "/"


def test_cells_say_their_column_and_values_stay_escaped(db: None) -> None:
    boss = superuser(name="<b>Boss</b>")

    html = signed_in(boss).get(list_url(type(boss))).content.decode()

    assert '<td data-label="Name" class="field-name">' + escape("<b>Boss</b>") in html
    assert '<th data-label="Email" class="field-email">' in html or 'data-label="E-mail' in html
    assert '<td class="action-checkbox">' in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/admin/accounts/role/", 403, "None of your roles opens this page"),
        ("/admin/nothing/here/", 404, "There is nothing at this address"),
    ],
)
def test_what_is_refused_or_absent_stands_in_the_frame_with_a_way_back(
    address: str, status: int, said: str
) -> None:
    answer = signed_in(clerk("view_user")).get(address, headers={"accept-language": "en"})

    assert answer.status_code == status
    html = answer.content.decode()
    assert said in html
    assert 'href="/admin/accounts/user/"' in html[html.index('id="sidebar"') :]


@pytest.mark.django_db
def test_who_is_no_staff_is_not_shown_the_frame() -> None:
    answer = signed_in(UserFactory.create()).get("/admin/nothing/here/")

    assert answer.status_code == 302


@pytest.mark.django_db
def test_who_was_signed_out_while_typing_is_told_that_nothing_was_saved() -> None:
    browser = signed_in(superuser())
    Session.objects.all().delete()

    answer = browser.post("/admin/accounts/tenant/add/", {"code": "new", "label": "New"}, follow=True)

    assert "signed out, so nothing was saved" in answer.content.decode()
    assert "nothing was saved" not in browser.get("/admin/accounts/tenant/add/", follow=True).content.decode()


@pytest.mark.django_db
def test_strangers_are_given_no_session_to_be_told_so(client: Client) -> None:
    client.post("/admin/accounts/tenant/add/", {"code": "new", "label": "New"})

    assert not Session.objects.exists()


@pytest.mark.django_db
def test_signing_out_twice_says_nothing_of_saving() -> None:
    browser = signed_in(superuser())
    browser.logout()

    assert "nothing was saved" not in browser.post("/admin/logout/", follow=True).content.decode()
