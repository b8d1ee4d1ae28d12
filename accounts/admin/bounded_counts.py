"""Counts that stay quick however many rows there are: up to a bound, beyond which they say so."""

from typing import Any, Final

from django.db.models import IntegerField, QuerySet, Subquery
from django.utils.formats import number_format

#: So many rows are counted one by one.
COUNTED: Final = 1000


def first_keys(rows: QuerySet[Any], name: str = "pk") -> list[Any]:
    """Return the keys of the first rows, one more than are counted where there are more."""
    return list(rows.order_by().values_list(name, flat=True)[: COUNTED + 1])


class BoundedCount(Subquery):
    """How many rows a subquery finds, one more than are counted at most; for each row of a list."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) _counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[: COUNTED + 1])


def written_count(found: int) -> str:
    """Return how many keys were found, such as 12 or 1,000+."""
    return number_format(found) if found <= COUNTED else f"{number_format(COUNTED)}+"
