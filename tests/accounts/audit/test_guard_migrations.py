"""The guard and migrations: dropped before, back after, and missed at start-up."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import IntegrityError, connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import post_migrate, pre_migrate

from accounts.audit.guard import GUARD, dialect_of
from accounts.audit.models import AuditEvent, AuditSeal
from authsite.startup import exit_if_unfit_to_serve
from tests.accounts.audit.sealed_log import happen, seal, sql

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

IS_POSTGRESQL = connection.vendor == "postgresql"


def rows_of(model: type[models.Model]) -> list[Any]:
    return list(model.objects.order_by("pk").values())  # type: ignore[attr-defined] # each has its own manager


@pytest.mark.parametrize(("model", "name"), [(AuditEvent, "type"), (AuditSeal, "mac")])
def test_column_of_a_table_with_rows_is_altered(model: type[models.Model], name: str) -> None:
    happen(3)
    seal()
    before = rows_of(model)
    known: Any = MigrationLoader(connection).project_state().apps.get_model(model._meta.label)
    field: Any = known._meta.get_field(name)
    altered = field.clone()
    altered.max_length += 1
    altered.set_attributes_from_name(name)
    altered.model = known
    plan = [(type("Migration", (), {"app_label": "audit"})(), False)]
    sent: dict[str, Any] = {
        "app_config": apps.get_app_config("audit"),
        "verbosity": 0,
        "interactive": False,
        "using": "default",
        "plan": plan,
        "apps": apps,
    }

    pre_migrate.send(sender=sent["app_config"], **sent)
    for old, new in ((field, altered), (altered, field)):
        with connection.schema_editor() as editor:
            editor.alter_field(known, old, new, strict=False)
    post_migrate.send(sender=sent["app_config"], **sent)

    assert rows_of(model) == before
    assert GUARD.missing() == []
    with pytest.raises(IntegrityError):
        sql("DELETE FROM audit_auditevent")


def test_database_without_a_guard_fails_a_check_until_it_is_migrated() -> None:
    name, table = next(iter(dialect_of(connection).installed(connection).items()))
    for statement in dialect_of(connection).drops(name, table):
        sql(statement)
    assert [error.id for error in run_checks(databases=["default"])] == ["audit.W001"]
    with pytest.raises(SystemExit, match=r"audit\.W001"):
        exit_if_unfit_to_serve()

    call_command("migrate", verbosity=0, skip_checks=False)

    assert not run_checks(databases=["default"])


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite disables no trigger")
def test_a_disabled_trigger_is_a_missing_one() -> None:
    name, table = next(iter(dialect_of(connection).installed(connection).items()))

    sql(f"ALTER TABLE {table} DISABLE TRIGGER {name}")

    assert GUARD.missing() == [name]
    GUARD.install()
    assert GUARD.missing() == []


def test_flush_is_refused() -> None:
    happen(1)
    statements = connection.ops.sql_flush(no_style(), ["audit_auditevent"])

    with pytest.raises(IntegrityError):
        sql("; ".join(statements).rstrip(";"))


def test_migrating_backwards_and_forwards_again_leaves_the_guard_in_place() -> None:
    happen(1)
    call_command("migrate", "audit", "0001", verbosity=0)
    assert dialect_of(connection).installed(connection) == {}

    call_command("migrate", verbosity=0)

    assert GUARD.missing() == []
