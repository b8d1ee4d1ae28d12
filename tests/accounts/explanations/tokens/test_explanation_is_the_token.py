"""An explanation and the token that is issued never differ: over any person, contract and login."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.audiences.contracts import read_contract
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.audit.actors import Actor, Origin
from accounts.change_log.epoch import current_epoch
from accounts.explanations.tokens.explained import TokenExplained, explain_token
from accounts.explanations.tokens.reasons import Obstacle
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.services import start_refresh_session
from accounts.refresh_sessions.session_tokens import Device, login_context_of
from accounts.tokens.errors import TokenUnissuableError
from accounts.tokens.verification import verify_access_token
from tests.accounts.journeys import NOW
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.audiences.contracts import ClaimContract

pytestmark = pytest.mark.django_db

FIRST = datetime(2020, 1, 1, tzinfo=UTC)
AT_ISSUE = ("jti", "iat", "exp", "sid")
codes = st.from_regex(r"\A[a-z0-9][a-z0-9_.-]{0,20}\Z")
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
paths = st.sampled_from(["{}", "a.{}", "a.b.{}", "custom_data.{}"])


@dataclass(frozen=True, slots=True)
class Story:
    """A person, a contract and a login."""

    departments: list[tuple[str, bool]]
    tenant: tuple[str, bool] | None
    roles: list[tuple[str, bool]]
    person: dict[str, Any]
    rows: list[tuple[str, str, bool]]
    client_id: str
    ip: str | None
    methods: tuple[str, ...]
    now: datetime
    budget: int


stories = st.builds(
    Story,
    departments=st.lists(st.tuples(codes, st.booleans()), max_size=3, unique_by=lambda pair: pair[0]),
    tenant=st.none() | st.tuples(codes, st.booleans()),
    roles=st.lists(st.tuples(codes, st.booleans()), max_size=12, unique_by=lambda pair: pair[0]),
    person=st.fixed_dictionaries(
        {
            "name": texts,
            "locale": st.sampled_from(["es", "en"]),
            "special_permissions": st.booleans(),
            "ui_preferences": st.dictionaries(texts, texts | st.integers(-9, 9) | st.booleans(), max_size=3),
        }
    ),
    rows=st.lists(
        st.tuples(st.sampled_from(sorted(CLAIM_SOURCES)), paths, st.booleans()),
        unique_by=lambda row: row[0],
    ),
    client_id=codes,
    ip=st.none() | st.ip_addresses().map(str),
    methods=st.lists(st.sampled_from(["pwd", "otp", "mfa"]), max_size=2).map(tuple),
    now=st.integers(0, 18 * 365 * 24 * 3600).map(lambda seconds: FIRST + timedelta(seconds=seconds)),
    budget=st.sampled_from([512, 900, 8192]),
)


def person_of(story: Story) -> User:
    """Make the person, each department below the one before; every second thing may be retired."""
    department = None
    for code, is_retired in story.departments:
        retired_at = NOW if is_retired else None
        department = DepartmentFactory.create(code=code, parent=department, retired_at=retired_at)
    tenant = None
    if story.tenant is not None:
        tenant = TenantFactory.create(code=story.tenant[0], retired_at=NOW if story.tenant[1] else None)
    user = UserFactory.create(department=department, tenant=tenant, **story.person)
    for code, is_retired in story.roles:
        user.roles.add(RoleFactory.create(code=f"r{code}", retired_at=NOW if is_retired else None))
    return user


def contract_of(story: Story) -> ClaimContract:
    audience = Audience.objects.create(code="any", label="Any", max_token_bytes=story.budget)
    for position, (source, path, required) in enumerate(story.rows):
        ContractClaim.objects.create(
            audience=audience, position=position, path=path.format(source), source=source, required=required
        )
    return read_contract("any")


def issued(story: Story, pk: UUID, contract: ClaimContract) -> str | TokenUnissuableError:
    """Start a session by the real service; return its access token, or why there is none."""
    user = User.objects.with_directory().annotate(epoch=current_epoch()).get(pk=pk)
    try:
        return _start(story, user, user.epoch, contract)
    except TokenUnissuableError as refusal:
        return refusal


def _start(story: Story, user: User, epoch: int, contract: ClaimContract) -> str:
    return start_refresh_session(
        user=user,
        epoch=epoch,
        contract=contract,
        client_id=story.client_id,
        device=Device(),
        auth_methods=story.methods,
        actor=Actor(sub=user.pk, label=user.email, origin=Origin(ip=story.ip)),
        now=story.now,
    ).access_token


def explanation(story: Story, user: User) -> TokenExplained:
    """Explain what a session of the story's login would get."""
    login = RefreshSession(
        client_id=story.client_id,
        login_ip=story.ip,
        auth_time=story.now,
        auth_methods=list(story.methods),
    )
    return explain_token(user_id=user.pk, audience="any", context=login_context_of(login))


def require_same(story: Story) -> None:
    user, contract = person_of(story), contract_of(story)
    token = explanation(story, user)
    obstacles = {reason.obstacle for reason in token.reasons} - {Obstacle.RETIRED_TENANT}
    raw = issued(story, user.pk, contract)
    if isinstance(raw, TokenUnissuableError):
        assert obstacles == {Obstacle.OVER_BUDGET}
        assert token.token_bytes == raw.facts["bytes"]
        return
    said = dict(verify_access_token(raw, now=story.now, may_be_outdated=True).claims)
    for name in AT_ISSUE:
        del said[name]
    assert token.claims == said
    assert token.token_bytes == len(raw) <= token.budget
    assert not obstacles


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=stories)
def test_explanation_says_what_is_issued_to_the_byte(story: Story) -> None:
    with transaction.atomic():
        require_same(story)
        transaction.set_rollback(True)
