"""What a login and a refresh read and write, statement by statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import conf
from accounts.audiences.models import ContractClaim
from accounts.audit.models import AuditEvent
from accounts.change_log.models import ChangeEntry
from accounts.keys.keyring import keyring
from accounts.refresh_sessions.models import RefreshSession
from tests.accounts.journeys import DAY, NOW, SECOND, refresh, row_of, start_session
from tests.factories import DepartmentFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db

_NAMED = re.compile(r'^(SELECT|INSERT|UPDATE|DELETE|WITH)\b.*?(?:FROM|INTO|UPDATE)\s+"(\w+)"', re.DOTALL)


@pytest.fixture
def alice() -> User:
    """Return somebody with all that can cost a query."""
    tenant = TenantFactory.create()
    return UserFactory.create(
        roles=["admin", "editor"], tenant=tenant, department=DepartmentFactory.create(tenant=tenant)
    )


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Name the statements; neither savepoints nor the key ring's reading, which is once a second."""
    # The epoch, and whether there are access rules, are read within the SELECT of something else: what they
    # read from comes before the FROM of that.
    inner = re.compile(r'FROM "(change_log_changeentry|audiences_accessrule)"')
    texts = [inner.sub("", query["sql"]) for query in captured]
    found = [_NAMED.match(text.replace("UPDATE ", "UPDATE UPDATE ", 1)) for text in texts]
    named = [f"{match[1]} {match[2]}" for match in found if match]
    return [name for name in named if name != "SELECT keys_signingkey"]


STEP = [
    "SELECT refresh_sessions_refreshsession",
    "SELECT audiences_audience",
    "SELECT accounts_role",
    "UPDATE refresh_sessions_refreshsession",
]


def test_a_first_login_costs_seven_statements_and_two_where_the_database_counts_attempts(
    alice: User,
) -> None:
    keyring.keys()

    with CaptureQueriesContext(connection) as captured:
        start_session(alice)

    counted = [] if conf.redis_place() else ["INSERT limits_bucket", "INSERT limits_bucket"]
    assert statements(captured) == [
        "SELECT accounts_user",
        *counted,
        "SELECT audiences_audience",
        "SELECT accounts_user",
        "SELECT accounts_role",
        "INSERT refresh_sessions_refreshsession",
        "INSERT audit_auditevent",
        "SELECT accounts_user",  # whether there was a session before
    ]


def test_a_refresh_costs_four_statements(phone: IssuedTokens) -> None:
    keyring.keys()

    with CaptureQueriesContext(connection) as captured:
        refresh(phone.refresh_token, now=NOW + DAY)

    assert statements(captured) == STEP
    assert len(captured) == 4


def test_a_retry_costs_three_statements_and_writes_nothing(phone: IssuedTokens) -> None:
    refresh(phone.refresh_token)
    before = RefreshSession.objects.values().get()

    with CaptureQueriesContext(connection) as captured:
        refresh(phone.refresh_token, now=NOW + SECOND)

    assert statements(captured) == STEP[:3]
    assert RefreshSession.objects.values().get() == before


def test_the_path_of_a_department_costs_two_statements_more_where_a_contract_says_it(
    alice: User, phone: IssuedTokens
) -> None:
    ContractClaim.objects.filter(source="department_code").update(source="department")
    assert alice.department is not None
    alice.department.parent = DepartmentFactory.create(code="root", tenant=alice.tenant)
    alice.department.save()
    keyring.keys()

    with CaptureQueriesContext(connection) as captured:
        refresh(phone.refresh_token)

    assert len(captured) == len(STEP) + 2


def test_nothing_but_the_row_is_written_by_a_refresh(phone: IssuedTokens) -> None:
    before = row_of(phone)
    others = (AuditEvent.objects.count(), ChangeEntry.objects.count(), RefreshSession.objects.count())

    refresh(phone.refresh_token, now=NOW + DAY)

    assert others == (AuditEvent.objects.count(), ChangeEntry.objects.count(), RefreshSession.objects.count())
    after = row_of(phone)
    changed = {field.attname for field in RefreshSession._meta.concrete_fields} & {
        name for name, value in vars(after).items() if getattr(before, name) != value
    }
    assert changed == {"generation", "rotated_at", "last_used_at", "idle_expires_at"}
