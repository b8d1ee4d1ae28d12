"""Work beside the request: in threads of its own, bounded, and its failures hurt nobody."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import connections

from accounts.services import after_answer as room
from accounts.services.password_links import (
    request_password_reset,
)
from tests.accounts.journeys import NOW, ORIGIN
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_thread_of_its_own_looks_for_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    alice, own = UserFactory.create(), room.AfterAnswer()
    monkeypatch.setattr("accounts.services.password_links.after_answer", own)
    monkeypatch.setattr(room, "close_old_connections", connections.close_all)

    request_password_reset(email=alice.email, origin=ORIGIN, now=NOW)
    own.executor.shutdown(wait=True)

    assert [sent.to for sent in mail.outbox] == [[alice.email]]
    request_password_reset(email=alice.email, origin=ORIGIN, now=NOW)  # the process is ending
    assert len(mail.outbox) == 1


def test_a_failure_beside_the_request_is_logged_and_hurts_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise RuntimeError("no database")

    room.after_answer.do(broken, what="password reset")

    assert "password reset not done" in caplog.text


def test_so_many_wait_and_no_more(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(room, "MOST_WAITING", 0)
    done: list[int] = []

    room.AfterAnswer().do(lambda: done.append(1), what="password reset")

    assert done == []
    assert "0 are waiting already" in caplog.text
