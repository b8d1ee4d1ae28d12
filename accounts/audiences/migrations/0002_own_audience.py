"""The user's own audience and contract, to the letter (design.md §4)."""

from datetime import timedelta
from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

CODE = "api-mi-aplicacion"
CONTRACT = (
    ("user_roles", "roles", True),
    ("custom_data.departamento", "department_code", True),
    ("custom_data.permisos_especiales", "special_permissions", True),
    ("tenant_id", "tenant_id", False),
)


def create(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the audience with its contract."""
    audience_model = apps.get_model("audiences", "Audience")
    claim_model = apps.get_model("audiences", "ContractClaim")
    audience = audience_model.objects.create(
        code=CODE, label="API mi aplicación", access_lifetime=timedelta(hours=8)
    )
    for position, (path, source, required) in enumerate(CONTRACT):
        claim_model.objects.create(
            audience=audience, position=position, path=path, source=source, required=required
        )


class Migration(migrations.Migration):
    """Reversing leaves the audience where sessions may refer to it."""

    dependencies: ClassVar = [("audiences", "0001_initial")]

    operations: ClassVar = [migrations.RunPython(create, migrations.RunPython.noop)]
