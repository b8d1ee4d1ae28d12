"""Counts that stay quick however many rows there are: up to a bound, beyond which they say so."""

from typing import Any, Final

from django.db.models import QuerySet
from django.utils.formats import number_format

#: So many rows are counted one by one.
COUNTED: Final = 1000


def first_keys(rows: QuerySet[Any], name: str = "pk") -> list[Any]:
    """Return the keys of the first rows, one more than are counted where there are more."""
    return list(rows.order_by().values_list(name, flat=True)[: COUNTED + 1])


def written_count(found: int) -> str:
    """Return how many keys were found, such as 12 or 1,000+."""
    return number_format(found) if found <= COUNTED else f"{number_format(COUNTED)}+"
