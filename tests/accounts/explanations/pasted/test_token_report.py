"""All that is said about a pasted token: whose, of which session, what has changed since, for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.services import change_contract
from accounts.audit.models import AuditEvent
from accounts.explanations.pasted.doors import Door
from accounts.explanations.pasted.recognised import Kind
from accounts.explanations.pasted.refresh import NoRefresh
from accounts.explanations.pasted.report import TokenReport, explain_pasted_token
from accounts.keys.models import KeyState, SigningKey
from accounts.models import Department, Role, User
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.refresh_sessions.rotation import Meaning
from accounts.refresh_sessions.services import end_refresh_session
from accounts.services.users import assign_role, unassign_role
from tests.accounts.journeys import SYSTEM, refresh, start_session
from tests.accounts.tokens.forging import good_claims, signed
from tests.factories import DepartmentFactory, RoleFactory, UserFactory
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_django import DjangoAssertNumQueries

    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def alice() -> User:
    return UserFactory.create(email="alice@example.org", roles=["admin", "editor"])


@pytest.fixture
def tokens(alice: User, now: datetime) -> IssuedTokens:
    return start_session(alice, now=now)


@pytest.fixture
def boss() -> User:
    return UserFactory.create(is_staff=True, is_superuser=True)


def report_of(pasted: str, viewer: User, now: datetime, *, with_events: bool = True) -> TokenReport:
    committed()
    return explain_pasted_token(pasted, viewer=viewer, with_events=with_events, now=now)


def test_fresh_token_opens_and_a_refresh_says_the_same(
    tokens: IssuedTokens, alice: User, boss: User, now: datetime
) -> None:
    report = report_of(tokens.access_token, boss, now)

    assert (report.person, report.sid, report.session_is_live) == (alice, tokens.sid, True)
    assert report.verdict.door is Door.OPEN
    assert report.key is not None
    assert report.key.state is KeyState.CURRENT
    assert report.audience is not None
    assert (report.audience.is_own, report.audience.version) == (True, 1)
    assert report.next_claims is not None
    assert (report.next_claims.problem, report.next_claims.differences) == (None, ())
    assert report.events == ()


def test_role_taken_away_is_stale_and_told_with_its_event(
    tokens: IssuedTokens, alice: User, boss: User, now: datetime
) -> None:
    said: dict[str, Any] = {"user_id": alice.pk, "actor": SYSTEM, "now": now + timedelta(seconds=1)}
    unassign_role(role=Role.objects.get(code="editor"), **said)
    assign_role(role=RoleFactory.create(code="lector"), **said)

    report = report_of(tokens.access_token, boss, now + timedelta(seconds=2))

    assert report.verdict.door is Door.STALE
    assert report.verdict.reason == "taken away from sub"
    assert report.next_claims is not None
    (difference,) = report.next_claims.differences
    assert (difference.path, difference.lost, difference.gained) == ("user_roles", ("editor",), ("lector",))
    assert [event.type for event in report.events] == ["role.assigned", "role.unassigned"]


def test_ended_session_says_so_and_that_a_refresh_brings_nothing(
    tokens: IssuedTokens, alice: User, boss: User, now: datetime
) -> None:
    end_refresh_session(user_id=alice.pk, sid=tokens.sid, reason=EndReason.LOGOUT, actor=SYSTEM, now=now)

    report = report_of(tokens.access_token, boss, now)

    assert report.verdict.door is Door.SESSION_ENDED
    assert report.session is not None
    assert (report.session.end_reason, report.session_is_live) == ("logout", False)
    assert report.next_claims is not None
    assert report.next_claims.problem is NoRefresh.NO_SESSION


def test_expired_token_is_refused_as_expired(tokens: IssuedTokens, boss: User, now: datetime) -> None:
    report = report_of(tokens.access_token, boss, now + timedelta(hours=9))

    assert report.verdict.door is Door.EXPIRED
    assert report.expires_at is not None
    assert report.issued_at is not None
    assert report.expires_at - report.issued_at == timedelta(hours=8)
    assert report.session_is_live


def test_contract_changed_since_is_counted_and_compared(
    tokens: IssuedTokens, boss: User, now: datetime
) -> None:
    audience = Audience.objects.get()
    rows = [
        ContractClaimInput(path=row.path, source=row.source, required=row.required)
        for row in audience.contract_claims.all()
    ]
    rows.append(ContractClaimInput(path="lang", source="locale", required=True))
    change_contract(audience_id=audience.pk, rows=rows, actor=SYSTEM, now=now + timedelta(seconds=1))

    report = report_of(tokens.access_token, boss, now + timedelta(seconds=2))

    assert report.audience is not None
    assert (report.audience.version, report.audience.row.contract_version) == (1, 2)
    assert report.next_claims is not None
    assert [(each.path, each.held, each.now) for each in report.next_claims.differences] == [
        ("lang", None, "es")
    ]
    assert [event.type for event in report.events] == ["claim_contract.changed"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"retired_at": timezone.now()}, NoRefresh.NO_AUDIENCE),
        ({"max_token_bytes": 512}, NoRefresh.OVER_BUDGET),
    ],
)
def test_refresh_that_would_bring_nothing_says_why(
    tokens: IssuedTokens, boss: User, now: datetime, change: dict[str, Any], problem: NoRefresh
) -> None:
    Audience.objects.update(**change)

    report = report_of(tokens.access_token, boss, now)

    assert report.next_claims is not None
    assert report.next_claims.problem is problem


def test_source_that_is_gone_and_person_who_may_not_log_in(
    tokens: IssuedTokens, alice: User, boss: User, now: datetime
) -> None:
    ContractClaim.objects.filter(path="user_roles").update(source="hr")
    report = report_of(tokens.access_token, boss, now)
    assert report.next_claims is not None
    assert report.next_claims.problem is NoRefresh.SOURCE_FAILS

    User.objects.filter(pk=alice.pk).update(is_active=False)
    report = report_of(tokens.access_token, boss, now)
    assert report.next_claims is not None
    assert report.next_claims.problem is NoRefresh.MAY_NOT_LOG_IN


def test_revoked_key_is_named_as_revoked(tokens: IssuedTokens, boss: User, now: datetime) -> None:
    SigningKey.objects.update(state=KeyState.REVOKED)

    report = report_of(tokens.access_token, boss, now)

    assert report.recognised.kind is Kind.OF_NO_USABLE_KEY
    assert report.key is not None
    assert report.key.state is KeyState.REVOKED
    assert (report.person, report.sid, report.verdict.door) == (None, None, Door.NEVER_OPEN)


def test_refresh_token_says_what_presenting_it_would_lead_to(
    tokens: IssuedTokens, alice: User, boss: User, now: datetime
) -> None:
    report = report_of(tokens.refresh_token, boss, now)
    assert (report.person, report.meaning, report.session_is_live) == (alice, Meaning.STEP, True)

    refresh(tokens.refresh_token, now=now)
    later = now + timedelta(hours=1)
    assert report_of(tokens.refresh_token, boss, later).meaning is Meaning.REUSE
    assert RefreshSession.objects.get().ended_at is None  # nothing was presented


def test_deleted_person_and_session_are_told_as_gone(
    tokens: IssuedTokens, alice: User, boss: User, now: datetime
) -> None:
    sub = alice.pk
    alice.delete()

    report = report_of(tokens.access_token, boss, now)

    assert (report.sub, report.sid, report.person, report.session) == (sub, tokens.sid, None, None)
    assert report.verdict.door is not Door.OPEN


def test_token_that_joins_one_person_with_anothers_session_shows_no_session(
    tokens: IssuedTokens, boss: User, now: datetime
) -> None:
    bob, at = UserFactory.create(), int(now.timestamp())
    claims = good_claims() | {"sid": str(tokens.sid), "sub": str(bob.pk), "iat": at, "exp": at + 60}

    report = report_of(signed(claims=claims), boss, now)

    assert (report.person, report.session) == (bob, None)


@pytest.mark.parametrize("ids", [{"sub": "x"}, {"sid": "x"}, {"sub": "\x00", "sid": "\x00", "aud": "\x00"}])
def test_signed_nonsense_is_no_fault(boss: User, now: datetime, ids: dict[str, str]) -> None:
    at = int(now.timestamp())

    report = report_of(signed(claims=good_claims() | {"iat": at, "exp": at + 60} | ids), boss, now)

    assert (report.person, report.session) == (None, None)


def test_events_are_for_those_who_may_see_events(
    tokens: IssuedTokens, alice: User, boss: User, now: datetime
) -> None:
    assign_role(user_id=alice.pk, role=RoleFactory.create(), actor=SYSTEM, now=now)

    assert report_of(tokens.access_token, boss, now).events
    assert not report_of(tokens.access_token, boss, now, with_events=False).events


def test_it_takes_a_few_queries_and_writes_nothing(
    alice: User, boss: User, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    parent = DepartmentFactory.create(code="compras")
    alice.department = Department.objects.create(code="madrid", label="Madrid", parent=parent)
    alice.save()
    ContractClaim.objects.create(audience=Audience.objects.get(), path="dep", source="department")
    tokens = start_session(alice, now=now)
    assign_role(user_id=alice.pk, role=RoleFactory.create(), actor=SYSTEM, now=now)
    committed()
    events = AuditEvent.objects.count()
    report_of(tokens.access_token, boss, now)

    with django_assert_max_num_queries(11) as captured:
        report = explain_pasted_token(tokens.access_token, viewer=boss, with_events=True, now=now)

    assert report.next_claims is not None
    assert report.next_claims.differences
    assert {query["sql"].split()[0] for query in captured.captured_queries} <= {"SELECT", "WITH"}
    assert AuditEvent.objects.count() == events
