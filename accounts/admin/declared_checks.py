"""Start-up checks: the admin serves Django's own pages and what is declared, and nothing else (ADR 0035)."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.checks import ModelAdminChecks
from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver
from django.views.generic import RedirectView
from typing_extensions import override

from accounts.admin.declarations import declared_of

#: Django's own views of a model; ours are declared.
_OF_MODELS: Final = frozenset({"changelist_view", "add_view", "history_view", "delete_view", "change_view"})
#: Django's own addresses of the site, by name; finding asks each list who may see it.
_OF_THE_SITE: Final = frozenset(
    {
        "index",
        "login",
        "logout",
        "password_change",
        "password_change_done",
        "autocomplete",
        "jsi18n",
        "view_on_site",
        "app_list",
        "language",
        "find",
    }
)


class DeclaredChecks(ModelAdminChecks):
    """Refuses actions and addresses of a model's pages that no decorator of ours declares."""

    @override
    def check(self, admin_obj: Any, **kwargs: Any) -> list[CheckMessage]:
        """Return Django's findings and ours."""
        return [
            *super().check(admin_obj, **kwargs),
            *self._undeclared_actions(admin_obj),
            *undeclared_pages(admin_obj.get_urls(), served_by=admin_obj),
        ]

    def _undeclared_actions(self, page: Any) -> Iterator[CheckMessage]:
        for action, name, _label in page._get_base_actions():  # noqa: SLF001 - as Django's own checks
            if declared_of(action) is None:
                yield Error(
                    f"The action {name!r} declares neither who may do it nor what it says before.",
                    hint="Decorate it with accounts.admin.actions.bulk_action.",
                    obj=type(page),
                    id="accounts.E020",
                )


def undeclared_pages(patterns: Iterable[URLPattern], *, served_by: Any) -> Iterator[CheckMessage]:
    """Yield an error for each address of a model's pages that is neither Django's own nor declared."""
    for pattern in patterns:
        view = pattern.callback
        if getattr(view, "csrf_exempt", False) or not (declared_of(view) or _is_djangos(view)):
            yield Error(
                f"The page {pattern.pattern} declares neither who may open it nor what it changes.",
                hint="Decorate it with accounts.admin.pages.row_page or model_page, or actions.row_action.",
                obj=type(served_by),
                id="accounts.E021",
            )


def check_site(site: admin.AdminSite) -> Iterator[CheckMessage]:
    """Yield an error for each undeclared address of the site itself, and for each page off the layer."""
    for page in site._registry.values():  # noqa: SLF001 - no public way
        if not issubclass(page.checks_class, DeclaredChecks):
            yield Error(
                "A page of the admin is no ServiceModelAdmin: it would write round the services.",
                obj=type(page),
                id="accounts.E022",
            )
    for pattern in site.get_urls():
        if isinstance(pattern, URLResolver):
            continue  # the pages of the models
        view = pattern.callback
        is_djangos = pattern.name in _OF_THE_SITE or _name_of(view) == "catch_all_view"
        if getattr(view, "csrf_exempt", False) or not (is_djangos or declared_of(view)):
            yield Error(
                f"The page {pattern.pattern} declares neither who may open it nor what it changes.",
                hint="Decorate it with accounts.admin.pages.site_page.",
                obj=type(site),
                id="accounts.E023",
            )


def _is_djangos(view: Any) -> bool:
    """Tell whether this is one of Django's own views of a model, or the redirect of its old addresses."""
    wrapped = getattr(view, "__wrapped__", view)
    if getattr(wrapped, "__self__", None) is not None:
        return _name_of(view) in _OF_MODELS
    return getattr(wrapped, "view_class", None) is RedirectView


def _name_of(view: Any) -> str:
    return getattr(getattr(view, "__wrapped__", view), "__name__", "")
