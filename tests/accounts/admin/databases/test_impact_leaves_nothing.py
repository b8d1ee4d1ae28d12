"""The page that tells what a change does is made by doing it, and leaves nothing behind: on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.core import mail

from accounts.keys.keyring import keyring
from tests.accounts.admin.browsing import seen, shows_impact, signed_in, superuser
from tests.accounts.admin.trial_changes import TRIALS, fill

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

#: Written by every request of a browser.
OF_THE_BROWSER = {"sessions_session"}


@pytest.fixture
def boss() -> Client:
    fill()
    return signed_in(superuser(email="boss@example.org"))


def everything() -> dict[str, list[Any]]:
    """Return every row of every table."""
    tables: dict[str, list[Any]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and model._meta.db_table not in OF_THE_BROWSER:
            tables[model._meta.db_table] = list(model._default_manager.order_by("pk").values())  # noqa: SLF001 - any model
    return tables


@pytest.mark.parametrize("what", TRIALS)
def test_what_is_shown_has_not_happened(boss: Client, what: str) -> None:
    trial = TRIALS[what]
    submitted = trial.submit(boss)
    before, keys = everything(), set(keyring.keys())

    shown = boss.post(submitted.url, submitted.values)

    assert shows_impact(shown), shown.context and shown.context.get("errors")
    assert trial.says in shown.content.decode()
    assert everything() == before
    assert set(keyring.keys()) == keys
    assert mail.outbox == []
    assert not trial.is_done()


@pytest.mark.parametrize("what", TRIALS)
def test_what_was_shown_is_done(boss: Client, what: str) -> None:
    trial = TRIALS[what]
    submitted = trial.submit(boss)
    shown = boss.post(submitted.url, submitted.values)
    before = everything()

    done = boss.post(submitted.url, seen(shown))

    assert done.status_code == 302
    assert trial.is_done()
    assert len(everything()["audit_auditevent"]) > len(before["audit_auditevent"])
    has_mail = "another address" in what
    assert [message.to for message in mail.outbox] == ([["alice@example.org"]] if has_mail else [])
