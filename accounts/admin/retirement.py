"""Retiring and restoring: what roles, departments, tenants and audiences have instead of deletion."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.actions import bulk_action, row_action
from accounts.admin.acts import Act
from accounts.admin.service_admin import ServiceModelAdmin


class InForceFilter(admin.SimpleListFilter):
    """Narrows a list to what is in force, or to what is retired."""

    title = _("state")
    parameter_name = "state"

    @override
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two states."""
        return [("in-force", _("in force")), ("retired", _("retired"))]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows in the chosen state."""
        match self.value():
            case "in-force":
                return queryset.filter(retired_at__isnull=True)
            case "retired":
                return queryset.filter(retired_at__isnull=False)
            case _:
                return queryset


class RetirableAdmin(ServiceModelAdmin):
    """Pages over a model whose rows are retired and restored by actions."""

    actions = ("retire_selected", "restore_selected")
    retirement_explained: str | Promise = ""
    retirement_is_dangerous: ClassVar[bool] = False

    def retire_by_service(self, *, pk: Any, act: Act) -> None:
        """Retire a row."""
        raise NotImplementedError

    def restore_by_service(self, *, pk: Any, act: Act) -> None:
        """Restore a row."""
        raise NotImplementedError

    @admin.display(description=_("in force"), boolean=True, ordering="retired_at")
    def in_force(self, obj: Any) -> bool:
        """Tell whether the row is in force."""
        return obj.retired_at is None

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Lock the moment of retirement: the actions set it."""
        return [*super().get_readonly_fields(request, obj), "retired_at"]

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Say when a row was retired, where it was."""
        fields = super().get_fields(request, obj)
        return [name for name in fields if name != "retired_at" or getattr(obj, "retired_at", None)]

    @override
    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field; whoever chooses a code is told for how long."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "code":
            field.help_text = _("Stands in tokens, and cannot be changed later. Lower case, without spaces.")
        return field

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search; autocompletion offers nothing retired, since nobody may be given it."""
        found, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        match_ = request.resolver_match
        if match_ is not None and match_.url_name == "autocomplete":
            found = found.filter(retired_at__isnull=True)
        return found, may_have_duplicates

    @bulk_action(
        _("Retire"),
        permissions=["change"],
        says=lambda page: page.retirement_explained,
        shows_impact=True,
        asks_password=lambda page: page.retirement_is_dangerous,
    )
    def retire_selected(self, row: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """Retire the selected rows."""
        self.retire_by_service(pk=row.pk, act=act)
        return row.retired_at is None

    @bulk_action(
        _("Restore"),
        permissions=["change"],
        says=_("They will be in force again, and be said in tokens again."),
        shows_impact=True,
        asks_password=False,
    )
    def restore_selected(self, row: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """Put the selected rows in force again."""
        self.restore_by_service(pk=row.pk, act=act)
        return row.retired_at is not None

    @row_action(
        "retire",
        _("Retire"),
        permissions=["change"],
        says=lambda page: page.retirement_explained,
        shows_impact=True,
        asks_password=lambda page: page.retirement_is_dangerous,
    )
    def retire_view(self, row: Any, _chosen: dict[str, Any], act: Act) -> str:
        """Retire one row, from its page."""
        self.retire_by_service(pk=row.pk, act=act)
        return _now_("%s is retired.") % str(row)

    @row_action(
        "restore",
        _("Restore"),
        permissions=["change"],
        says=_("It will be in force again, and be said in tokens again."),
        shows_impact=True,
        asks_password=False,
    )
    def restore_view(self, row: Any, _chosen: dict[str, Any], act: Act) -> str:
        """Put one row in force again, from its page."""
        self.restore_by_service(pk=row.pk, act=act)
        return _now_("%s is in force again.") % str(row)
