"""manage.py changepassword: the operator's way back in, through the service."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.audit.models import AuditEvent
from tests.accounts.journeys import row_of, start_session
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW = "another long passphrase 2026"


def run(monkeypatch: pytest.MonkeyPatch, email: str, *typed: str) -> str:
    lines, out = iter(typed), StringIO()
    monkeypatch.setattr("accounts.management.commands.changepassword.getpass", lambda _prompt: next(lines))
    call_command("changepassword", email, stdout=out)
    return out.getvalue()


def test_password_is_set_audited_and_every_session_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = UserFactory.create(email="alice@example.org")
    phone = start_session(alice)

    said = run(monkeypatch, "Alice@example.org", NEW, NEW)

    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert row_of(phone).end_reason == "password_set"
    assert AuditEvent.objects.get(type="password.set").actor_label == "manage.py changepassword"
    assert NEW not in said


@pytest.mark.parametrize(
    ("email", "typed", "said"),
    [
        ("nobody@example.org", (NEW, NEW), "No account"),
        ("alice@example.org", (NEW, PASSWORD), "differ"),
        ("alice@example.org", ("short", "short"), "15"),
    ],
)
def test_what_is_refused_is_said(
    monkeypatch: pytest.MonkeyPatch, email: str, typed: tuple[str, str], said: str
) -> None:
    alice = UserFactory.create(email="alice@example.org")

    with pytest.raises(CommandError, match=said):
        run(monkeypatch, email, *typed)

    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
