"""Indexes in which PostgreSQL finds a part of an address or of a name.

Where the extension pg_trgm is not there, or may not be created, people are searched for one by one, as on SQLite.
"""

from django.db import DatabaseError, migrations, transaction

_INDEXES = {"user_email_trigrams": "email", "user_name_trigrams": "name"}


def create_where_possible(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                for name, column in _INDEXES.items():
                    # As "icontains" asks.
                    cursor.execute(
                        f'CREATE INDEX "{name}" ON accounts_user USING gin (UPPER("{column}"::text) gin_trgm_ops)'
                    )
        except DatabaseError:
            return


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in _INDEXES:
            schema_editor.execute(f'DROP INDEX IF EXISTS "{name}"')


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_saved_filters")]
    operations = [migrations.RunPython(create_where_possible, drop)]
