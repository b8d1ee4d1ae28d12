"""What holds for every page: who gets in, that reading changes nothing, no LogEntry, no 500."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import NoReverseMatch, URLResolver, reverse

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
from tests.accounts.journeys import NOW, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

#: For everybody who is staff, and telling nothing of anybody.
OPEN = {"index", "login", "logout", "password_change", "password_change_done", "jsi18n"}


def pages() -> Iterator[str]:
    """Yield the address of every page of the admin, with a row of its kind where it takes one."""
    for name in sorted(_names(admin.site.urls[0])):
        if name in OPEN:
            continue
        model = next((m for m in admin.site._registry if _prefix(m) == name.rpartition("_")[0]), None)  # noqa: SLF001 - no public way
        row = model._meta.default_manager.first() if model and model._meta.default_manager else None
        for args in ([], [row.pk] if row else ["x"], [1, "x"]):
            try:
                yield reverse(f"admin:{name}", args=args)
            except NoReverseMatch:
                continue
            break


def _names(patterns: list[Any]) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        found |= _names(pattern.url_patterns) if isinstance(pattern, URLResolver) else {pattern.name or ""}
    return found - {""}


def _prefix(model: Any) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


@pytest.fixture
def rows(db: None) -> None:
    """Give every list a row."""
    tenant = TenantFactory.create()
    department = DepartmentFactory.create(tenant=tenant)
    alice = UserFactory.create(tenant=tenant, department=department, roles=["editor"])
    start_session(alice, now=NOW)


def everything() -> dict[str, list[Any]]:
    """Return all rows of all registered models."""
    return {
        _prefix(model): list(model._meta.default_manager.order_by("pk").values())  # type: ignore[union-attr] # they have one
        for model in admin.site._registry  # noqa: SLF001 - as above
    }


def test_every_page_is_ours_and_groups_have_none() -> None:
    assert all(isinstance(page, ServiceModelAdmin) for page in admin.site._registry.values())  # noqa: SLF001
    assert not admin.site.is_registered(Group)
    assert len(admin.site._registry) == 10  # noqa: SLF001 - as above


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_permission_get_in_nowhere(rows: None, method: str) -> None:
    client = signed_in(UserFactory.create(is_staff=True))
    before = everything()

    answers = {url: getattr(client, method)(url).status_code for url in pages()}

    assert len(answers) > 40
    open_to_them = {url: code for url, code in answers.items() if code not in {403, 404, 405}}
    assert open_to_them == {}
    assert {url for url, code in answers.items() if code == 404} <= {
        url for url in answers if re.fullmatch(r"/admin/(r/1/x/|[a-z_]+/)", url)
    }
    assert everything() == before


def test_who_is_no_staff_is_sent_to_log_in(rows: None) -> None:
    client = signed_in(UserFactory.create())

    assert {client.get(url).status_code for url in pages()} <= {302, 404}


def test_reading_changes_nothing(boss: Client, rows: None) -> None:
    before = everything()

    for url in pages():
        for query in ({}, {"action": "deactivate", "confirmed": "yes", "post": "yes"}):
            assert boss.get(url, query).status_code < 500, url

    assert everything() == before


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
