"""Lists of tables that grow without end: counted up to a bound, each page in as many statements."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from typing_extensions import override

from accounts.admin.acts import is_tenant_staff

#: How far rows are counted. Whoever needs one that comes later searches for it, or filters.
MOST_COUNTED = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg] # Django has no such subscript
    """Counts at most ``MOST_COUNTED`` rows, and finds those of a page by their keys.

    The rows are looked for once: a search that scans a table scans it for the count and the page together.
    """

    #: A lower bound, where rows are costly to find.
    most: int | None = None
    #: The rows without what was filtered and searched, of which the page's are read by their keys alone: with
    #: both, SQLite may go through all that the filter finds.
    unfiltered: QuerySet[Any] | None = None

    @property
    def _bound(self) -> int:
        return min(self.most or MOST_COUNTED, MOST_COUNTED)

    @cached_property
    def _keys(self) -> list[Any]:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment] # of lists of the admin, never else
        return list(rows.values_list("pk", flat=True)[: self._bound + 1])

    @cached_property
    @override
    def count(self) -> int:
        """Return how many rows there are, and at most the bound."""
        return min(len(self._keys), self._bound)

    @property
    def is_more(self) -> bool:
        """Tell whether there are more rows than were counted."""
        return len(self._keys) > self._bound

    @override
    def page(self, number: Any) -> Page[Any]:
        """Return the rows of a page, in one statement."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        return Page(self.rows(first, first + self.per_page), number, self)

    def rows(self, first: int, last: int) -> list[Any]:
        """Return the rows from ``first`` up to ``last``."""
        keys = self._keys[first : min(last, self._bound)]
        if not keys:
            return []
        rows: QuerySet[Any] = self.object_list if self.unfiltered is None else self.unfiltered  # type: ignore[assignment] # as above
        by_key = {row.pk: row for row in rows.order_by().filter(pk__in=keys)}
        # One that was deleted meanwhile is left out.
        return [by_key[key] for key in keys if key in by_key]


class Calendar:
    """The days that there may be rows of, for Django's date hierarchy, which asks for those that there are.

    It asks as it would a queryset; to find the days with rows among millions means to read them all.
    """

    def __init__(self, rows: QuerySet[Any], field: str, params: dict[str, Any]) -> None:
        self._rows, self._field, self._params = rows, field, params

    @cached_property
    def _span(self) -> tuple[datetime, datetime] | None:
        """Return the first moment and the last, each the end of an index: SQLite finds only one at a time."""
        rows = self._rows.order_by(self._field).values_list(self._field, flat=True)
        first, last = rows.first(), rows.reverse().first()
        return (timezone.localtime(first), timezone.localtime(last)) if first and last else None

    def aggregate(self, **_first_and_last: Any) -> dict[str, datetime | None]:
        """Return the first moment and the last."""
        first, last = self._span or (None, None)
        return {"first": first, "last": last}

    def datetimes(self, _field: str, kind: str) -> list[datetime]:
        """Return the years, or the months or days within the year or month that is chosen."""
        return list(dict.fromkeys(self._each(kind)))

    def _each(self, kind: str) -> Iterator[datetime]:
        if self._span is None:
            return
        first, last = self._span
        year, month = (self._chosen(name) for name in ("year", "month"))
        day = first.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
        end = last.replace(tzinfo=UTC)
        while day <= end:
            if year in {None, day.year} and (kind != "day" or month in {None, day.month}):
                yield day.replace(
                    day=1 if kind != "day" else day.day, month=1 if kind == "year" else day.month
                )
            day += timedelta(days=1)

    def _chosen(self, name: str) -> int | None:
        value = str(self._params.get(f"{self._field}__{name}", ""))
        return int(value) if value.isdecimal() else None


class LongList(ChangeList):
    """A list whose rows are counted and read by ``BoundedPaginator``."""

    paginator: Any
    result_list: Any

    @override
    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        if self.date_hierarchy:
            # Since when others have rows is not for the staff of a tenant.
            rows: QuerySet[Any] = self.root_queryset if is_tenant_staff(request) else QuerySet(self.model)
            # Nothing but the date hierarchy asks for it any more.
            self.queryset = Calendar(rows, str(self.date_hierarchy), self.params)

    @property
    def is_narrowed(self) -> bool:
        """Tell whether something was searched for or filtered by: there may be more rows than these."""
        # Those that begin with "_" say where the list is shown.
        return bool(self.query) or any(not name.startswith("_") for name in self.get_filters_params())

    @override
    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Order by the date where one was chosen: by another order, all later rows would be read first."""
        is_dated = self.date_hierarchy and f"{self.date_hierarchy}__year" in self.params
        if is_dated and ORDER_VAR not in self.params:
            return [f"-{self.date_hierarchy}", "-pk"]
        return list(super().get_ordering(request, queryset))

    @override
    def get_results(self, request: HttpRequest) -> None:
        """Read one page, and count."""
        paginator: Any = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        bounds = [bound for spec in self.filter_specs if (bound := getattr(spec, "most_counted", None))]
        paginator.most = min(bounds, default=None)
        paginator.unfiltered = self._unfiltered()
        self.result_count = paginator.count
        self.show_full_result_count = False
        # Where not all were counted, nobody is told how many there are.
        self.full_result_count = paginator.count if paginator.is_more else None
        self.show_admin_actions = self.result_count > 0
        self.can_show_all = self.result_count <= self.list_max_show_all
        self.multi_page = self.result_count > self.list_per_page
        self.paginator = paginator
        self.result_list = self._rows()
        self.model_admin.prepare_rows(request, self.result_list)  # type: ignore[attr-defined] # of ServiceModelAdmin

    def _unfiltered(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.root_queryset
        return rows if rows.query.select_related else self.apply_select_related(rows)

    def _rows(self) -> list[Any]:
        if self.show_all and self.can_show_all:
            return list(self.paginator.rows(0, self.result_count))
        try:
            return list(self.paginator.page(self.page_num if self.multi_page else 1).object_list)
        except InvalidPage as error:
            raise IncorrectLookupParameters from error
