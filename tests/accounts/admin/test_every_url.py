"""A walk through every address and every action of the admin, which finds new ones by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Department, Role
from tests.accounts.admin.admin_walk import actions, addresses, changed, everything, visits
from tests.accounts.admin.browsing import clerk, list_url, signed_in, superuser
from tests.accounts.admin.two_tenants import MARK, World, two_tenants
from tests.factories import UserFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.accounts.admin.admin_walk import Visit

pytestmark = pytest.mark.django_db

#: What a browser might add to the address of a page that asks something.
QUERIES: tuple[dict[str, str], ...] = (
    {},
    {"action": "deactivate", "confirmed": "yes", "post": "yes", "_save": "Save", "_popup": "1"},
    {
        "q": "a",
        "o": "1",
        "_facets": "True",
        "at": "2026-11-25T12:00:00",
        "audience": "other",
        "role": "admin",
    },
)
#: Addresses that staff without any permission may open, each with its reason.
OPEN_TO_STAFF = {
    "index": "says what they may open, which is nothing",
    "login": "leads on to the index",
    "logout": "is theirs",
    "password_change": "is their own password",
    "password_change_done": "is their own password",
    "jsi18n": "holds the words of Django's scripts",
}
#: Addresses that answer nobody with a row; what they answer instead, and why.
TELLS_NOTHING = {
    "view_on_site": ({404}, "no row of ours has a page outside of the admin"),
    "app_list": ({404}, "as one that is not there: Django shows only what somebody may open"),
    "autocomplete": ({403, 405}, "it only reads"),
    "": ({302, 404}, "an older address of Django's, which leads to the new one, or no address at all"),
}
#: Addresses that change something by POST, whatever is sent, and why.
CHANGES = {"logout": "it ends the session"}
#: Ids that no row has.
UNKNOWN = [
    "x",
    "-1",
    "9" * 40,
    "_2F_",
    "\x00",
    "ñ☃",
    "'\"<>",
    "x" * 2000,
    "00000000-0000-4000-8000-000000000000",
]


@pytest.fixture
def world() -> World:
    return two_tenants()


def pages(world: World, *, theirs: bool = False) -> Iterator[Visit]:
    """Yield every address, with our rows or with theirs."""
    rows = world.theirs_and_shared if theirs else world.ours_and_shared
    return visits(rows, world.beside(rows))


def everybody(world: World) -> dict[str, Client]:
    return {
        "superuser": signed_in(superuser()),
        "our administrator": signed_in(world.our_administrator),
        "nobody": Client(),
    }


def fill_in(world: World) -> dict[str, str]:
    """Return what actions ask beside the rows."""
    return {
        "role": str(world.shared[Role].pk),
        "department": str(world.ours[Department].pk),
        "although_unpublished": "on",
    }


def posted(visit: Visit) -> dict[str, str]:
    return {"post": "yes", "_save": "Save", "name": "changed", "label": "changed", "code": "changed"}


def test_walk_knows_every_address_and_fills_it_in(world: World) -> None:
    walked = {visit.address.route for visit in pages(world)}

    assert walked >= {address.route for address in addresses()}
    assert len(walked) > 60
    assert len(actions()) > 20
    assert {action.model for action in actions()} <= set(admin.site._registry)  # noqa: SLF001


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("who", ["superuser", "our administrator", "nobody"])
def test_reading_changes_nothing_and_is_no_fault(world: World, who: str, method: str) -> None:
    client = everybody(world)[who]
    before = everything()

    for visit in pages(world):
        for query in QUERIES[: None if method == "get" else 1]:
            answer = getattr(client, method)(visit.url, query)
            assert answer.status_code < 500, visit
        assert not changed(before), visit
    assert not mail.outbox


def test_superuser_opens_what_there_is(world: World) -> None:
    client = signed_in(superuser())

    shown = {visit.address.name for visit in pages(world) if client.get(visit.url).status_code == 200}

    unshown = {address.name for address in addresses()} - shown - {""}
    assert unshown == {
        "login",  # leads on
        "logout",  # by POST alone
        "view_on_site",  # shows nothing
        "audiences_audience_check_contract",  # asked by POST
    } | {name for name in unshown if re.search(r"_(add|delete)$", name)}


def test_posting_without_the_token_of_the_form_changes_nothing(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(superuser())
    before = everything()

    for visit in pages(world):
        assert client.post(visit.url, posted(visit)).status_code == 403, visit
        assert not changed(before), visit
    for action in actions():
        row = world.ours_and_shared[action.model]
        assert client.post(action.url, action.on(row, **fill_in(world))).status_code == 403, action
        assert not changed(before), action


def test_staff_without_permission_get_in_nowhere_and_see_nothing(world: World) -> None:
    client = signed_in(UserFactory.create(email="clerk@example.org", is_staff=True))
    before = everything()

    for visit in pages(world):
        if visit.address.name in OPEN_TO_STAFF:
            continue
        allowed = TELLS_NOTHING.get(visit.address.name, ({403}, ""))[0]
        for answer in (client.get(visit.url), client.post(visit.url, posted(visit))):
            assert answer.status_code in allowed, visit
            tells_nothing(answer, "ours@", "ours ", MARK, "lector")
    for action in actions():
        row = world.ours_and_shared[action.model]
        assert client.post(action.url, action.on(row, **fill_in(world))).status_code == 403, action
    for name in OPEN_TO_STAFF.keys() - {"logout"}:
        tells_nothing(client.get(reverse(f"admin:{name}")), "ours@", "ours ", MARK, "lector")
    assert not changed(before)


def test_who_may_only_look_does_nothing(world: World) -> None:
    looks = [f"view_{model._meta.model_name}" for model in admin.site._registry]  # noqa: SLF001 - no public way
    client = signed_in(clerk(*looks))
    before = everything()

    for action in actions():
        assert client.get(list_url(action.model)).status_code == 200
        row = world.ours_and_shared[action.model]
        assert client.post(action.url, action.on(row, **fill_in(world))).status_code == 403, action
    for visit in pages(world):
        if visit.address.name not in CHANGES | {"pasted_token": ""}:
            assert client.post(visit.url, posted(visit)).status_code < 500, visit
            assert not changed(before), visit


def test_who_is_not_signed_in_is_sent_to_log_in(world: World) -> None:
    for client in (Client(), signed_in(UserFactory.create())):
        before = everything()
        for visit in pages(world):
            if visit.address.name in {"login", "logout"}:
                continue
            for answer in (client.get(visit.url), client.post(visit.url, posted(visit))):
                assert answer.status_code == 302, visit
                assert answer["Location"].startswith(reverse("admin:login")), visit
        for action in actions():
            row = world.ours_and_shared[action.model]
            assert client.post(action.url, action.on(row)).status_code == 302, action
        assert not changed(before)


def test_administrator_of_another_tenant_reaches_none_of_its_rows(world: World) -> None:
    client = signed_in(world.our_administrator)
    before = everything()

    for visit in pages(world, theirs=True):
        of_theirs = visit.address.model in world.theirs and visit.address.parameters
        for answer in (client.get(visit.url), client.post(visit.url, posted(visit))):
            if visit.address.name in CHANGES:
                client.force_login(world.our_administrator)
                before = everything()
            assert not of_theirs or answer.status_code in {302, 403, 404, 405}, visit
            tells_nothing(answer, MARK)
            assert not changed(before), visit
    for action in actions():
        row = world.theirs_and_shared[action.model]
        answer = client.post(action.url, action.on(row, **fill_in(world)), follow=True)
        tells_nothing(answer, MARK)
        assert not changed(before), action


def test_administrator_of_another_tenant_is_told_nothing_on_pages_of_their_own(world: World) -> None:
    client = signed_in(world.our_administrator)

    for visit in pages(world):
        for query in (*QUERIES, {"q": MARK[:3]}, {"term": MARK[:3]}, {"all": ""}):
            assert MARK not in said_by(client.get(visit.url, query)), (visit, query)


def test_unknown_ids_are_no_fault(world: World) -> None:
    client = signed_in(superuser())
    client.raise_request_exception = False

    for address in addresses():
        if not address.parameters or "app_label" in address.parameters:
            continue
        for unknown in UNKNOWN:
            url = address.filled(dict.fromkeys(address.parameters, quote(unknown)))
            for answer in (client.get(url), client.post(url, {"post": "yes"})):
                assert answer.status_code in {302, 403, 404, 405}, (address, unknown)


def test_unknown_ids_are_no_fault_of_actions(world: World) -> None:
    client = signed_in(superuser())
    client.raise_request_exception = False
    before = everything()

    for action in actions():
        row = world.ours_and_shared[action.model]
        for unknown in UNKNOWN:
            sent = action.on(row, **fill_in(world)) | {"_selected_action": [unknown]}
            assert client.post(action.url, sent).status_code in {200, 302}, (action, unknown)
        assert not changed(before), action


def said_by(answer: Any) -> str:
    return "" if answer.streaming else answer.content.decode().lower()


def tells_nothing(answer: Any, *marks: str) -> None:
    """Refuse an answer that says one of these."""
    said = said_by(answer)
    assert [mark for mark in marks if mark in said] == []
