"""The reader of the change log in docs/fresh-claims.md, run as it is printed, against a server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from django.utils import timezone

from accounts.audiences.credentials import create_audience_credential
from accounts.audiences.models import Audience
from accounts.change_log.models import ChangeEntry
from accounts.models import Role, User
from tests.accounts.journeys import SYSTEM
from tests.api.client import ApiClient
from tests.factories import UserFactory
from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def reader(live_server: LiveServer) -> dict[str, Any]:
    """Return the names that the page's Python block defines, for this server and a secret of it."""
    page = (ROOT / "docs/fresh-claims.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    own = Audience.objects.get(code="api-mi-aplicacion")
    _row, secret = create_audience_credential(
        audience_id=own.pk, label="tests", actor=SYSTEM, now=timezone.now()
    )
    names: dict[str, Any] = {}
    exec(code.replace("http://127.0.0.1:8000", live_server.url).replace("…", secret), names)  # noqa: S102 - the documentation's own code
    return names


def token_of(email: str) -> tuple[dict[str, Any], str]:
    """Return the claims of a new token, as a verifier elsewhere has them, and its kid."""
    token = ApiClient().log_in(email)["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    return claims, jwt.get_unverified_header(token)["kid"]


def test_forty_lines_know_which_tokens_are_stale(reader: dict[str, Any]) -> None:
    for email in ("alice@example.org", "bob@example.org"):
        UserFactory.create(email=email, roles=["admin", "editor"])
    alice, bob = token_of("alice@example.org"), token_of("bob@example.org")
    reader["read_changes"]()
    assert reader["is_fresh"](*alice)

    User.objects.get(email="alice@example.org").roles.remove(Role.objects.get(code="editor"))
    reader["read_changes"]()

    assert not reader["is_fresh"](*alice)
    assert reader["is_fresh"](*bob)
    assert reader["is_fresh"](*token_of("alice@example.org"))

    Role.objects.filter(code="editor").update(retired_at=timezone.now())
    reader["read_changes"]()
    reader["read_changes"]()  # nothing new: 304

    assert not reader["is_fresh"](*bob)


def test_reader_that_was_away_for_too_long_begins_again(reader: dict[str, Any]) -> None:
    UserFactory.create(email="alice@example.org", roles=["admin"])
    alice = token_of("alice@example.org")
    reader["read_changes"]()
    reader["cursor"] = 7
    ChangeEntry.objects.all().delete()

    reader["read_changes"]()

    assert reader["cursor"] == 0
    assert reader["is_fresh"](*alice)
