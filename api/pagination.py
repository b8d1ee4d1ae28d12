"""Lists in pages: ``{count, next, previous, results}``."""

from rest_framework import pagination


class PageNumberPagination(pagination.PageNumberPagination):
    """``?page=`` and ``?page_size=``, 50 unless asked for, 200 at most."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
