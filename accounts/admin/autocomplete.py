"""Autocomplete that survives garbage: Django's own raises when a form is shown again with a wrong id."""

from typing import Any

from django.contrib.admin import widgets
from django.core.exceptions import ValidationError


class _KnownValuesOnly:
    """Leaves out values that cannot be ids of the related rows."""

    field: Any

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Return the chosen rows; the form says beside them what was wrong."""
        return super().optgroups(name, [chosen for chosen in value if self._may_be_id(chosen)], attr)  # type: ignore[misc] # a mixin over a widget

    def _may_be_id(self, chosen: Any) -> bool:
        try:
            self.field.remote_field.model._meta.pk.to_python(chosen)
        except (ValidationError, ValueError, TypeError):
            return False
        return True


class AutocompleteSelect(_KnownValuesOnly, widgets.AutocompleteSelect):
    """One row."""


class AutocompleteSelectMultiple(_KnownValuesOnly, widgets.AutocompleteSelectMultiple):
    """Several rows."""
