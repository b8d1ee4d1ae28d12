"""The pages of a person: their tabs, and what can be done from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.accounts.admin.browsing import page_url

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

ACTIONS = (
    "invite",
    "reset_password",
    "lock",
    "unlock",
    "lift_limits",
    "end_sessions",
    "end_session",
    "give_role",
    "take_role",
)
TABS = ("change", "roles", "token", "devices", "timeline")


def text(client: Client, user: User, tab: str, **typed: Any) -> str:
    """Return a tab as it is written."""
    answer = client.get(page_url(user, tab), typed)
    assert answer.status_code == 200
    written: str = answer.content.decode()
    return written
