"""The triggers and migrations: dropped before, back after, and what they missed is for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import post_migrate, pre_migrate

from accounts.audiences.models import AccessRule, Audience, ContractClaim, EncryptionKey
from accounts.change_log.dialects import dialect_of
from accounts.change_log.models import ChangeEntry
from accounts.change_log.triggers import missing_triggers
from accounts.change_log.watches import WATCHED_TABLES
from accounts.keys.models import SigningKey
from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.models import RefreshSession
from authsite.startup import exit_if_unfit_to_serve
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
    (AccessRule, "role"),
    (EncryptionKey, "state"),
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

    assert entries == [("paused", "", "-"), ("all", "", "-")]


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


def warnings() -> list[str]:
    return [str(each.id) for each in run_checks(databases=["default"]) if each.id == "accounts.W006"]


def test_database_without_a_trigger_is_not_served_until_it_is_migrated(rows: User) -> None:
    drop(1)
    assert warnings() == ["accounts.W006"]
    with pytest.raises(SystemExit, match=r"accounts\.W006"):
        exit_if_unfit_to_serve()

    call_command("migrate", verbosity=0, skip_checks=False)  # as from the command line

    assert missing_triggers() == []
    assert warnings() == []
    latest = ChangeEntry.objects.latest("position")
    assert (latest.scope, latest.took_away) == ("all", True)


class Broken(migrations.RunPython):
    """A migration that fails after it has changed somebody."""

    def __init__(self) -> None:
        super().__init__(self.fail)

    @staticmethod
    def fail(*_args: object) -> None:
        """Change everybody, and fail."""
        User.objects.update(special_permissions=False)
        raise RuntimeError("this migration fails")


def test_migration_that_fails_leaves_the_triggers_in_place(
    rows: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = MigrationLoader.build_graph

    def with_a_broken_one(self: Any) -> None:
        loaded(self)
        key = ("accounts", "9999_broken")
        made = type("Migration", (migrations.Migration,), {"operations": [Broken()]})
        broken = made(key[1], key[0])
        (leaf,) = self.graph.leaf_nodes("accounts")
        self.disk_migrations[key] = broken
        self.graph.add_node(key, broken)
        self.graph.add_dependency(broken, key, leaf)

    monkeypatch.setattr(MigrationLoader, "build_graph", with_a_broken_one)

    with written() as entries, pytest.raises(RuntimeError, match="fails"):
        call_command("migrate", verbosity=0)

    assert missing_triggers() == []
    assert entries == [("paused", "", "-"), ("all", "", "-")]


def test_migrating_backwards_and_forwards_again_leaves_the_triggers_in_place(rows: User) -> None:
    call_command("migrate", "refresh_sessions", "zero", verbosity=0)
    assert missing_triggers() == []

    call_command("migrate", verbosity=0)

    assert missing_triggers() == []
    assert User.objects.filter(pk=rows.pk).exists()


def test_going_back_to_an_earlier_release_leaves_no_trigger_that_it_could_not_have(rows: User) -> None:
    call_command("migrate", "audiences", "0004", verbosity=0)
    try:
        assert dialect_of(connection).installed(connection) == {}
        User.objects.filter(pk=rows.pk).update(name="Ann")
    finally:
        call_command("migrate", verbosity=0)

    assert missing_triggers() == []
