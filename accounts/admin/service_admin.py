"""The one layer under every page of the admin: it writes through services, and serves what is declared."""

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from typing_extensions import override

from accounts.admin.acts import Act, act_of
from accounts.admin.carried_forms import is_going_back
from accounts.admin.declared_checks import DeclaredChecks
from accounts.admin.impact.page import asks_before_saving, require_seen, watch_for
from accounts.admin.listed_admin import ListedAdmin
from accounts.admin.pages import urls_of
from accounts.admin.recent_password import asks_for_password, require_recent_password
from accounts.admin.refusals import REFUSALS
from accounts.admin.row_versions import VERSION, RowGuard
from accounts.admin.service_form import ServiceForm
from accounts.explanations.impact.people import Touched

if TYPE_CHECKING:
    from django import forms

validate_no_nul = ProhibitNullCharactersValidator()
_REFUSAL = "authsite_refusal"
_WATCH = "authsite_impact_watch"


class ServiceModelAdmin(ListedAdmin):
    """Pages over one model. Subclasses name the services that create and change a row.

    Nothing here saves a row: Django's own hooks that would are overridden, and what a subclass does
    not allow stays closed, for superusers too.
    """

    form = ServiceForm
    checks_class = DeclaredChecks
    view_on_site = False
    #: Which fields are written at creation only.
    written_once: ClassVar[tuple[str, ...]] = ("code",)

    def create_by_service(self, *, chosen: dict[str, Any], instance: Any, act: Act) -> Model:
        """Create a row from the values of the form; return it."""
        raise NotImplementedError

    def change_by_service(self, *, pk: Any, chosen: dict[str, Any], act: Act) -> None:
        """Change a row; ``chosen`` holds only what differs from the stored values."""
        raise NotImplementedError

    def delete_by_service(self, *, pk: Any, act: Act) -> None:
        """Delete a row, where the model knows deletion at all."""
        raise NotImplementedError

    def is_dangerous(self, form: Any, *, change: bool) -> bool:  # noqa: ARG002 - for subclasses
        """Tell whether what the form changes asks for the password again."""
        return False

    def is_dangerous_below(self, formsets: Any, *, change: bool) -> bool:  # noqa: ARG002 - for subclasses
        """Tell the same of what belongs to the row."""
        return False

    def touched_by(self, request: HttpRequest, rows: QuerySet[Any]) -> Touched | None:  # noqa: ARG002 - for subclasses
        """Return whose tokens or rights a change of ``rows`` may alter; none where it alters nobody's."""
        return None

    @override
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row, if there is one that the person may see."""
        # PostgreSQL neither stores a NUL nor looks for one.
        return None if "\0" in object_id else super().get_object(request, object_id, from_field)

    # --- Writing.

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Write through the service, and watch from before what it does."""
        rows: QuerySet[Any] = QuerySet(self.model).filter(pk=obj.pk)
        watch = watch_for(request, self.touched_by(request, rows)) if change else None
        setattr(request, _WATCH, watch)
        self.write_row(request, obj, form, change=bool(change))

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Write what belongs to the row; keep it all if its impact was seen, and the password typed."""
        self.write_related(request, form, formsets, change=bool(change))
        require_seen(request, getattr(request, _WATCH))
        if self.is_dangerous(form, change=bool(change)) or self.is_dangerous_below(
            formsets, change=bool(change)
        ):
            require_recent_password(request)

    def write_row(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> None:
        """Create or change the row through its service."""
        act = act_of(request)
        if change:
            chosen = {name: form.cleaned_data[name] for name in form.changed_data}
            self.change_by_service(pk=obj.pk, chosen=chosen, act=act)
        else:
            created = self.create_by_service(chosen=form.cleaned_data, instance=obj, act=act)
            obj.pk = created.pk

    def write_related(self, request: HttpRequest, form: Any, formsets: Any, *, change: bool) -> None:
        """Write nothing: what belongs to a row is written with it, unless a subclass says otherwise."""

    @override
    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: Any) -> None:
        """Write nothing, as ``save_related``."""

    @override
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete through the service; deletion cannot be undone."""
        require_recent_password(request)
        self.delete_by_service(pk=obj.pk, act=act_of(request))

    @override
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete all or none, each through the service."""
        with transaction.atomic():
            for obj in queryset.order_by("pk"):
                self.delete_model(request, obj)

    @override
    def get_urls(self) -> list[URLPattern]:
        """Serve what is declared, before Django's own pages."""
        return [*urls_of(self), *super().get_urls()]

    @override
    @asks_before_saving
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Save in one transaction; a refusal leaves nothing written, and is shown in the form."""
        try:
            with transaction.atomic() if request.method == "POST" else nullcontext():
                if request.method == "POST" and object_id is not None:
                    self.lock(unquote(object_id))
                return super().changeform_view(request, object_id, form_url, extra_context)
        except REFUSALS as refusal:
            if request.method != "POST":
                raise
            setattr(request, _REFUSAL, refusal)
        return super().changeform_view(request, object_id, form_url, extra_context)

    @override
    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> "type[forms.ModelForm[Any]]":
        """Return the form, with what was refused a moment ago, or only to be shown again."""
        form_class = super().get_form(request, obj, change=change, **kwargs)
        so = {
            "refusal": getattr(request, _REFUSAL, None),
            "is_shown_again": is_going_back(request),
            "guard": None if obj is None else RowGuard(self, request),
        }
        return cast("type[forms.ModelForm[Any]]", type(form_class.__name__, (form_class,), so))

    @override
    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Show the form with the version of its row, hidden in the first fieldset."""
        adminform = context["adminform"]
        if VERSION in adminform.form.fields:
            (name, options), *rest = adminform.fieldsets
            adminform.fieldsets = [(name, options | {"fields": [*options["fields"], VERSION]}), *rest]
        return super().render_change_form(request, context, *args, **kwargs)

    def lock(self, pk: str) -> None:
        """Let nobody else write the row until this save is done, so that its version is compared in peace."""
        if "\0" in pk:
            return  # as in ``get_object``
        try:
            list(QuerySet(self.model).filter(pk=pk).select_for_update().values_list("pk"))
        except (ValidationError, ValueError):
            return  # no id of any row

    def below(self, obj: Any) -> dict[str, str]:  # noqa: ARG002 - for subclasses
        """Return what belongs to the row and is written with it, in words, by what it is called."""
        return {}

    @override
    @asks_for_password
    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Delete in one transaction; a refusal is a message."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except REFUSALS as refusal:
            return self.back_with_refusal(request, refusal)

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Lock what is written once."""
        fields = [str(name) for name in super().get_readonly_fields(request, obj)]
        return fields + [name for name in self.written_once if obj is not None and name not in fields]
