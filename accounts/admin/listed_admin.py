"""The lists of the admin: counted up to a bound, searched by words or a whole id, their filters saved."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import DataError, NotSupportedError
from django.db.models import QuerySet, UUIDField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from typing_extensions import override

from accounts.admin.audited_admin import AuditedAdmin
from accounts.admin.declarations import declared_of
from accounts.admin.impact.page import asks_before_saving
from accounts.admin.long_lists import BoundedPaginator, LongList
from accounts.admin.pages import model_page
from accounts.admin.refusals import REFUSALS, Refusal, sentences_of
from accounts.admin.saved_filters import chips_for, serve_filters

validate_no_nul = ProhibitNullCharactersValidator()
MAX_SEARCH_WORDS: Final = 10


class ListedAdmin(AuditedAdmin):
    """Pages whose list stays fast with very many rows, and answers garbage in its address with a list."""

    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    list_max_show_all = 200

    @override
    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer the actions that the person may do."""
        actions: dict[str, Any] = super().get_actions(request)
        return {name: action for name, action in actions.items() if self._may(action[0], request)}

    def _may(self, action: Any, request: HttpRequest) -> bool:
        """Tell whether the person may do an action; what is not declared nobody may."""
        declared = declared_of(action)
        return declared is not None and declared.is_permitted(request, self)

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Add to the rows of one page of the list what is counted for them alone."""

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
