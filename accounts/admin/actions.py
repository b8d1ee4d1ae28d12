"""The decorators of whatever changes something from a list or from the page of one row (ADR 0035).

Each makes the page that says what will happen and that has to be posted; a method under it is one service
call.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.admin.action_forms import ActionForm, BulkForm
from accounts.admin.acts import Act
from accounts.admin.bulk_changes import BulkChange, run_bulk_change
from accounts.admin.declarations import Declared, Kind, Sentence, as_permissions, declare, said_by
from accounts.admin.pages import serve_row
from accounts.admin.row_changes import RowChange, run_row_change

_Says = Sentence | Callable[[Any], Sentence]
#: Changes one row with the values of the form; tells whether the row was not so already.
ChangeOne = Callable[[Any, Any, dict[str, Any], Act], bool]
#: Changes the row; returns what the message says, or a page of its own.
ChangeRow = Callable[[Any, Any, dict[str, Any], Act], Sentence | HttpResponse]
BulkView = Callable[[Any, HttpRequest, QuerySet[Any]], TemplateResponse | None]
RowView = Callable[[Any, HttpRequest, str], HttpResponse]


def bulk_action(
    label: Sentence,
    *,
    permissions: Sequence[str],
    says: _Says,
    asks_password: bool | Callable[[Any], bool],
    shows_impact: bool = False,
    form_class: type[BulkForm] = BulkForm,
    told: Callable[[Any], object] = lambda row: row,
) -> Callable[[ChangeOne], BulkView]:
    """Decorate a method ``(self, row, chosen, act) -> bool`` of a ``ServiceModelAdmin``.

    Its class names it in ``actions``. ``told`` is what the page says of each row; ``shows_impact`` tells
    first what it does to the people of ``touched_by``.

    :raise ImproperlyConfigured: at import, without permissions or without a sentence
    """

    def decorate(change_one: ChangeOne) -> BulkView:
        name = change_one.__name__
        declared = Declared(
            name=name, kind=Kind.BULK, permissions=as_permissions(permissions), says=says or None
        )

        @admin.action(description=cast("Any", label))  # django-stubs want a Promise of their own
        @wraps(change_one)
        def act_on_rows(page: Any, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
            declared.require_permitted(request, page)
            bulk = BulkChange(
                action=name,
                title=label,
                explanation=said_by(says, page),
                change_one=lambda row, chosen, act: change_one(page, row, chosen, act),
                form_class=form_class,
                told=told,
                is_dangerous=asks_password(page) if callable(asks_password) else asks_password,
                shows_impact=shows_impact,
                touches=page.touched_by if shows_impact else lambda _request, _rows: None,
            )
            return run_bulk_change(page, request, queryset, bulk)

        declare(act_on_rows, declared)
        return act_on_rows

    return decorate


def row_action(  # noqa: PLR0913 - one keyword per thing that an action has to say of itself
    name: str,
    label: Sentence,
    *,
    permissions: Sequence[str],
    says: _Says,
    asks_password: bool | Callable[[Any], bool],
    shows_impact: bool = False,
    form_class: type[ActionForm] = ActionForm,
    told: Callable[[Any], Sentence] = lambda _row: "",
    returns_to: str = "change",
) -> Callable[[ChangeRow], RowView]:
    """Decorate a method ``(self, row, chosen, act) -> str | HttpResponse`` of a ``ServiceModelAdmin``.

    It is served below the row as ``<name>/``; its address is called ``<app>_<model>_<name>``, with ``_`` for
    ``-``.
    ``told`` is one sentence more about this row, and ``returns_to`` the page that is shown afterwards.

    :raise ImproperlyConfigured: at import, without permissions or without a sentence
    """

    def decorate(change_row: ChangeRow) -> RowView:
        declared = Declared(
            name=name,
            kind=Kind.ROW,
            permissions=as_permissions(permissions),
            says=says or None,
            route=f"<path:object_id>/{name}/",
        )

        def act_on_row(page: Any, request: HttpRequest, row: Any) -> HttpResponse:
            change = RowChange(
                title=label,
                explanation=said_by(says, page),
                told=told,
                change_row=lambda changed, chosen, act: change_row(page, changed, chosen, act),
                form_class=form_class,
                is_dangerous=asks_password(page) if callable(asks_password) else asks_password,
                shows_impact=shows_impact,
                returns_to=returns_to,
            )
            return run_row_change(page, request, row, change)

        return serve_row(wraps(change_row)(act_on_row), declared)

    return decorate
