"""Filters of a list that somebody saved: as chips above the list, and on a page to rename and delete them."""

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.acts import act_of, staff_of
from accounts.models import SavedFilter
from accounts.models.saved_filters import MAX_QUERY
from accounts.services.saved_filters import change_filter, delete_filter, save_filter

if TYPE_CHECKING:
    from accounts.admin.listed_admin import ListedAdmin

_OF_LISTS: Final = {SEARCH_VAR, ORDER_VAR}
#: Values of one list; beyond it somebody is trying something out.
_MOST_VALUES: Final = 40
_MOST_DIGITS: Final = 18


def chips_for(page: "ListedAdmin", request: HttpRequest) -> dict[str, Any]:
    """Return what the list shows: the filters saved for it, and the query that could be. One query."""
    current = own_query(page, request, request.GET.urlencode())
    saved = SavedFilter.objects.seen_by(staff_of(request)).filter(list_name=_name(page))
    return {
        "saved_filters": [(each, each.query == current, each.owner_id == request.user.pk) for each in saved],
        "query_to_save": current,
        "filters_url": _url(page, "filters"),
    }


def own_query(page: "ListedAdmin", request: HttpRequest, query: str) -> str:
    """Return what of a query string is this list's own: filters, search and order. Nothing else is kept."""
    try:
        given = QueryDict(query[: 2 * MAX_QUERY].encode("utf-8", "replace"))
    except (ValueError, ValidationError):
        return ""
    kept = QueryDict(mutable=True)
    parameters = _parameters(page, request)
    for name, values in list(given.lists())[:_MOST_VALUES]:
        if name in parameters or _is_lookup(page, request, name, values):
            kept.setlist(name, [value for value in values if value][:_MOST_VALUES])
    text = kept.urlencode()
    return text if len(text) <= MAX_QUERY else ""


def serve_filters(page: "ListedAdmin", request: HttpRequest) -> HttpResponse:
    """Show one's own filters of this list, and save, change or delete one where that was sent."""
    if request.method == "POST":
        return _do(page, request)
    own = SavedFilter.objects.filter(owner=staff_of(request), list_name=_name(page))
    context = {
        **page.admin_site.each_context(request),
        "title": _("Saved filters"),
        "subtitle": None,
        "own": own,
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/saved_filters.html", context)


def _do(page: "ListedAdmin", request: HttpRequest) -> HttpResponse:
    does = {"delete": _delete, "change": _change}.get(request.POST.get("do", ""), _save)
    # One's own pages of this very list, and nothing that was sent.
    target = _url(page, "changelist" if does is _save else "filters")
    try:
        said = does(page, request)
    except ValidationError as error:
        for sentence in error.messages:
            page.message_user(request, sentence, messages.ERROR)
    else:
        page.message_user(request, said, messages.SUCCESS)
    query = own_query(page, request, request.POST.get("query", "")) if does is _save else ""
    return HttpResponseRedirect(f"{target}?{query}" if query else target)


def _save(page: "ListedAdmin", request: HttpRequest) -> str:
    save_filter(
        owner=staff_of(request),
        list_name=_name(page),
        name=request.POST.get("name", ""),
        query=own_query(page, request, request.POST.get("query", "")),
        is_shared="is_shared" in request.POST,
        now=act_of(request).now,
    )
    return _("The filter is saved.")


def _change(page: "ListedAdmin", request: HttpRequest) -> str:
    change_filter(
        owner=staff_of(request),
        pk=_sent_pk(request),
        list_name=_name(page),
        name=request.POST.get("name", ""),
        is_shared="is_shared" in request.POST,
    )
    return _("The filter is changed.")


def _delete(page: "ListedAdmin", request: HttpRequest) -> str:
    delete_filter(owner=staff_of(request), pk=_sent_pk(request), list_name=_name(page))
    return _("The filter is deleted.")


def _sent_pk(request: HttpRequest) -> int:
    """Return the number of the row; one that there is not, where it is no number."""
    sent = request.POST.get("filter", "")
    return int(sent) if sent.isdecimal() and len(sent) <= _MOST_DIGITS else 0


def _parameters(page: "ListedAdmin", request: HttpRequest) -> set[str]:
    """Return the names that the list's own filters read, and those of every list."""
    names = set(_OF_LISTS)
    for each in page.get_list_filter(request):
        if isinstance(each, type) and issubclass(each, SimpleListFilter):
            names.add(str(each.parameter_name))
    return names


def _is_lookup(page: "ListedAdmin", request: HttpRequest, name: str, values: list[Any]) -> bool:
    """Tell whether a name is a lookup of a field that the list itself would follow."""
    if name.startswith("_") or not name.replace("_", "").isalnum():
        return False
    fields = {field.name for field in page.opts.get_fields()}
    if name.split("__", maxsplit=1)[0] not in fields:
        return False
    return bool(page.lookup_allowed(name, str(values[0]) if values else "", request))


def _name(page: "ListedAdmin") -> str:
    return str(page.opts.label_lower)


def _url(page: "ListedAdmin", name: str) -> str:
    return reverse(f"{page.admin_site.name}:{page.opts.app_label}_{page.opts.model_name}_{name}")
