"""The admin permissions of a role as a grid: a row for each kind of thing, a column for what may be done."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

if TYPE_CHECKING:
    from django.contrib.auth.models import Permission

#: Django's four, in the order of the columns.
_ACTS = {"view": _("See"), "add": _("Add"), "change": _("Change"), "delete": _("Delete")}


class PermissionGrid(forms.CheckboxSelectMultiple):
    """Checkboxes named by kind and act, in the reader's language: Django's own labels are English only.

    A permission that is none of Django's four, such as one given by other ways, stands below the grid by
    its own name.
    """

    template_name = "admin/permission_grid.html"

    @override
    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return Django's context, and the grid as ``rows`` and ``others``."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        # By the kind and not by its title alone: two may be called the same.
        rows: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
        others = []
        for _group, options, _index in context["widget"]["optgroups"]:
            for option in options:
                permission: Permission = option["value"].instance
                act, _sign, model = permission.codename.partition("_")
                kind = permission.content_type.model_class()
                if kind is None or act not in _ACTS or model != kind._meta.model_name:
                    others.append(option)
                    continue
                title = capfirst(str(kind._meta.verbose_name_plural))
                rows[title, permission.content_type_id][act] = option
        acts = [act for act in _ACTS if any(act in found for found in rows.values())]
        context["acts"] = [_ACTS[act] for act in acts]
        context["rows"] = [
            (title, [(_ACTS[act], rows[title, pk].get(act)) for act in acts]) for title, pk in sorted(rows)
        ]
        context["others"] = others
        return context
