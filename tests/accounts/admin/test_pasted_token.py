"""An administrator pastes a token that somebody sent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit.models import AuditEvent
from accounts.models import Role, User
from accounts.refresh_sessions.models import RefreshSession
from tests.accounts.admin.browsing import clerk, list_url, page_url, signed_in, superuser
from tests.accounts.journeys import start_session
from tests.accounts.tokens.forging import good_header, signed, strangers_key
from tests.factories import TenantFactory, UserFactory
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db

URL = "/admin/token/"
CLERK = ("view_user", "view_refreshsession")


@pytest.fixture
def alice() -> User:
    return UserFactory.create(email="alice@example.org", roles=["editor"])


@pytest.fixture
def tokens(alice: User) -> IssuedTokens:
    return start_session(alice, now=timezone.now())


def pasted(client: Client, text: str) -> Any:
    committed()
    answer = client.post(URL, {"pasted": text})
    assert answer.status_code == 200
    return answer


def page_for(client: Client, text: str) -> str:
    page: str = pasted(client, text).content.decode()
    return page


def test_page_is_reached_from_the_index_and_from_sessions(boss: Client, tokens: IssuedTokens) -> None:
    assert reverse("admin:pasted_token") == URL
    session = RefreshSession.objects.get()
    for page in ("/admin/", list_url(RefreshSession), page_url(session)):
        assert f'href="{URL}"' in boss.get(page).content.decode(), page


def test_page_shows_token_person_session_and_claims(boss: Client, alice: User, tokens: IssuedTokens) -> None:
    page = page_for(boss, f"Bearer {tokens.access_token}")

    assert "An access token of this installation." in page
    assert "Doors of its audience accept it" in page
    assert page_url(alice) in page
    assert page_url(RefreshSession.objects.get()) in page
    assert "&quot;user_roles&quot;: [" in page
    assert "The same claims." in page
    assert "version 1 is in force now; this token was issued by it" in page


def test_page_says_why_every_door_refuses_it_and_what_changed(
    boss: Client, alice: User, tokens: IssuedTokens
) -> None:
    alice.roles.remove(Role.objects.get(code="editor"))

    page = page_for(boss, tokens.access_token)

    assert "Every door refuses it: something that it says was taken away." in page
    assert "were taken away from the person." in page
    assert "\N{MINUS SIGN} editor" in page


def test_page_of_an_expired_token_says_since_when(boss: Client, alice: User) -> None:
    old = start_session(alice, now=timezone.now() - timedelta(hours=10))

    page = page_for(boss, old.access_token)

    assert "Every door refuses it: it has expired." in page
    assert "it has expired (2\xa0hours ago)" in page


def test_button_posts_the_sid_alone_to_what_ends_sessions(boss: Client, tokens: IssuedTokens) -> None:
    page = page_for(boss, tokens.access_token)
    form = page.partition('id="end-session"')[2].partition("</form>")[0]
    hidden = {"action": "end_selected", "index": "0", "_selected_action": str(tokens.sid)}
    for name, value in hidden.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in form
    assert form.count('type="hidden"') == len(hidden) + 1  # and Django's against forged requests

    asked = boss.post(list_url(RefreshSession), hidden)
    expected = {"expected": "1", "confirmed": "yes", "select_across": "0"}
    assert "End sessions" in asked.content.decode()
    boss.post(list_url(RefreshSession), hidden | expected)

    assert RefreshSession.objects.get().end_reason == "ended_by_administrator"
    again = page_for(boss, tokens.access_token)
    assert "Every door refuses it: its session has ended." in again
    assert "end-session" not in again


def test_button_is_for_those_who_may_end_sessions(tokens: IssuedTokens) -> None:
    assert "end-session" not in page_for(signed_in(clerk(*CLERK)), tokens.access_token)
    assert "end-session" in page_for(signed_in(clerk(*CLERK, "change_refreshsession")), tokens.access_token)


def test_refresh_token_says_that_it_should_not_have_been_sent(boss: Client, tokens: IssuedTokens) -> None:
    page = page_for(boss, tokens.refresh_token)

    assert "it should not have been sent to anybody" in page.replace("\n", " ")
    assert "whoever presents it gets tokens" in page
    assert "end-session" in page


def test_what_a_stranger_wrote_is_labelled_and_escaped(boss: Client) -> None:
    header = good_header() | {"kid": "<script>alert(1)</script>", "typ": "JWT"}
    foreign = signed(header, {"iss": "<b>us</b>", "sub": "x", "role": "emperor"}, key=strangers_key())

    page = page_for(boss, foreign)

    assert "A token that this installation did not issue." in page
    assert "Header, not verified: anybody can have written it" in page
    assert "emperor" not in page
    assert "<script>alert" not in page
    assert "<b>us</b>" not in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Nothing was pasted."),
        ("hello", "This is no token"),
        ("\x00", "This is no token"),
        ("x" * 1_000_000, "far too long"),
        ("eyJlbmMiOiJBMjU2R0NNIn0.a2V5.aXY.Y2lwaGVydGV4dA.dGFn", "Only the audience can read it"),
    ],
)
def test_what_is_no_token_is_told_kindly(boss: Client, text: str, said: str) -> None:
    assert said in page_for(boss, text)


def test_more_than_a_form_may_hold_is_refused_without_a_fault(boss: Client) -> None:
    assert boss.post(URL, {"pasted": "x" * 2_000_000}).status_code == 400


@pytest.mark.parametrize("codename", CLERK)
def test_page_needs_both_permissions(tokens: IssuedTokens, codename: str) -> None:
    half = signed_in(clerk(codename))

    assert half.get(URL).status_code == 403
    assert half.post(URL, {"pasted": tokens.access_token}).status_code == 403
    assert URL not in half.get("/admin/").content.decode()


def test_nobody_else_comes_in(tokens: IssuedTokens) -> None:
    for client in (Client(), signed_in(UserFactory.create())):
        assert client.post(URL, {"pasted": tokens.access_token}).status_code == 302


def test_form_of_another_site_is_refused(tokens: IssuedTokens) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(superuser())

    assert strict.post(URL, {"pasted": tokens.access_token}).status_code == 403
    assert not AuditEvent.objects.filter(type="token.inspected").exists()


def test_getting_the_page_with_a_token_in_the_address_looks_at_nothing(
    boss: Client, tokens: IssuedTokens
) -> None:
    answer = boss.get(URL, {"pasted": tokens.access_token})

    assert "report" not in answer.context
    assert not AuditEvent.objects.filter(type="token.inspected").exists()


def test_staff_of_a_tenant_learn_nothing_of_others(alice: User, tokens: IssuedTokens) -> None:
    theirs = signed_in(clerk(*CLERK, "view_auditevent", tenant=TenantFactory.create()))

    for token in (tokens.access_token, tokens.refresh_token):
        report = page_for(theirs, token).partition('id="token-report"')[2].partition("<form")[0]

        assert "This is not a token of your people." in report
        for told in (alice.email, str(alice.pk), str(tokens.sid), "editor", "api-mi-aplicacion"):
            assert told not in report
    assert AuditEvent.objects.filter(type="token.inspected", facts__shown="no").count() == 2


def test_looking_is_recorded_with_who_and_whose(boss: Client, alice: User, tokens: IssuedTokens) -> None:
    pasted(boss, tokens.access_token)

    event = AuditEvent.objects.get(type="token.inspected")
    assert (event.actor_label, event.subject_id) == ("boss@example.org", str(alice.pk))
    assert event.facts["sid"] == str(tokens.sid)
    assert (event.facts["kind"], event.facts["aud"]) == ("access_token", "api-mi-aplicacion")
    assert "Token looked at by an administrator" in boss.get(page_url(alice, "history")).content.decode()


def test_garbage_and_foreign_tokens_leave_no_record(boss: Client) -> None:
    for text in ("garbage", signed(good_header() | {"kid": "x"}, {"iss": "x"})):
        pasted(boss, text)

    assert not AuditEvent.objects.filter(type="token.inspected").exists()


def test_where_the_look_cannot_be_recorded_nothing_is_shown(
    boss: Client, tokens: IssuedTokens, broken_audit: None
) -> None:
    boss.raise_request_exception = False

    answer = boss.post(URL, {"pasted": tokens.access_token})

    assert answer.status_code == 500
    assert "alice" not in answer.content.decode()
