"""The page between a form and its saving: it asks once, keeps the form, and leads back to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from accounts.audiences.models import Audience
from accounts.models import Department, Role, Tenant, User
from tests.accounts.admin.browsing import (
    add_url,
    clerk,
    form_values,
    hidden_fields,
    list_url,
    page_url,
    save,
    seen,
    shows_impact,
    signed_in,
)
from tests.accounts.admin.dangerous import Submitted, chosen, filled
from tests.accounts.admin.test_recent_password import again, asks, wait
from tests.accounts.admin.trial_changes import TRIALS, alice, fill, reports, role
from tests.factories import PASSWORD, RoleFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rows(db: None) -> None:
    fill()


def tried(client: Client, submitted: Submitted) -> Any:
    answer = client.post(submitted.url, submitted.values)
    assert shows_impact(answer)
    return answer


def test_change_is_made_only_as_it_was_seen(boss: Client) -> None:
    submitted = TRIALS["person: roles"].submit(boss)
    shown = tried(boss, submitted)

    for digest in ("", "x", "0" * 64, ["a", shown.context["impact"].digest + "x"]):
        answer = boss.post(submitted.url, hidden_fields(shown) | {"impact_seen": digest})
        assert "Meanwhile something has changed" in answer.content.decode()
    assert alice().role_codes() == ["editor"]

    assert boss.post(submitted.url, seen(shown)).status_code == 302


def test_what_has_changed_meanwhile_is_shown_anew(boss: Client) -> None:
    submitted = TRIALS["role: retired"].submit(boss)
    shown = tried(boss, submitted)
    UserFactory.create(email="bea@example.org", roles=["editor"])

    again_ = boss.post(submitted.url, seen(shown))

    assert shows_impact(again_)
    assert "Meanwhile something has changed" in again_.content.decode()
    assert "bea@example.org" in again_.content.decode()
    assert boss.post(submitted.url, seen(again_)).status_code == 302


def test_digest_of_another_change_is_not_enough(boss: Client) -> None:
    shown = tried(boss, TRIALS["person: roles"].submit(boss))
    other = filled(boss, page_url(alice()), "is_active")

    answer = boss.post(other.url, other.values | {"impact_seen": shown.context["impact"].digest})

    assert shows_impact(answer)
    assert alice().is_active


@pytest.mark.parametrize(
    "what", ["person: roles", "role: permissions", "audience: retired", "people: deactivated"]
)
def test_impact_comes_first_then_the_password_and_both_are_kept(boss: Client, what: str) -> None:
    wait(boss, timedelta(minutes=10))
    trial = TRIALS[what]
    submitted = trial.submit(boss)

    asked = boss.post(submitted.url, seen(tried(boss, submitted)))

    assert asks(asked)
    assert not trial.is_done()
    wrong = boss.post(submitted.url, again(asked, "wrong wrong wrong"))
    assert asks(wrong)
    assert boss.post(submitted.url, again(wrong, PASSWORD)).status_code == 302
    assert trial.is_done()


def test_change_meanwhile_is_shown_also_after_the_password(boss: Client) -> None:
    wait(boss, timedelta(minutes=10))
    submitted = TRIALS["people: deactivated"].submit(boss)
    asked = boss.post(submitted.url, seen(tried(boss, submitted)))
    User.objects.filter(pk=alice().pk).update(is_staff=False)

    answer = boss.post(submitted.url, again(asked, PASSWORD))

    assert shows_impact(answer)
    assert alice().is_active
    assert boss.post(submitted.url, seen(answer)).status_code == 302


def test_change_that_does_nothing_to_anybody_is_saved_at_once(boss: Client) -> None:
    tenant = Tenant.objects.get()
    nobodys = RoleFactory.create(code="nobodys")
    permission = str(Permission.objects.get(codename="view_role").pk)
    for submitted in (
        filled(boss, page_url(role("editor")), label="Another", description="Of texts"),
        filled(boss, page_url(nobodys), permissions=[permission]),
        chosen(boss, [nobodys], "retire_selected"),
        filled(boss, page_url(tenant), label="Another"),
        filled(boss, page_url(reports()), label="Another"),
        filled(boss, page_url(alice()), name="Another"),
        filled(boss, page_url(UserFactory.create(is_active=False)), special_permissions="on"),
        filled(boss, add_url(User), email="new@example.org", name="New", special_permissions="on"),
        filled(boss, add_url(Role), code="new", label="New"),
        filled(boss, add_url(Department), code="new", label="New"),
        filled(boss, add_url(Audience), code="new", label="New"),
    ):
        assert boss.post(submitted.url, submitted.values).status_code == 302, submitted.url


def test_refusal_is_said_before_the_impact(boss: Client) -> None:
    answer = save(boss, page_url(alice()), "is_active", email="no address")

    assert answer.context["adminform"].form.errors["email"]
    assert alice().is_active


def test_over_the_budget_is_said_with_whom_and_how_much(boss: Client) -> None:
    long = RoleFactory.create(code="a-role-whose-code-takes-more-room-than-there-is-left")
    submitted = chosen(boss, [alice()], "assign_role", role=str(long.pk))
    sizes = {size.audience: size.bytes for size in tried(boss, submitted).context["impact"].largest}
    Audience.objects.filter(code="reports").update(max_token_bytes=sizes["reports"] - 1)

    page = tried(boss, submitted).content.decode()

    assert "Over the budget: after this change no token is issued to 1 person." in page
    assert "reports: gets no token any more, it would be over the budget" in page
    assert f"{sizes['reports']} bytes (over the budget)" in page
    assert f"{sizes['reports'] - 1} bytes" in page


def test_from_when_on_is_said_of_what_is_taken_given_and_of_who_is_shut_out(boss: Client) -> None:
    connection.check_constraints()  # what the test has written is committed, as far as a test can
    taken, given, shut = (
        tried(boss, TRIALS[what].submit(boss)).context["effect_sentences"]
        for what in ("people: role taken away", "people: role assigned", "people: deactivated")
    )

    assert [sentence[:20] for sentence in taken] == ["What is taken away: "]
    assert [sentence[:16] for sentence in given] == ["What is added: i"]
    assert [sentence[:24] for sentence in shut] == ["Whoever can no longer lo", "In the admin: with the n"]
    assert "within 2 seconds" in taken[0]


def test_values_are_escaped(boss: Client) -> None:
    reports().contract_claims.create(path="who", source="name", position=9)

    page = tried(boss, filled(boss, page_url(alice()), name="<script>x</script>")).content.decode()

    assert "<script>x" not in page
    assert "who: " in page


def test_staff_of_a_tenant_see_only_their_own(db: None) -> None:
    everything = Permission.objects.values_list("codename", flat=True)
    client = signed_in(clerk(*everything, tenant=Tenant.objects.get(), holds_admin=True))
    tom = User.objects.get(email="tom@example.org")

    shown = tried(client, filled(client, page_url(tom), "is_active"))

    assert shown.context["impact"].reach.people == 1
    assert "alice@example.org" not in shown.content.decode()
    mine = filled(client, page_url(tom), "is_active").values
    assert client.post(page_url(alice()), mine).status_code in {302, 404}
    assert alice().is_active


def test_who_may_not_see_people_sees_neither_names_nor_values(db: None) -> None:
    client = signed_in(clerk("view_audience", "change_audience"))
    values = form_values(client.get(page_url(reports())))
    row = {
        "contract_claims-2-path": "mail",
        "contract_claims-2-source": "email",
        "contract_claims-TOTAL_FORMS": 3,
    }
    row |= {"contract_claims-2-audience": reports().pk}

    page = tried(client, Submitted(page_url(reports()), values | row)).content.decode()

    assert "reports: mail: changes" in page
    assert "@example.org" not in page.replace(str(User.objects.get(pk=client.session["_auth_user_id"])), "")


def test_who_may_only_look_gets_no_impact(db: None) -> None:
    client = signed_in(clerk("view_role"))

    assert client.post(page_url(role("editor")), {"label": "X"}).status_code == 403


def test_page_is_stored_nowhere(boss: Client) -> None:
    assert "no-store" in tried(boss, TRIALS["person: roles"].submit(boss))["Cache-Control"]


def test_list_with_filters_keeps_its_address(boss: Client) -> None:
    url = list_url(User) + "?is_active__exact=1&q=alice"
    submitted = chosen(boss, [alice()], "deactivate")

    shown = boss.post(url, submitted.values)

    assert 'action="/admin/accounts/user/?is_active__exact=1&amp;q=alice"' in shown.content.decode()
    assert boss.post(url, seen(shown)).status_code == 302
    assert not alice().is_active


def test_queries_of_the_page_do_not_grow_with_people(
    boss: Client, django_assert_max_num_queries: Any
) -> None:
    people = [UserFactory.create(roles=["lector"], password="!") for _ in range(30)]
    assert len(people) == 30
    submitted = chosen(boss, [role("lector")], "retire_selected")

    with django_assert_max_num_queries(60):
        assert len(tried(boss, submitted).context["impact"].groups[0].people) == 30
