"""What may be a name or a label, and that everything that has one asks."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.audiences.services import change_audience, create_audience
from accounts.models.labels import validate_label
from accounts.services.departments import change_department, create_department
from accounts.services.roles import change_role, create_role
from accounts.services.tenants import change_tenant, create_tenant
from accounts.services.users import change_own_profile, change_user, create_user
from tests.accounts.journeys import NOW, ORIGIN, SYSTEM
from tests.factories import UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

REFUSED = {
    "a space": " ",
    "white space of other kinds": "\u00a0\u2003\u3000",
    "nothing that shows": "\u200b\u200d\ufeff",
    "a line break": "Ada\nLovelace",
    "a line break at the end": "Ada\n",
    "a carriage return": "Ada\rLovelace",
    "a tab": "Ada\tLovelace",
    "a line separator": "Ada\u2028Lovelace",
    "a paragraph separator": "Ada\u2029Lovelace",
    "a next-line character": "Ada\x85Lovelace",
    "a null character": "Ada\x00",
    "an escape sequence": "\x1b[31mAda",
    "a deletion": "Ada\x7f",
    "half a surrogate pair": "Ada\ud800",
} | {f"U+{code:04X}": f"Ada{chr(code)}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}

ACCEPTED = [
    "Ada",
    "Ñandú Ümlaut",
    "李",
    "👩\u200d💻",
    "עדה \u200f(ע)",
    "O'Neil & Söhne <x>",
    " Ada ",
    "e\u0301",
]


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_hides_or_poses_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_label(text)

    assert refusal.value.code == "invalid_label"


@pytest.mark.parametrize("text", ACCEPTED)
def test_names_of_people_are_accepted(text: str) -> None:
    validate_label(text)


@given(text=st.text())
def test_what_is_accepted_is_one_line_that_shows_something(text: str) -> None:
    try:
        validate_label(text)
    except ValidationError:
        return

    assert text.strip()
    assert text.splitlines() == [text]
    assert all(unicodedata.category(character) != "Cc" for character in text)


def writers() -> dict[str, Callable[[str], Any]]:
    """Return every service that writes a name or a label, ready to be called with one."""
    by: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
    user = UserFactory.create()
    role = create_role(code="one", label="One", **by)
    tenant = create_tenant(code="one", label="One", **by)
    department = create_department(code="one", label="One", **by)
    audience = create_audience(code="one", label="One", **by)
    return {
        "create_user": lambda text: create_user(email="new@example.org", name=text, **by),
        "change_user": lambda text: change_user(user_id=user.id, name=text, **by),
        "profile": lambda text: change_own_profile(user_id=user.id, origin=ORIGIN, now=NOW, name=text),
        "create_role": lambda text: create_role(code="two", label=text, **by),
        "change_role": lambda text: change_role(role_id=role.pk, label=text, **by),
        "create_tenant": lambda text: create_tenant(code="two", label=text, **by),
        "change_tenant": lambda text: change_tenant(tenant_id=tenant.pk, label=text, **by),
        "create_department": lambda text: create_department(code="two", label=text, **by),
        "change_department": lambda text: change_department(department_id=department.pk, label=text, **by),
        "create_audience": lambda text: create_audience(code="two", label=text, **by),
        "change_audience": lambda text: change_audience(audience_id=audience.pk, label=text, **by),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("text", [" ", "a\nb", "a\u202eb"])
def test_every_service_refuses_it_by_field(text: str) -> None:
    for service, write in writers().items():
        with pytest.raises(ValidationError) as refusal:
            write(text)
        assert set(refusal.value.message_dict) <= {"name", "label"}, service


@pytest.mark.django_db
def test_the_description_of_a_role_has_at_most_2000_characters() -> None:
    by: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
    role = create_role(code="one", label="One", description="x" * 2000, **by)

    with pytest.raises(ValidationError) as refusal:
        change_role(role_id=role.pk, description="x" * 2001, **by)
    assert set(refusal.value.message_dict) == {"description"}
    with pytest.raises(ValidationError):
        create_role(code="two", label="Two", description="x" * 2001, **by)
