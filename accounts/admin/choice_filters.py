"""Filters of lists that offer only what the person may see."""

from typing import Any

from django.contrib.admin import RelatedFieldListFilter
from django.http import HttpRequest
from typing_extensions import override


class VisibleChoicesFilter(RelatedFieldListFilter):
    """Narrows a list by a related row; staff of a tenant are not told of other tenants' rows."""

    @override
    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the rows that the related page would list."""
        related = model_admin.admin_site.get_model_admin(field.remote_field.model)
        return [(row.pk, str(row)) for row in related.get_queryset(request)]
