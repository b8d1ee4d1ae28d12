"""The one layer under every page of the admin: it writes through services, and audits instead of LogEntry."""

from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet, UUIDField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from typing_extensions import override

from accounts.admin.acts import Act, act_of, staff_of
from accounts.admin.carried_forms import is_going_back
from accounts.admin.history import events_about, render_history
from accounts.admin.impact.page import asks_before_saving, require_seen, watch_for
from accounts.admin.long_lists import BoundedPaginator, LongList
from accounts.admin.recent_password import asks_for_password, require_recent_password
from accounts.admin.refusals import REFUSALS, Refusal, add_refusal, sentences_of
from accounts.admin.tenancy import TenantScopedAdmin
from accounts.audit.models import AuditEvent
from accounts.explanations.impact.people import Touched

_REFUSAL = "authsite_refusal"
_WATCH = "authsite_impact_watch"
MAX_SEARCH_WORDS = 10


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg] # Django has no such subscript
    """A form whose values a service writes; it shows what the service refused."""

    refusal: ClassVar[Refusal | None] = None
    #: Whether it is only shown again as somebody typed it, and not to be saved.
    is_shown_again: ClassVar[bool] = False

    @override
    def is_valid(self) -> bool:
        """Tell whether the values may be saved."""
        return not self.is_shown_again and super().is_valid()

    @override
    def full_clean(self) -> None:
        """Add what the service refused when these very values were given to it."""
        super().full_clean()
        if self.is_bound and self.refusal is not None:
            add_refusal(self, self.refusal)


class ServiceModelAdmin(TenantScopedAdmin):
    """Pages over one model. Subclasses name the services that create and change a row.

    Nothing here saves a row: Django's own hooks that would are overridden, and what a subclass does
    not allow stays closed, for superusers too.
    """

    form = ServiceForm
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    list_max_show_all = 200
    view_on_site = False
    #: Which fields are written at creation only.
    written_once: ClassVar[tuple[str, ...]] = ("code",)
    #: What audit events call such a row.
    audit_kind: ClassVar[str] = ""

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

    def events_of(self, obj: Any) -> QuerySet[AuditEvent]:
        """Return what the History button shows."""
        return events_about(kind=self.audit_kind, pk=obj.pk)

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
        refusal: Refusal | None = getattr(request, _REFUSAL, None)
        if refusal is None and not is_going_back(request):
            return form_class
        so = {"refusal": refusal, "is_shown_again": is_going_back(request)}
        return cast("type[forms.ModelForm[Any]]", type(form_class.__name__, (form_class,), so))

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
        if request.method == "POST" and not self._selects_rows(request):
            self.message_user(request, _("Choose rows of this list."), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        try:
            return super().changelist_view(request, extra_context)
        except REFUSALS as refusal:
            if request.method != "POST":
                raise
            return self.back_with_refusal(request, refusal)

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
                pk.run_validators(pk.to_python(selected))
        except ValidationError:
            return False
        return True

    @override
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return what counts up to a bound."""
        return LongList

    # --- History: audit events instead of Django's LogEntry.

    @override
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override] # no LogEntry
        """Write nothing: the service wrote its audit event."""

    @override
    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override] # no LogEntry
        """Write nothing, as ``log_addition``."""

    @override
    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override] # no LogEntry
        """Write nothing, as ``log_addition``."""

    @override
    def construct_change_message(self, *args: Any, **kwargs: Any) -> list[dict[str, dict[str, list[str]]]]:
        """Say nothing: it would be for LogEntry."""
        return []

    @override
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the audit events of a row, most recent first."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            missing: HttpResponse = self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined] # Django's own way
                request, self.opts, object_id
            )
            return missing
        events = self.events_of(obj)
        staff = staff_of(request)
        if staff.tenant_id is not None:
            events = events.filter(tenant=staff.tenant_code)
        return render_history(self, request, obj, events, extra_context)

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
