"""Who sees and writes what: people of a tenant only its own rows, and what belongs to everybody never."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import ForeignKey, ManyToManyField, QuerySet
from django.http import HttpRequest
from typing_extensions import override

from accounts.admin.acts import is_tenant_staff, staff_of
from accounts.admin.autocomplete import AutocompleteSelect, AutocompleteSelectMultiple

if TYPE_CHECKING:
    from django import forms


class TenantScopedAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # Django has no such subscript
    """Pages that hold to design.md §4, "Who may what", for lists, choices and single rows alike."""

    #: Whether people of a tenant write such rows; not where they belong to everybody.
    tenants_write: ClassVar[bool] = False

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that the person may see at all: lists, pages, choices and autocompletion."""
        queryset = super().get_queryset(request)
        # Rows that belong to everybody, such as roles, have no such question.
        visible_to = getattr(queryset, "visible_to", None)
        visible: QuerySet[Any] = visible_to(staff_of(request)) if visible_to else queryset
        return visible

    def _may_write(self, request: HttpRequest) -> bool:
        """Tell whether rows of this kind may be written by people like this one (design.md §4)."""
        return self.tenants_write or not is_tenant_staff(request)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may create such rows."""
        return self._may_write(request) and super().has_add_permission(request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the person may change such rows."""
        return self._may_write(request) and super().has_change_permission(request, obj)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the person may delete such rows: mostly nobody may, they are retired."""
        return (
            "delete" in self.opts.default_permissions
            and self._may_write(request)
            and super().has_delete_permission(request, obj)
        )

    @override
    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "forms.ModelChoiceField[Any] | None":
        """Offer only rows that the person may see."""
        kwargs.setdefault("queryset", self.choices_of(db_field, request))
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", AutocompleteSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @override
    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "forms.ModelMultipleChoiceField[Any] | None":
        """Offer only rows that the person may see."""
        kwargs.setdefault("queryset", self.choices_of(db_field, request))
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", AutocompleteSelectMultiple(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def choices_of(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that ``db_field`` may point at."""
        related = db_field.remote_field.model
        if not self.admin_site.is_registered(related):
            return QuerySet(related).all()
        return self.admin_site.get_model_admin(related).get_queryset(request)
