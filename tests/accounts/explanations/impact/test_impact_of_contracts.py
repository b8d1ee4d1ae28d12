"""What another claim contract does, to the audience itself and to everybody who may log in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accounts.audiences.claim_sources import ClaimSource, JSONType, Sensitivity
from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.models import Audience
from accounts.audiences.services import (
    change_audience,
    change_contract,
    create_audience,
    restore_audience,
    retire_audience,
)
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.explanations.impact.differences import without_own_values
from accounts.explanations.impact.reach import everybody
from accounts.explanations.impact.values import (
    AT_LOGIN,
    OWN,
    Absence,
    AudienceChange,
    ClaimDifference,
    ContractLine,
    News,
)
from accounts.keys.algorithms import SigningAlgorithm
from tests.accounts.explanations.impact.trying import impact_of, only_difference, viewer
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM, start_session
from tests.accounts.keys.stages import known_everywhere
from tests.factories import UserFactory

if TYPE_CHECKING:
    from accounts.explanations.impact.values import Impact
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def reports() -> Audience:
    rows = [
        ContractClaimInput(path="papeles", source="roles"),
        ContractClaimInput(path="lang", source="locale"),
    ]
    return create_audience(code="reports", label="Reports", rows=rows, actor=SYSTEM, now=NOW)


@pytest.fixture
def alice() -> User:
    return UserFactory.create(roles=["editor"])


def of_rows(audience: Audience, **sources: str) -> Impact:
    """Return what a contract of these claims does."""
    rows = [ContractClaimInput(path=path, source=source) for path, source in sources.items()]
    return impact_of(
        everybody([audience.code], viewer=viewer()),
        lambda: change_contract(audience_id=audience.pk, rows=rows, actor=SYSTEM, now=NOW),
    )


def of_settings(audience: Audience, **fields: Any) -> Impact:
    return impact_of(
        everybody([audience.code], viewer=viewer()),
        lambda: change_audience(audience_id=audience.pk, actor=SYSTEM, now=NOW, **fields),
    )


def test_claims_that_come_go_and_change(reports: Audience, alice: User) -> None:
    impact = of_rows(reports, papeles="special_permissions", zone="tenant_id")

    line = ContractLine(path="lang", source="locale", json_type="string", required=True)
    groups = ContractLine(path="papeles", source="roles", json_type="array of strings", required=True)
    assert impact.audiences == (
        AudienceChange(
            audience="reports",
            added=(replace(line, path="zone", source="tenant_id"),),
            removed=(line,),
            changed=((groups, replace(groups, source="special_permissions", json_type="boolean")),),
        ),
    )
    assert only_difference(impact).audiences[0].claims == (
        ClaimDifference(path="papeles", before='["editor"]', after="false"),
        ClaimDifference(path="lang", before='"es"'),
        ClaimDifference(path="zone", after="null"),
    )
    assert (impact.effect.takes_away, impact.effect.adds) == (True, True)


def test_sessions_of_the_audience_are_counted(reports: Audience, alice: User) -> None:
    start_session(alice, audience="reports")
    start_session(alice)

    assert of_rows(reports, papeles="roles").reach.sessions == 1


def test_other_order_of_the_rows_does_nothing(reports: Audience, alice: User) -> None:
    assert of_rows(reports, lang="locale", papeles="roles").is_empty


def test_what_each_login_says_anew_is_no_value_of_a_person(reports: Audience, alice: User) -> None:
    impact = of_rows(reports, papeles="roles", lang="locale", at="auth_time", ip="login_ip")

    assert only_difference(impact).audiences[0].claims == (
        ClaimDifference(path="at", after=AT_LOGIN),
        ClaimDifference(path="ip", after=AT_LOGIN),
    )


def test_values_of_many_people_are_told_as_one_change(reports: Audience, alice: User) -> None:
    UserFactory.create(roles=["editor"])
    impact = of_rows(reports, papeles="roles", lang="locale", mail="email")

    assert len(impact.groups) == 2
    (group,) = without_own_values(impact.groups)
    assert group.difference.audiences[0].claims == (ClaimDifference(path="mail", after=OWN),)
    assert len(group.people) == 2


def test_lifetime_budget_and_algorithm(reports: Audience, alice: User) -> None:
    hour, eight = timedelta(hours=1), timedelta(hours=8)
    known_everywhere(SigningAlgorithm.RS256)

    impact = of_settings(reports, access_lifetime=hour, max_token_bytes=1500, signing_algorithm="RS256")

    assert impact.audiences == (
        AudienceChange(
            audience="reports",
            access_lifetime=(eight, hour),
            max_token_bytes=(2048, 1500),
            signing_algorithm=("ES256", "RS256"),
        ),
    )
    assert impact.groups == ()
    assert not impact.is_empty
    assert impact.audiences[0].changes_issue
    assert (impact.effect.takes_away, impact.effect.adds) == (False, False)


def test_label_of_an_audience_does_nothing(reports: Audience, alice: User) -> None:
    assert of_settings(reports, label="Others").is_empty


def test_longest_token_after_another_algorithm_is_as_long_as_the_real_one(
    reports: Audience, alice: User
) -> None:
    known_everywhere(SigningAlgorithm.RS256)
    (largest,) = of_settings(reports, signing_algorithm="RS256").largest

    change_audience(audience_id=reports.pk, signing_algorithm="RS256", actor=SYSTEM, now=NOW)

    assert largest.bytes == len(start_session(alice, audience="reports").access_token)


def test_smaller_budget_says_who_gets_no_token_any_more(reports: Audience, alice: User) -> None:
    for number in range(8):
        alice.roles.create(code=f"a-role-with-a-rather-long-code-{number}", label="R")

    impact = of_settings(reports, max_token_bytes=700)

    assert [(over.person.sub, over.was_over) for over in impact.over] == [(alice.pk, False)]
    (at_reports,) = only_difference(impact).audiences
    assert (at_reports.token, at_reports.absence) == (News.LOST, Absence.OVER_BUDGET)


def test_audience_that_is_retired_and_restored(reports: Audience, alice: User) -> None:
    touched = everybody(["reports"], viewer=viewer())

    retired = impact_of(touched, lambda: retire_audience(audience_id=reports.pk, actor=SYSTEM, now=NOW))
    Audience.objects.filter(pk=reports.pk).update(retired_at=NOW)
    restored = impact_of(touched, lambda: restore_audience(audience_id=reports.pk, actor=SYSTEM, now=NOW))

    assert retired.audiences == (AudienceChange(audience="reports", in_force=News.LOST),)
    assert only_difference(retired).audiences[0].token is News.LOST
    assert retired.effect.takes_away
    assert (restored.effect.takes_away, restored.effect.adds) == (False, False)  # nobody has a token of it
    assert restored.audiences == (AudienceChange(audience="reports", in_force=News.GAINED),)
    assert only_difference(restored).audiences[0].token is News.GAINED


def test_source_that_fails_leaves_no_token(
    reports: Audience, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ClaimSource(
        name="broken",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PUBLIC,
        description="Fails",
        compute=lambda _given: 1,
    )
    monkeypatch.setitem(CLAIM_SOURCES, "broken", broken)

    impact = of_rows(reports, papeles="broken")

    (at_reports,) = only_difference(impact).audiences
    assert (at_reports.token, at_reports.absence, at_reports.claims) == (News.LOST, Absence.FAILS, ())


def test_contract_with_a_source_that_is_gone_is_mended(reports: Audience, alice: User) -> None:
    reports.contract_claims.filter(path="lang").update(source="was-there-once")

    impact = of_rows(reports, papeles="roles")

    assert only_difference(impact).audiences[0].token is News.GAINED
    assert {change.audience for change in impact.audiences} == {"reports"} != {OWN_AUDIENCE}
