"""What the dashboard says of the installation itself: what is not set up yet, and how the keys are."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.admin.dashboard.charts import draw
from accounts.admin.dashboard.checklist import STEPS, checklist_of
from accounts.admin.dashboard.key_standing import key_standing
from accounts.audiences.models import Audience
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.services import prepare_next_key
from tests.accounts.admin.browsing import clerk, signed_in, superuser
from tests.accounts.journeys import DEFAULT_ALGORITHM, SYSTEM, start_session
from tests.factories import RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

CONSOLE = "django.core.mail.backends.console.EmailBackend"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_mail_server(settings: Settings) -> None:
    settings.EMAIL_BACKEND = CONSOLE


def done(viewer: object) -> list[bool]:
    return [step.is_done for step in checklist_of(viewer)]  # type: ignore[arg-type] # a user


def test_an_empty_installation_has_everything_to_do_but_its_administrator() -> None:
    assert done(superuser()) == [True] + [False] * (len(STEPS) - 1)


def test_each_step_is_done_by_doing_it_and_the_list_goes_with_the_last(settings: Settings) -> None:
    boss = superuser()
    client = signed_in(boss)
    assert "Set this installation up" in client.get("/admin/").content.decode()

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert sum(done(boss)) == 2
    RoleFactory.create()
    assert sum(done(boss)) == 3
    alice = UserFactory.create()
    assert sum(done(boss)) == 4
    Audience.objects.create(code="reports", label="Reports")
    assert sum(done(boss)) == 5
    start_session(alice, now=timezone.now())
    assert sum(done(boss)) == 6
    prepare_next_key(algorithm=DEFAULT_ALGORITHM, actor=SYSTEM, now=timezone.now())
    assert done(boss) == []

    assert "Set this installation up" not in client.get("/admin/").content.decode()


def test_steps_are_for_who_may_take_them() -> None:
    assert done(clerk("view_user")) == []
    assert len(done(clerk("add_role"))) == 1 - 1  # a role is there: that of the clerk
    assert len(done(clerk("view_signingkey"))) == 1
    assert checklist_of(clerk("add_user", "view_signingkey", tenant=TenantFactory.create())) == []


def test_checklist_takes_one_query() -> None:
    boss = superuser()
    boss.has_perm("x")
    with CaptureQueriesContext(connection) as captured:
        checklist_of(boss)

    assert len(captured) == 1


def test_keys_say_what_is_to_do() -> None:
    now = timezone.now()
    assert "no next key" in key_standing(now=now).due[0]

    waiting = prepare_next_key(algorithm=DEFAULT_ALGORITHM, actor=SYSTEM, now=now)
    assert key_standing(now=now).due == ()
    assert key_standing(now=now + 91 * DAY).due == ()  # the timer may be a little late
    late = key_standing(now=now + 100 * DAY)
    assert "has signed for 90 days" in late.due[0]
    assert [line.tone for line in late.keys] == ["is-accent", "is-good"]
    assert late.keys[1].age == "for 100 days"

    SigningKey.objects.filter(state=KeyState.CURRENT).update(state=KeyState.PREVIOUS, signed_until=now)
    SigningKey.objects.filter(pk=waiting.pk).update(state=KeyState.CURRENT, signed_until=None)
    assert any("retire it" in said for said in key_standing(now=now + 10 * DAY).due)


def test_an_algorithm_without_a_key_is_a_failure() -> None:
    SigningKey.objects.all().delete()

    found = key_standing(now=timezone.now())

    assert found.keys == ()
    assert "get no tokens" in found.failures[0]


def test_page_of_keys_shows_age_state_and_what_to_do() -> None:
    page = signed_in(clerk("view_signingkey")).get("/admin/").content.decode()

    assert "has no next key" in page
    assert re.search(r'badge is-good">current', page)
    assert "for 0 days" in page


@pytest.mark.parametrize(
    ("most", "scale"),
    [(0, "2"), (1, "2"), (3, "4"), (10, "10"), (11, "20"), (900, "1,000"), (61_000, "80,000")],
)
def test_a_scale_ends_at_a_round_number_above_all_bars(most: int, scale: str) -> None:
    chart = draw(name="x", series=1, title="t", note="", labels=["a", "b"], values=[0, most], marks_every=1)

    assert chart.scale[0] == scale
    assert chart.bars[0].height == "0.00"
    assert 0 <= float(chart.bars[1].y) <= 100
    assert float(chart.bars[1].y) + float(chart.bars[1].height) == pytest.approx(100, abs=0.02)
