"""What holds for every page: who gets in, that reading changes nothing, no LogEntry, no 500."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from accounts import authority
from accounts.admin.refusals import as_validation_error
from accounts.admin.service_admin import ServiceModelAdmin
from accounts.errors import NotPermittedError
from accounts.models import Role, User
from accounts.services import roles
from tests.accounts.admin.browsing import (
    act_on,
    add_url,
    clerk,
    form_values,
    list_url,
    page_url,
    save,
    signed_in,
)
from tests.factories import RoleFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client


def test_every_page_is_ours_and_groups_have_none() -> None:
    assert all(isinstance(page, ServiceModelAdmin) for page in admin.site._registry.values())  # noqa: SLF001
    assert not admin.site.is_registered(Group)
    assert len(admin.site._registry) == 10  # noqa: SLF001 - as above


def test_django_log_entries_are_not_written(boss: Client) -> None:
    save(boss, add_url(Role), code="new-one", label="New")
    role = Role.objects.get(code="new-one")
    save(boss, page_url(role), label="Changed")
    alice = UserFactory.create()
    boss.post(page_url(alice, "delete"), {"post": "yes"})
    act_on(boss, [UserFactory.create()], "delete_selected")

    assert not LogEntry.objects.exists()
    assert "Recent actions" not in boss.get(reverse("admin:index")).content.decode()


def test_lost_race_is_an_error_in_the_form(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(**_given: object) -> None:
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(roles, "create_role", lose)

    answer = save(boss, add_url(Role), code="new-one", label="New")

    assert answer.status_code == 200
    assert "Somebody else has just changed this" in answer.content.decode()


def test_every_reason_for_a_refusal_has_its_sentence() -> None:
    source = Path(authority.__file__)
    reasons = re.findall(r'NotPermittedError\(\s*reason="([^"]+)"', source.read_text())

    unknown = as_validation_error(NotPermittedError(reason="never heard of")).messages
    for reason in reasons:
        said = as_validation_error(NotPermittedError(reason=reason, role="r", permission="p")).messages
        assert said != unknown, reason
    assert len(reasons) >= 7


def test_error_of_a_field_that_the_form_lacks_is_shown_above_it(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_given: object) -> None:
        raise ValidationError({"code": "Codes stay.", "label": "No such label."})

    monkeypatch.setattr(roles, "change_role", refuse)

    answer = save(boss, page_url(RoleFactory.create()), label="Changed")

    errors = answer.context["adminform"].form.errors
    assert errors == {"__all__": ["Codes stay."], "label": ["No such label."]}


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00"},
        {"tenant__id__exact": "x"},
        {"p": "x"},
        {"o": "x"},
        {"nothing": "x"},
        {"q": "a" * 5000},
        {"created_at__year": "9" * 40},
        {"name": "\x00"},
    ],
)
def test_odd_queries_are_no_fault(boss: Client, query: dict[str, str]) -> None:
    assert boss.get(list_url(User), query, follow=True).status_code == 200


@pytest.mark.parametrize("page", ["x/change/", "x/history/", "x/delete/", "x/invite/", "x/"])
def test_row_that_is_not_there_is_no_fault(boss: Client, page: str) -> None:
    assert boss.get(list_url(User) + page).status_code in {302, 404}


def test_new_rows_are_offered_back_with_their_errors(boss: Client) -> None:
    answer = save(boss, add_url(User), email="", name="Kept")

    assert form_values(answer)["name"] == "Kept"


def test_clerk_who_may_view_sees_no_buttons_that_write(db: None) -> None:
    role = RoleFactory.create()

    page = signed_in(clerk("view_role")).get(page_url(role)).content.decode()

    assert 'name="_save"' not in page
