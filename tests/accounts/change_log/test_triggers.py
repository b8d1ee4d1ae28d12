"""The triggers and migrations: dropped before, back after, and what they missed is for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import post_migrate, pre_migrate

from accounts.audiences.models import Audience, ContractClaim
from accounts.change_log.dialects import dialect_of
from accounts.change_log.models import ChangeEntry
from accounts.change_log.triggers import missing_triggers
from accounts.change_log.watches import WATCHED_TABLES
from accounts.keys.models import SigningKey
from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.models import RefreshSession
from tests.accounts.change_log.commits import written
from tests.accounts.journeys import start_session
from tests.factories import DepartmentFactory, TenantFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

#: A column of each watched table that a later migration might alter.
COLUMNS: list[tuple[type[models.Model], str]] = [
    (User, "name"),
    (User.roles.through, "role"),
    (Role, "label"),
    (Department, "label"),
    (Tenant, "label"),
    (Audience, "label"),
    (ContractClaim, "source"),
    (RefreshSession, "device_name"),
    (SigningKey, "state"),
]


class Plan:
    """What Django says of a migration before and after it."""

    def __init__(self, app_label: str) -> None:
        migration = type("Migration", (), {"app_label": app_label})()
        self.said: dict[str, Any] = {
            "app_config": apps.get_app_config("change_log"),
            "verbosity": 0,
            "interactive": False,
            "using": "default",
            "plan": [(migration, False)],
            "apps": apps,
        }

    def __enter__(self) -> None:
        pre_migrate.send(sender=self.said["app_config"], **self.said)

    def __exit__(self, *_error: object) -> None:
        post_migrate.send(sender=self.said["app_config"], **self.said)


@pytest.fixture
def rows() -> User:
    """Fill every watched table."""
    tenant = TenantFactory.create()
    department = DepartmentFactory.create(tenant=tenant, parent=DepartmentFactory.create(tenant=tenant))
    alice = UserFactory.create(roles=["admin", "editor"], tenant=tenant, department=department)
    start_session(alice)
    return alice


def contents(model: type[models.Model]) -> list[Any]:
    return list(model.objects.order_by("pk").values())  # type: ignore[attr-defined] # each has its own manager


@pytest.mark.parametrize(("model", "name"), COLUMNS, ids=lambda value: getattr(value, "__name__", value))
def test_column_of_a_watched_table_with_rows_is_altered(
    rows: User, model: type[models.Model], name: str
) -> None:
    before = contents(model)
    # As a migration knows it: without the mixins, whose fields ours leaves out.
    known: Any = MigrationLoader(connection).project_state().apps.get_model(model._meta.label)
    field: Any = known._meta.get_field(name)
    altered = field.clone()
    if isinstance(field, models.ForeignKey):
        altered = models.ForeignKey(field.related_model, on_delete=models.CASCADE, null=True)
    else:
        altered.max_length += 1
    altered.set_attributes_from_name(name)
    altered.model = known

    with Plan("accounts"):
        for old, new in ((field, altered), (altered, field)):
            with connection.schema_editor() as editor:
                editor.alter_field(known, old, new, strict=False)

    assert contents(model) == before
    assert missing_triggers() == []
    with written() as entries:
        User.objects.filter(pk=rows.pk).update(is_active=False)
    assert entries == [("sub", str(rows.pk), "-")]


def test_each_watched_table_is_altered_above() -> None:
    assert {model._meta.db_table for model, _name in COLUMNS} == set(WATCHED_TABLES)


def test_rows_that_a_migration_changes_are_taken_from_everybody(rows: User) -> None:
    with written() as entries, Plan("accounts"):
        User.objects.update(special_permissions=True)
        User.objects.update(special_permissions=False)

    assert entries == [("all", "", "-")]


def test_migration_of_another_app_leaves_the_triggers_alone(rows: User) -> None:
    with written() as entries, Plan("admin"):
        User.objects.update(is_active=False)

    assert entries == [("sub", str(rows.pk), "-")]


def test_migration_before_the_first_login_begins_with_an_empty_log() -> None:
    with written() as entries, Plan("accounts"):
        UserFactory.create()

    assert entries == []


def drop(some: int) -> None:
    dialect = dialect_of(connection)
    with connection.cursor() as cursor:
        for name, table in list(dialect.installed(connection).items())[:some]:
            for statement in dialect.drops(name, table):
                cursor.execute(statement)


def test_database_without_a_trigger_fails_a_check_until_it_is_migrated(rows: User) -> None:
    drop(1)
    errors = [error for error in run_checks(databases=["default"]) if error.id == "accounts.E006"]
    assert len(errors) == 1

    call_command("migrate", verbosity=0)

    assert missing_triggers() == []
    assert not [error for error in run_checks(databases=["default"]) if error.id == "accounts.E006"]
    latest = ChangeEntry.objects.latest("position")
    assert (latest.scope, latest.took_away) == ("all", True)


def test_migrating_backwards_and_forwards_again_leaves_the_triggers_in_place(rows: User) -> None:
    call_command("migrate", "refresh_sessions", "zero", verbosity=0)
    assert missing_triggers() == []

    call_command("migrate", verbosity=0)

    assert missing_triggers() == []
    assert User.objects.filter(pk=rows.pk).exists()
