"""Whatever closes an audience to somebody, or its encryption, is in the log, by whatever path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.audiences.encryption_keys import register_encryption_key, revoke_encryption_key
from accounts.audiences.models import AccessRule, Audience, EncryptionKey
from accounts.audiences.services import change_audience
from accounts.models import Department, Role
from tests.accounts.audiences.jwks import KEYS
from tests.accounts.change_log.commits import sql, written
from tests.accounts.journeys import NOW, SYSTEM
from tests.factories import DepartmentFactory, RoleFactory

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reports(db: None) -> Audience:
    """Return an audience whose tokens say nothing, that is open to one role and one department."""
    audience = Audience.objects.create(code="reports", label="Reports")
    AccessRule.objects.create(audience=audience, role=RoleFactory.create(code="editor"))
    AccessRule.objects.create(audience=audience, department=DepartmentFactory.create(code="compras"))
    register_encryption_key(audience_id=audience.pk, jwk=KEYS["EC"], actor=SYSTEM, now=NOW)
    return audience


def audience() -> Audience:
    return Audience.objects.get(code="reports")


def role(code: str) -> Role:
    return RoleFactory.create(code=code)


CLOSING: dict[str, tuple[Callable[[], object], list[tuple[str, str, str]]]] = {
    "rules by the service": (
        lambda: change_audience(audience_id=audience().pk, open_to_roles=[role("x")], actor=SYSTEM, now=NOW),
        [("aud", "reports", "-")],
    ),
    "rule created": (
        lambda: AccessRule.objects.create(audience=audience(), role=role("x")),
        [("aud", "reports", "-")],
    ),
    "rules in bulk": (
        lambda: AccessRule.objects.bulk_create([AccessRule(audience=audience(), role=role("x"))]),
        [("aud", "reports", "-")],
    ),
    "rule changed": (
        lambda: AccessRule.objects.exclude(role=None).update(role=role("x")),
        [("aud", "reports", "-")],
    ),
    "rules deleted, by raw SQL": (
        lambda: sql("DELETE FROM audiences_accessrule"),
        [("aud", "reports", "-")],
    ),
    "its role retired": (
        lambda: Role.objects.filter(code="editor").update(retired_at=NOW),
        [("role", "editor", "-"), ("aud", "reports", "-")],
    ),
    "its department retired": (
        lambda: Department.objects.filter(code="compras").update(retired_at=NOW),
        [("department", "compras", "-"), ("aud", "reports", "-")],
    ),
    "another role retired": (
        lambda: Role.objects.filter(pk=role("other").pk).update(retired_at=NOW),
        [("role", "other", "-")],
    ),
    "encrypted from now on": (
        lambda: Audience.objects.filter(code="reports").update(is_encrypted=True),
        [("aud", "reports", "-")],
    ),
    "key replaced": (
        lambda: register_encryption_key(audience_id=audience().pk, jwk=KEYS["RSA"], actor=SYSTEM, now=NOW),
        [],
    ),
    "key revoked": (
        lambda: revoke_encryption_key(kid=KEYS["EC"]["kid"], actor=SYSTEM, now=NOW),
        [("aud", "reports", "-")],
    ),
    "key deleted": (lambda: EncryptionKey.objects.all().delete(), [("aud", "reports", "-")]),
    "key of another audience now": (
        lambda: EncryptionKey.objects.update(audience=Audience.objects.exclude(code="reports").get()),
        [("aud", "reports", "-")],
    ),
    "budget and label": (lambda: Audience.objects.update(max_token_bytes=4096, label="New"), []),
}


@pytest.mark.parametrize("what", CLOSING)
def test_what_closes_is_taken_from_the_audience(what: str) -> None:
    change, expected = CLOSING[what]

    with written() as entries:
        change()

    assert sorted(entries) == sorted(expected)
