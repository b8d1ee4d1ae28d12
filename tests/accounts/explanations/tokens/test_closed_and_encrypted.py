"""Explaining a token of an audience that is closed to somebody, or whose tokens are encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.audiences.claim_sources import ClaimSource, JSONType, Sensitivity
from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.encryption_keys import revoke_encryption_key
from accounts.audiences.models import Audience
from accounts.audiences.services import change_audience, create_audience
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.explanations.sessions.veils import VEIL, veiled_token
from accounts.explanations.tokens.explained import TokenExplained, assumed_context, explain_token
from accounts.explanations.tokens.reasons import Obstacle
from tests.accounts.admin.browsing import clerk, signed_in, superuser
from tests.accounts.audiences.jwks import KEYS
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return UserFactory.create(roles=["editor"])


@pytest.fixture
def payroll(monkeypatch: pytest.MonkeyPatch) -> Audience:
    """Return an audience whose encrypted tokens say something confidential."""
    source = ClaimSource(
        name="salary",
        json_type=JSONType.INTEGER,
        sensitivity=Sensitivity.CONFIDENTIAL,
        description="",
        compute=lambda _given: 98765,
    )
    monkeypatch.setitem(CLAIM_SOURCES, "salary", source)
    return create_audience(
        code="payroll",
        label="Payroll",
        rows=[ContractClaimInput(path="pay.salary", source="salary")],
        is_encrypted=True,
        encryption_key=KEYS["EC"],
        actor=SYSTEM,
        now=NOW,
    )


def explained(user: User) -> TokenExplained:
    context = assumed_context(audience="payroll", now=NOW)
    return explain_token(user_id=user.pk, audience="payroll", context=context)


def test_both_headers_and_the_whole_length_are_told(alice: User, payroll: Audience) -> None:
    token = explained(alice)

    assert token.is_issued
    assert token.encryption_header
    assert token.encryption_header["kid"] == KEYS["EC"]["kid"]
    assert token.token_bytes == len(start_session(alice, audience="payroll").access_token)


def test_each_byte_of_claims_takes_as_much_as_is_told(alice: User, payroll: Audience) -> None:
    short = explained(alice)
    alice.roles.add(*[RoleFactory.create(code=f"{'r' * 50}-{number}") for number in range(9)])
    change_audience(
        audience_id=payroll.pk,
        rows=[ContractClaimInput(path="roles", source="roles")],
        max_token_bytes=8192,
        actor=SYSTEM,
        now=NOW,
    )
    long = explained(alice)

    per_byte = (long.token_bytes - short.token_bytes) / (long.claims_bytes - short.claims_bytes)
    assert per_byte == pytest.approx(long.per_byte, abs=0.01)
    assert long.percent == long.token_bytes * 100 // 8192


def test_what_is_lacking_to_be_let_in_is_named(alice: User, payroll: Audience) -> None:
    change_audience(
        audience_id=payroll.pk,
        open_to_roles=[RoleFactory.create(code="editor")],
        open_to_departments=[DepartmentFactory.create(code="rrhh")],
        actor=SYSTEM,
        now=NOW,
    )

    (reason,) = explained(alice).reasons

    assert (reason.obstacle, reason.facts["open_to"]) == (Obstacle.CLOSED_AUDIENCE, "rrhh")


def test_staff_of_a_tenant_are_not_told_to_which_others_it_is_open(payroll: Audience) -> None:
    ours = TenantFactory.create(code="ours")
    person = UserFactory.create(tenant=ours)
    theirs = TenantFactory.create(code="secret_customer")
    for code in ("payroll", OWN_AUDIENCE):
        closed = Audience.objects.get(code=code)
        change_audience(audience_id=closed.pk, open_to_tenants=[theirs], actor=SYSTEM, now=NOW)
    pages = [f"/admin/accounts/user/{person.pk}/{rest}" for rest in ("token/?audience=payroll", "change/")]

    staff, boss = signed_in(clerk("view_user", tenant=ours)), signed_in(superuser())
    seen = [staff.get(page).content.decode() for page in pages]

    assert all("no está abierta a esta persona" in page for page in seen)
    assert not any("secret_customer" in page for page in seen)
    assert "secret_customer" in boss.get(pages[0]).content.decode()


def test_a_missing_encryption_key_is_a_reason(alice: User, payroll: Audience) -> None:
    revoke_encryption_key(kid=KEYS["EC"]["kid"], actor=SYSTEM, now=NOW)

    assert [reason.obstacle for reason in explained(alice).reasons] == [Obstacle.NO_ENCRYPTION_KEY]


def test_a_veiled_token_keeps_its_bytes_and_not_its_secrets(alice: User, payroll: Audience) -> None:
    token = explained(alice)

    veiled = veiled_token(token)

    assert veiled.claims is not None
    assert token.claims is not None
    assert (token.claims["pay"], veiled.claims["pay"]) == ({"salary": 98765}, {"salary": VEIL})
    assert "98765" not in str(veiled.rows)
    assert [row.bytes for row in veiled.rows] == [row.bytes for row in token.rows]


def test_only_superusers_read_what_is_confidential(alice: User, payroll: Audience) -> None:
    page = f"/admin/accounts/user/{alice.pk}/token/?audience=payroll"

    assert "98765" in signed_in(superuser()).get(page).content.decode()
    seen = signed_in(clerk("view_user", "view_refreshsession")).get(page).content.decode()
    assert "98765" not in seen
    assert VEIL in seen
