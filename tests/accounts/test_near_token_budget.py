"""manage.py near_token_budget."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.audiences.claim_sources import ClaimSource, JSONType, Sensitivity
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.explanations.budget import near_budget
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MANY = [f"role-number-{number:03}" for number in range(60)]


def output_of(*arguments: str, fails: str = "") -> str:
    written = StringIO()
    if fails:
        with pytest.raises(CommandError, match=fails):
            call_command("near_token_budget", *arguments, stdout=written)
    else:
        call_command("near_token_budget", *arguments, stdout=written)
    return written.getvalue()


def test_who_is_near_is_listed_and_is_no_failure() -> None:
    UserFactory.create(email="near@example.org", roles=MANY[:53])

    assert "near@example.org" in output_of()
    assert "NO TOKEN" not in output_of()


def test_who_gets_no_token_makes_it_fail() -> None:
    UserFactory.create(email="over@example.org", roles=MANY)

    written = output_of(fails="1 get no token")

    assert "user_roles 1095" in written
    assert written.rstrip().endswith("NO TOKEN")


def test_each_audience_in_force_is_looked_at_or_the_one_that_is_named() -> None:
    Audience.objects.create(code="reports", label="Reports")

    assert output_of().count("near it") == 2
    assert output_of("--audience", "reports").startswith("reports: budget 2048 bytes, 0 near it")
    output_of("--audience", "nowhere", fails="No audience in force")


def test_what_may_be_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_budget, "MOST", 1)
    source = ClaimSource(
        name="hr",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PUBLIC,
        description="",
        compute=lambda _given: None,
        may_be_null=False,
    )
    monkeypatch.setitem(CLAIM_SOURCES, "hr", source)
    ContractClaim.objects.create(audience=Audience.objects.get(), path="hr", source="hr")
    for _person in range(2):
        UserFactory.create(roles=MANY)

    written = output_of(fails="1 get no token")

    for told in ("a claim source fails  NO TOKEN", "1 more may be near", "not estimated: hr"):
        assert told in written
