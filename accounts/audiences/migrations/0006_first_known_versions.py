"""The contracts of now as the first versions that are known; when they began nobody wrote down."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone


def keep(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the version of each audience that has none."""
    version_model = apps.get_model("audiences", "ContractVersion")
    for audience in apps.get_model("audiences", "Audience").objects.filter(contract_versions=None):
        version_model.objects.create(
            audience=audience,
            version=audience.contract_version,
            created_at=timezone.now(),
            rows=list(audience.contract_claims.order_by("position", "id").values("path", "source", "required")),
        )


class Migration(migrations.Migration):
    """Reversing leaves the rows, whose table goes with the migration before."""

    dependencies: ClassVar = [("audiences", "0005_access_encryption_and_versions")]

    operations: ClassVar = [migrations.RunPython(keep, migrations.RunPython.noop)]
