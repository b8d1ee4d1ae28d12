"""The examples of docs/permissions.md run, and refuse whom the page says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from rest_framework.test import APIRequestFactory

import api.permissions
from api.permissions import ClaimPermission
from tests.api.client import ApiClient
from tests.factories import UserFactory
from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from accounts.models import User

PAGE = (ROOT / "docs/permissions.md").read_text("utf-8")


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    """Return what the page's Python blocks define, run from top to bottom."""
    names: dict[str, Any] = {"__name__": __name__}
    for block in re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL):
        exec(block, names)  # noqa: S102 - the project's own page
    return names


def ask(view: Any, email: str, **url_kwargs: str) -> Any:
    token = ApiClient().log_in(email)["token"]
    request = APIRequestFactory().get("/", headers={"Authorization": f"Bearer {token}"})
    return view(request, **url_kwargs)


def test_view_is_open_to_those_whom_its_declaration_names(
    example: dict[str, Any], alice: User, bob: User
) -> None:
    view = example["PayrollView"].as_view()

    allowed, refused = (ask(view, f"{person}@example.org") for person in ("alice", "bob"))

    assert (allowed.status_code, allowed.data) == (
        200,
        {"sub": str(alice.id), "roles": ["admin", "editor"]},
    )
    assert (refused.status_code, refused.data["code"]) == (403, "access_denied")
    assert view(APIRequestFactory().get("/")).status_code == 401


def test_viewset_is_open_by_action_and_closed_where_it_declares_nothing(
    example: dict[str, Any], alice: User, bob: User
) -> None:
    viewset = example["LeaveViewSet"]
    everybodys, ones = viewset.as_view({"get": "list"}), viewset.as_view({"get": "retrieve"})
    undeclared: Any = type("Undeclared", (viewset,), {"permissions_by_action": {}})

    assert ask(everybodys, "alice@example.org").status_code == 200
    assert ask(everybodys, "bob@example.org").status_code == 403
    assert ask(ones, "bob@example.org", pk=str(bob.id)).data == {"sub": str(bob.id)}
    assert ask(ones, "bob@example.org", pk=str(alice.id)).status_code == 403
    assert ask(ones, "alice@example.org", pk=str(bob.id)).status_code == 200
    assert ask(undeclared.as_view({"get": "list"}), "alice@example.org").status_code == 403


def test_tables_name_every_class() -> None:
    named = set(re.findall(r"^\| `(\w+)\(", PAGE, flags=re.MULTILINE))
    made = {
        name
        for name in api.permissions.__all__
        if issubclass(getattr(api.permissions, name), ClaimPermission) and name != "ClaimPermission"
    }

    assert named == made


def test_person_of_no_department_is_refused(example: dict[str, Any], db: None) -> None:
    UserFactory.create(email="carol@example.org", roles=["admin"])

    assert ask(example["PayrollView"].as_view(), "carol@example.org").status_code == 403
