"""The one layer under every page of the admin: it writes through services, and serves what is declared."""

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import DataError, NotSupportedError, transaction
from django.db.models import Model, QuerySet, UUIDField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from typing_extensions import override

from accounts.admin.acts import Act, act_of
from accounts.admin.audited_admin import AuditedAdmin
from accounts.admin.carried_forms import is_going_back
from accounts.admin.declarations import declared_of
from accounts.admin.declared_checks import DeclaredChecks
from accounts.admin.impact.page import asks_before_saving, require_seen, watch_for
from accounts.admin.long_lists import BoundedPaginator, LongList
from accounts.admin.pages import model_page, urls_of
from accounts.admin.recent_password import asks_for_password, require_recent_password
from accounts.admin.refusals import REFUSALS, Refusal, sentences_of
from accounts.admin.row_versions import VERSION, RowGuard
from accounts.admin.saved_filters import chips_for, serve_filters
from accounts.admin.service_form import ServiceForm
from accounts.explanations.impact.people import Touched

if TYPE_CHECKING:
    from django import forms

validate_no_nul = ProhibitNullCharactersValidator()
_REFUSAL = "authsite_refusal"
_WATCH = "authsite_impact_watch"
MAX_SEARCH_WORDS = 10


class ServiceModelAdmin(AuditedAdmin):
    """Pages over one model. Subclasses name the services that create and change a row.

    Nothing here saves a row: Django's own hooks that would are overridden, and what a subclass does
    not allow stays closed, for superusers too.
    """

    form = ServiceForm
    checks_class = DeclaredChecks
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    list_max_show_all = 200
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

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Add to the rows of one page of the list what is counted for them alone."""

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
    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer the actions that the person may do."""
        actions: dict[str, Any] = super().get_actions(request)
        return {name: action for name, action in actions.items() if self._may(action[0], request)}

    def _may(self, action: Any, request: HttpRequest) -> bool:
        """Tell whether the person may do an action; what is not declared nobody may."""
        declared = declared_of(action)
        return declared is not None and declared.is_permitted(request, self)

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
    @asks_before_saving
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, str] | None = None
    ) -> HttpResponse:
        """Show the list, or do what was chosen for the selected rows; a refusal is a message."""
        if any("\0" in value for values in request.GET.lists() for value in values[1]):
            return HttpResponseRedirect(request.path)  # PostgreSQL looks for no NUL
        for name in request.POST.getlist("action") if self.has_view_permission(request) else ():
            if name in (self.actions or ()) and not self._may(getattr(self, name), request):
                raise PermissionDenied
        if request.method == "POST" and not self._selects_rows(request):
            self.message_user(request, _("Choose rows of this list."), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        if request.method == "GET" and self.has_view_permission(request):
            extra_context = {**(extra_context or {}), **chips_for(self, request)}
        try:
            return super().changelist_view(request, extra_context)
        except REFUSALS as refusal:
            if request.method != "POST":
                raise
            return self.back_with_refusal(request, refusal)
        except (DataError, NotSupportedError, OverflowError, ValueError):
            # Somebody wrote into the address what no row can have, such as a year of five digits or of 40,
            # or asks what SQLite cannot answer.
            if request.method == "POST" or request.GET.keys() <= {ERROR_FLAG}:
                raise
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")

    @model_page("filters", permissions=["view"], says=_lazy("What you delete here is gone; the list is not."))
    def filters_view(self, request: HttpRequest) -> HttpResponse:
        """Save, rename, share and delete one's own filters of this list."""
        return serve_filters(self, request)

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse regular expressions, which no page offers: SQLite tries them in Python, one for ages."""
        return not lookup.endswith("regex") and super().lookup_allowed(lookup, value, request)

    def back_with_refusal(self, request: HttpRequest, refusal: Refusal) -> HttpResponseRedirect:
        """Say what was refused, and show the same page again."""
        for sentence in sentences_of(refusal):
            self.message_user(request, sentence, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def _selects_rows(self, request: HttpRequest) -> bool:
        pk = self.opts.pk
        assert pk is not None  # noqa: S101 - every table has one
        try:
            for selected in request.POST.getlist(ACTION_CHECKBOX_NAME):
                validate_no_nul(selected)
                pk.run_validators(pk.to_python(selected))
        except ValidationError:
            return False
        return True

    @override
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return what counts up to a bound."""
        return LongList

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Lock what is written once."""
        fields = [str(name) for name in super().get_readonly_fields(request, obj)]
        return fields + [name for name in self.written_once if obj is not None and name not in fields]

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search; a whole id, such as a token's ``sub`` or ``sid``, finds its row."""
        search_term = search_term.replace("\0", "")
        if isinstance(self.opts.pk, UUIDField) and is_uuid(search_term):
            return queryset.filter(pk=UUID(search_term)), False
        # Each word is a condition for each field, and SQLite refuses 1,000 of them.
        if len(search_term.split()) > MAX_SEARCH_WORDS:
            said = _("Search for at most %(limit)d words.") % {"limit": MAX_SEARCH_WORDS}
            self.message_user(request, said, messages.ERROR)
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)


def is_uuid(text: str) -> bool:
    """Tell whether a text is a whole id."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
