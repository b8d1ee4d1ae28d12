"""Lists take as many queries for thirty rows as for three."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.audiences.models import Audience
from accounts.audit.models import AuditEvent
from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.models import RefreshSession
from tests.accounts.admin.browsing import list_url
from tests.accounts.journeys import NOW, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client


def grow(number: int) -> None:
    """Add one row to every list, each with rows of its own to point at."""
    tenant = TenantFactory.create()
    department = DepartmentFactory.create(tenant=tenant, parent=Department.objects.first())
    user = UserFactory.create(
        tenant=tenant, department=department, roles=[f"first-{number}", f"second-{number}"]
    )
    RoleFactory.create(code=f"alone-{number}")
    Audience.objects.create(code=f"audience-{number}", label="Audience")
    start_session(user, now=NOW)


def queries(client: Client, model: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.get(list_url(model))
        assert answer.status_code == 200
    return len(captured)


@pytest.mark.parametrize("model", [User, Role, Department, Tenant, Audience, RefreshSession, AuditEvent])
def test_list_takes_as_many_queries_for_thirty_rows_as_for_three(boss: Client, model: Any) -> None:
    for number in range(3):
        grow(number)
    queries(boss, model)
    few = queries(boss, model)
    for number in range(3, 30):
        grow(number)

    many = queries(boss, model)

    print(f"\n{model.__name__}: {few} queries at 3 rows, {many} at 30")  # noqa: T201 - the figure to report
    assert many == few
    assert few <= 15


def test_search_for_too_many_words_says_so(boss: Client) -> None:
    answer = boss.get(list_url(User), {"q": "a " * 2000})

    assert answer.status_code == 200
    assert "Search for at most 10 words." in answer.content.decode()
