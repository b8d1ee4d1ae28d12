"""What each version of a contract was, and since when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.models import Audience, ContractVersion
from accounts.audiences.services import change_audience, change_contract, create_audience
from accounts.audit.models import AuditEvent
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM

pytestmark = pytest.mark.django_db

ROLES = ContractClaimInput(path="roles", source="roles")
LANG = ContractClaimInput(path="lang", source="locale", required=False)
LATER = NOW + timedelta(hours=1)


def kept(code: str) -> list[tuple[int, list[str]]]:
    versions = ContractVersion.objects.filter(audience__code=code).order_by("version")
    return [(version.version, [row["path"] for row in version.rows]) for version in versions]


def test_a_new_audience_begins_with_its_first_version() -> None:
    create_audience(code="reports", label="Reports", rows=[ROLES], actor=SYSTEM, now=NOW)
    create_audience(code="empty", label="Empty", actor=SYSTEM, now=NOW)

    assert (kept("reports"), kept("empty")) == ([(1, ["roles"])], [(1, [])])


def test_each_change_keeps_what_it_made_and_when() -> None:
    audience = create_audience(code="reports", label="Reports", rows=[ROLES], actor=SYSTEM, now=NOW)
    for _time in range(2):
        change_contract(audience_id=audience.pk, rows=[ROLES, LANG], actor=SYSTEM, now=LATER)

    assert kept("reports") == [(1, ["roles"]), (2, ["roles", "lang"])]
    latest = ContractVersion.objects.get(audience=audience, version=2)
    assert latest.created_at == LATER
    assert latest.rows[1] == {"path": "lang", "source": "locale", "required": False}
    event = AuditEvent.objects.filter(type="claim_contract.changed").order_by("-id")[0]
    assert event.facts == {"version": 2}


def test_other_changes_make_no_version() -> None:
    audience = create_audience(code="reports", label="Reports", rows=[ROLES], actor=SYSTEM, now=NOW)

    change_audience(audience_id=audience.pk, label="New", rows=[ROLES], actor=SYSTEM, now=LATER)

    assert kept("reports") == [(1, ["roles"])]
    audience.refresh_from_db()
    assert audience.contract_version == 1


def test_the_audience_of_the_first_migration_has_its_version() -> None:
    own = Audience.objects.get(code=OWN_AUDIENCE)

    ((version, paths),) = kept(OWN_AUDIENCE)
    assert version == own.contract_version
    assert paths == [
        "user_roles",
        "custom_data.departamento",
        "custom_data.permisos_especiales",
        "tenant_id",
    ]
