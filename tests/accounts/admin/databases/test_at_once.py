"""Two administrators save the same form at the same moment: one is made, the other is told; nothing fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.models import Audience, ContractVersion
from accounts.audiences.services import create_audience
from accounts.audit.models import AuditEvent
from tests.accounts.admin.browsing import form_values, page_url, seen, shows_impact, signed_in, superuser
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import DepartmentFactory, RoleFactory, UserFactory

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def at_once(*sent: tuple[Client, Model, dict[str, Any]]) -> list[int]:
    """Save all these forms at the same moment; return the statuses of the answers, sorted."""
    ready = Barrier(len(sent))

    def save(client: Client, row: Model, values: dict[str, Any]) -> int:
        try:
            ready.wait(timeout=60)
            return client.post(page_url(row), values).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(sent)) as pool:
        return sorted(done.result(timeout=120) for done in [pool.submit(save, *each) for each in sent])


def looked_at(client: Client, row: Model, values: dict[str, Any]) -> tuple[Client, Model, dict[str, Any]]:
    """Look at what a change does; not beside others, since threads share the answers of the test client."""
    answer = client.post(page_url(row), values)
    assert shows_impact(answer)
    return client, row, seen(answer)


@pytest.fixture
def two() -> list[Client]:
    return [signed_in(superuser(email=f"{name}@example.org")) for name in ("one", "two")]


def test_contract_is_written_by_one_and_the_other_is_told(two: list[Client]) -> None:
    rows = [ContractClaimInput(path=path, source="roles") for path in ("a", "b", "c")]
    UserFactory.create(roles=["editor"])
    for turn in range(5):
        audience = create_audience(code=f"other-{turn}", label="Other", rows=rows, actor=SYSTEM, now=NOW)
        opened = form_values(two[0].get(page_url(audience)))
        one = opened | {"contract_claims-0-path": "mine", "contract_claims-2-DELETE": "on"}
        another = opened | {"contract_claims-0-path": "theirs", "contract_claims-1-DELETE": "on"}

        assert at_once(looked_at(two[0], audience, one), looked_at(two[1], audience, another)) == [200, 302]

        paths = list(audience.contract_claims.values_list("path", flat=True))
        assert paths in (["mine", "b"], ["theirs", "c"])
        audience = Audience.objects.get(pk=audience.pk)
        versions = ContractVersion.objects.filter(audience=audience).order_by("version")
        assert [each.version for each in versions] == [1, 2] == [1, audience.contract_version]
        assert [row["path"] for row in versions[1].rows] == paths
        changed = AuditEvent.objects.filter(type="claim_contract.changed", subject_id=str(audience.pk))
        assert changed.filter(facts__version=2).count() == 1


def test_roles_of_a_person_are_written_by_one(two: list[Client]) -> None:
    alice = UserFactory.create(email="alice@example.org", roles=["editor"])
    lector, author = RoleFactory.create(code="lector"), RoleFactory.create(code="author")
    opened = form_values(two[0].get(page_url(alice)))

    assert at_once(
        looked_at(two[0], alice, opened | {"roles": [str(lector.pk)]}),
        looked_at(two[1], alice, opened | {"roles": [str(author.pk)]}),
    ) == [200, 302]
    assert list(alice.role_codes()) in (["lector"], ["author"])


def test_departments_that_are_moved_past_each_other_wait_for_each_other(two: list[Client]) -> None:
    for _turn in range(3):
        first, second = DepartmentFactory.create(), DepartmentFactory.create()
        under_second = form_values(two[0].get(page_url(first))) | {"parent": str(second.pk)}
        under_first = form_values(two[1].get(page_url(second))) | {"parent": str(first.pk)}

        assert at_once((two[0], first, under_second), (two[1], second, under_first)) == [200, 302]
