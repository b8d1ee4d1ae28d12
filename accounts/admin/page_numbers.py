"""Numbers in addresses: where a part of a page goes on. Nothing is counted."""

from typing import Final

from django.http import HttpRequest

#: Far behind it every row before would be read to be left out.
MAX_PAGE: Final = 500


def page_number(request: HttpRequest) -> int:
    """Return which page ``?page=`` asks for, the first where that is no number."""
    return max(typed_number(request.GET.get("page", ""), at_most=MAX_PAGE) or 1, 1)


def typed_number(typed: str, *, at_most: int) -> int | None:
    """Return the number that was typed, or none where it is none or larger."""
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= len(str(at_most))
    return int(typed) if is_number and int(typed) <= at_most else None
