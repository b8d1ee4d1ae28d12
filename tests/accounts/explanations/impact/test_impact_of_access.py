"""The impact of closing an audience, and of encrypting its tokens."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from accounts.admin.impact.lines import audience_lines, difference_lines
from accounts.audiences.access import OPEN, AudienceAccess
from accounts.audiences.claim_sources import ClaimInput, ClaimSource, JSONType, Sensitivity
from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.services import change_audience, create_audience
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.explanations.impact.reach import everybody, people_themselves
from accounts.explanations.impact.values import Absence, AudienceChange, ClaimDifference, News
from accounts.models import User
from accounts.services.users import assign_role
from tests.accounts.audiences.jwks import KEYS
from tests.accounts.explanations.impact.trying import impact_of, only_difference, viewer
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import RoleFactory, UserFactory

if TYPE_CHECKING:
    from accounts.audiences.models import Audience
    from accounts.explanations.impact.values import Impact

pytestmark = pytest.mark.django_db


@pytest.fixture
def reports() -> Audience:
    rows = [ContractClaimInput(path="papeles", source="roles")]
    return create_audience(code="reports", label="Reports", rows=rows, actor=SYSTEM, now=NOW)


@pytest.fixture
def alice() -> User:
    return UserFactory.create(roles=["editor"])


def of_settings(audience: Audience, **fields: Any) -> Impact:
    return impact_of(
        everybody([audience.code], viewer=viewer()),
        lambda: change_audience(audience_id=audience.pk, actor=SYSTEM, now=NOW, **fields),
    )


def test_who_is_shut_out_loses_the_token(reports: Audience, alice: User) -> None:
    impact = of_settings(reports, open_to_roles=[RoleFactory.create(code="lector")])

    closed = AudienceAccess(roles=frozenset({"lector"}))
    assert impact.audiences == (AudienceChange(audience="reports", access=(OPEN, closed)),)
    (at_reports,) = only_difference(impact).audiences
    assert (at_reports.token, at_reports.absence) == (News.LOST, Absence.NOT_ADMITTED)
    assert impact.effect.takes_away
    (line,) = audience_lines(impact.audiences[0])
    assert line.endswith("todos → lector")


def test_whoever_stays_in_loses_nothing(reports: Audience, alice: User) -> None:
    impact = of_settings(reports, open_to_roles=[RoleFactory.create(code="editor")])

    assert impact.groups == ()
    assert impact.audiences


def test_a_role_that_opens_an_audience_is_seen_to(reports: Audience, alice: User) -> None:
    lector = RoleFactory.create(code="lector")
    change_audience(audience_id=reports.pk, open_to_roles=[lector], actor=SYSTEM, now=NOW)

    impact = impact_of(
        people_themselves(User.objects.filter(pk=alice.pk), viewer=viewer()),
        lambda: assign_role(user_id=alice.pk, role=lector, actor=SYSTEM, now=NOW),
    )

    gained = {each.audience: each.token for each in only_difference(impact).audiences}
    assert gained["reports"] is News.GAINED


def test_encrypting_is_told_and_makes_tokens_longer(reports: Audience, alice: User) -> None:
    change_audience(audience_id=reports.pk, encryption_key=KEYS["EC"], actor=SYSTEM, now=NOW)

    impact = of_settings(reports, is_encrypted=True)

    assert impact.audiences == (AudienceChange(audience="reports", is_encrypted=(False, True)),)
    (size,) = impact.largest
    assert size.bytes > 1000


def test_confidential_values_are_not_told(
    reports: Audience, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def salary(given: ClaimInput) -> int:
        return 98765 + len(given.subject.roles)

    source = ClaimSource(
        name="salary",
        json_type=JSONType.INTEGER,
        sensitivity=Sensitivity.CONFIDENTIAL,
        description="",
        compute=salary,
    )
    monkeypatch.setitem(CLAIM_SOURCES, "salary", source)
    rows = [ContractClaimInput(path="pay", source="salary")]
    change_audience(
        audience_id=reports.pk,
        rows=rows,
        encryption_key=KEYS["EC"],
        is_encrypted=True,
        actor=SYSTEM,
        now=NOW,
    )

    impact = impact_of(
        people_themselves(User.objects.filter(pk=alice.pk), viewer=viewer()),
        lambda: assign_role(user_id=alice.pk, role=RoleFactory.create(code="x"), actor=SYSTEM, now=NOW),
    )

    difference = only_difference(impact)
    at_reports = next(each for each in difference.audiences if each.audience == "reports")
    assert at_reports.claims == (ClaimDifference(path="pay", is_confidential=True),)
    assert "9876" not in "".join(difference_lines(difference, shows_values=True))


def test_another_process_names_the_same_impact_the_same() -> None:
    """Sets of texts have another order in each process: what one has shown, another one saves."""
    codes = [f"role_{number}" for number in range(20)]
    said = f"from accounts.audiences.access import AudienceAccess as A; print(A(roles=frozenset({codes})))"
    script = f"import django; django.setup(); {said}"

    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "authsite.settings"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert printed == {repr(AudienceAccess(roles=frozenset(codes))) + "\n"}
