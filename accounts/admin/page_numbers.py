"""Pages of a part of a page, by ``?page=`` in its address; nothing is counted."""

from typing import Final

from django.http import HttpRequest

#: Far behind it every row before would be read to be left out.
MAX_PAGE: Final = 500


def page_number(request: HttpRequest) -> int:
    """Return which page is asked for, the first where that is no number."""
    asked = request.GET.get("page", "")
    return min(max(int(asked), 1), MAX_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
