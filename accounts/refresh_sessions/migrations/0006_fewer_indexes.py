"""The foreign keys' own indexes go: others begin with the same column. Without building the table anew."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_OF_THEIR_OWN = {
    "refresh_sessions_refreshsession_user_id_017e5556": ("user_id", ""),
    "refresh_sessions_refreshsession_audience_id_25ae7fca": ("audience_id", ""),
    "refresh_sessions_refreshsession_audience_id_25ae7fca_like": ("audience_id", "varchar_pattern_ops"),
}


def drop(apps, schema_editor):
    for name in _OF_THEIR_OWN:
        schema_editor.execute(f'DROP INDEX IF EXISTS "{name}"')


def create(apps, schema_editor):
    for name, (column, kind) in _OF_THEIR_OWN.items():
        if not kind or schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f'CREATE INDEX "{name}" ON "refresh_sessions_refreshsession" ("{column}" {kind})'
            )


class Migration(migrations.Migration):
    dependencies = [
        ("refresh_sessions", "0005_indexes_of_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddIndex(
            model_name="refreshsession",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["audience", "-last_used_at", "-sid"],
                name="session_by_audience",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, create)],
            state_operations=[
                migrations.AlterField(
                    model_name="refreshsession",
                    name="user",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refresh_sessions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                migrations.AlterField(
                    model_name="refreshsession",
                    name="audience",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="audiences.audience",
                        to_field="code",
                        verbose_name="audience",
                    ),
                ),
            ],
        ),
    ]
