"""Staff of a tenant learn of a pasted token only what is about its people."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.explanations.pasted.report import TokenReport
from accounts.models import User
from accounts.services.users import change_user
from tests.accounts.explanations.pasted.test_token_report import report_of
from tests.accounts.journeys import SYSTEM, start_session
from tests.factories import TenantFactory, UserFactory

if TYPE_CHECKING:
    from datetime import datetime

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def alice() -> User:
    return UserFactory.create(email="alice@example.org", roles=["admin", "editor"])


def staff_of_a_tenant(alice: User) -> User:
    tenant = TenantFactory.create(code="ours")
    User.objects.filter(pk=alice.pk).update(tenant=tenant)
    return UserFactory.create(is_staff=True, is_superuser=True, tenant=tenant)


def assert_withheld(report: TokenReport) -> None:
    assert report.is_withheld
    assert not report.recognised.claims
    assert not report.recognised.header
    shown = {"recognised", "verdict", "at", "is_withheld", "sub", "sid", "person"}
    for each in fields(TokenReport):
        if each.name not in shown:
            assert not getattr(report, each.name), each.name


def test_staff_of_a_tenant_see_tokens_of_its_people(alice: User, now: datetime) -> None:
    staff = staff_of_a_tenant(alice)
    tokens = start_session(alice, now=now)

    for token in (tokens.access_token, tokens.refresh_token):
        assert not report_of(token, staff, now).is_withheld


def test_staff_of_a_tenant_see_nothing_of_anybody_else(alice: User, now: datetime) -> None:
    staff = staff_of_a_tenant(alice)
    for other in (UserFactory.create(), UserFactory.create(tenant=TenantFactory.create())):
        tokens = start_session(other, now=now)
        for token in (tokens.access_token, tokens.refresh_token):
            assert_withheld(report_of(token, staff, now))
        other.delete()
        assert_withheld(report_of(tokens.access_token, staff, now))


def test_staff_of_a_tenant_see_nothing_of_what_somebody_was_before_they_came(
    alice: User, now: datetime
) -> None:
    tokens = start_session(alice, now=now)
    tenant = TenantFactory.create()
    staff = UserFactory.create(is_staff=True, is_superuser=True, tenant=tenant)
    change_user(user_id=alice.pk, tenant=tenant, actor=SYSTEM, now=now + timedelta(seconds=1))

    assert_withheld(report_of(tokens.access_token, staff, now + timedelta(seconds=2)))
