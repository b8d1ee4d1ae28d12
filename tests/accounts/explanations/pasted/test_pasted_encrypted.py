"""Pasting a token of an encrypted audience: one that authsite reads, one that it cannot, one that leaked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.encryption_keys import create_encryption_key
from accounts.audiences.models import Audience
from accounts.audiences.services import change_audience, create_audience
from accounts.explanations.pasted.recognised import Kind, Signature, Times
from accounts.explanations.pasted.refresh import NoRefresh
from accounts.explanations.pasted.report import TokenReport, explain_pasted_token
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.tokens.decryption_keys import encryption
from accounts.tokens.verification import signed_token_in
from tests.accounts.admin.browsing import clerk, signed_in, superuser
from tests.accounts.audiences.jwks import KEYS
from tests.accounts.journeys import OWN_AUDIENCE, SYSTEM, start_session
from tests.factories import RoleFactory, UserFactory
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from accounts.models import User
    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return UserFactory.create(roles=["editor"])


@pytest.fixture
def tokens(alice: User) -> IssuedTokens:
    """Return tokens of authsite's own audience, which are encrypted."""
    own = Audience.objects.get(code=OWN_AUDIENCE)
    now = timezone.now()
    algorithm = EncryptionAlgorithm.ECDH_ES_A256KW
    create_encryption_key(audience_id=own.pk, algorithm=algorithm, actor=SYSTEM, now=now)
    change_audience(audience_id=own.pk, is_encrypted=True, actor=SYSTEM, now=now)
    encryption.forget()
    return start_session(alice, now=now)


def report_of(pasted: str, *, hours: int = 0) -> TokenReport:
    committed()
    now = timezone.now() + timedelta(hours=hours)
    return explain_pasted_token(pasted, viewer=superuser(), with_events=True, now=now)


def test_one_that_authsite_reads_is_told_whole(tokens: IssuedTokens, alice: User) -> None:
    report = report_of(tokens.access_token)

    assert (report.recognised.kind, report.recognised.signature) == (Kind.ACCESS_TOKEN, Signature.RIGHT)
    assert report.recognised.outer_header["enc"] == "A256GCM"
    assert report.recognised.claims["user_roles"] == ["editor"]
    assert (report.person, report.sid) == (alice, tokens.sid)
    assert report.next_claims is not None
    assert (report.next_claims.problem, report.next_claims.differences) == (None, ())


def test_an_expired_one_is_told_as_well(tokens: IssuedTokens) -> None:
    report = report_of(tokens.access_token, hours=9)

    assert (report.recognised.kind, report.recognised.times) == (Kind.ACCESS_TOKEN, Times.EXPIRED)


def test_an_altered_one_is_told_from_one_that_nobody_here_reads(tokens: IssuedTokens) -> None:
    parts = tokens.access_token.split(".")
    parts[3] = ("A" if parts[3][0] != "A" else "B") + parts[3][1:]

    report = report_of(".".join(parts))

    assert (report.recognised.kind, report.recognised.claims) == (Kind.ALTERED, {})


def test_one_whose_key_does_not_open_is_not_read(tokens: IssuedTokens, settings: Settings) -> None:
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = {9: b"x" * 32}
    encryption.forget()

    report = report_of(tokens.access_token)

    assert (report.recognised.kind, report.recognised.claims) == (Kind.ENCRYPTED_TOKEN, {})


def test_what_was_inside_is_known_as_opened_by_somebody(tokens: IssuedTokens) -> None:
    report = report_of(signed_token_in(tokens.access_token))

    assert (report.recognised.kind, report.recognised.signature) == (Kind.BARE_TOKEN, Signature.RIGHT)
    assert report.recognised.claims == {}


def test_one_of_another_audience_names_it_by_its_key(alice: User) -> None:
    create_audience(
        code="payroll",
        label="Payroll",
        rows=[ContractClaimInput(path="roles", source="roles")],
        is_encrypted=True,
        encryption_key=KEYS["EC"],
        actor=SYSTEM,
        now=timezone.now(),
    )
    token = start_session(alice, audience="payroll", now=timezone.now()).access_token

    report = report_of(token)

    assert (report.recognised.kind, report.encrypted_for) == (Kind.ENCRYPTED_TOKEN, "payroll")
    assert report.recognised.claims == {}


def test_a_refresh_of_a_closed_audience_brings_nothing(alice: User) -> None:
    now = timezone.now()
    reports = create_audience(code="reports", label="Reports", actor=SYSTEM, now=now)
    token = start_session(alice, audience="reports", now=now).access_token
    lectors = [RoleFactory.create(code="lector")]
    change_audience(audience_id=reports.pk, open_to_roles=lectors, actor=SYSTEM, now=now)

    report = report_of(token)

    assert report.next_claims is not None
    assert report.next_claims.problem is NoRefresh.CLOSED_AUDIENCE


def test_only_superusers_read_what_was_encrypted(tokens: IssuedTokens) -> None:
    pasted = {"pasted": tokens.access_token}

    assert "editor" in signed_in(superuser()).post("/admin/token/", pasted).content.decode()
    helpdesk = signed_in(clerk("view_user", "view_refreshsession"))
    answer = helpdesk.post("/admin/token/", pasted).content.decode()
    assert "editor" not in answer
    assert str(tokens.sid) in answer
