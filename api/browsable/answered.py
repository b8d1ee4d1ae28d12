"""What a page shows: the request, the view that answered it, what was answered, and which row it is about."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404
from rest_framework.exceptions import APIException
from rest_framework.request import override_method

from accounts.errors import AuthsiteError

if TYPE_CHECKING:  # DRF's views import the renderers that the settings name
    from collections.abc import Iterator

    from rest_framework.request import Request
    from rest_framework.response import Response
    from rest_framework.views import APIView

REFUSALS = (APIException, AuthsiteError, Http404, PermissionDenied)
_NOT_FOUND = 404
_METHOD_NOT_ALLOWED = 405
_METHODS = ("GET", "POST", "PATCH", "DELETE")


@dataclass(frozen=True)
class Answered:
    """One answer, for a page."""

    request: Request
    view: APIView
    response: Response
    data: Any

    @property
    def status(self) -> int:
        """Return the status of the answer."""
        return self.response.status_code

    @property
    def is_refusal(self) -> bool:
        """Tell whether the answer is a problem document."""
        return self.status >= 400  # noqa: PLR2004 - HTTP's classes

    @property
    def is_unread(self) -> bool:
        """Tell whether somebody looks at an address that only takes something."""
        return self.request.method == "GET" and self.status == _METHOD_NOT_ALLOWED

    @property
    def is_deleted(self) -> bool:
        """Tell whether what was here has just been deleted."""
        return self.request.method == "DELETE" and not self.is_refusal

    @property
    def action(self) -> str | None:
        """Return the further action of a viewset that the address is for, such as ``retire``."""
        named = getattr(self.view, "name", None) and getattr(self.view, "detail", None)
        return str(getattr(self.view, "action_map", {}).get("post")) if named else None

    @cached_property
    def row(self) -> Any:
        """Return what was answered or, where the person may see it, what the address names."""
        answered = getattr(getattr(self.data, "serializer", None), "instance", None)
        return answered if answered is not None else self._named()

    @property
    def named_row(self) -> Model | None:
        """Return the row that the address names: one's own profile has an address without a name."""
        return self.row if self.view.kwargs and isinstance(self.row, Model) else None

    def may(self, method: str) -> bool:
        """Tell whether a form for ``method`` is worth offering.

        The permission classes say whether the door is open, the view what the services would refuse.
        """
        with self.asking(method) as allowed:
            return allowed and self._is_worth_it(method)

    @contextmanager
    def asking(self, method: str) -> Iterator[bool]:
        """Have the view answer as to ``method``, and tell whether the permission classes let it."""
        if method not in self.view.allowed_methods:
            yield False
            return
        with override_method(self.view, self.request, method) as request:
            try:
                self.view.check_permissions(request)
            except REFUSALS:
                yield False
            else:
                yield True

    def _is_worth_it(self, method: str) -> bool:
        was_not_shown = self.request.method == "GET" and self.is_refusal and not self.is_unread
        if was_not_shown or self.is_deleted or (self.view.kwargs and self.row is None):
            return False
        row = self.named_row
        if self.action and not (row and self.view.is_due(self.action, row)):  # type: ignore[attr-defined] # a viewset with actions
            return False
        may_write = getattr(self.view, "may_write", None)
        return may_write is None or bool(may_write(method, row))

    def _named(self) -> Any:
        if self.status == _NOT_FOUND or self.is_deleted or not self._has_object():
            return None
        for method in _METHODS:
            with self.asking(method) as allowed:
                if allowed:
                    return self._read()
        return None

    def _read(self) -> Any:
        try:
            return self.view.get_object()  # type: ignore[attr-defined] # _has_object
        except REFUSALS:
            return None

    def _has_object(self) -> bool:
        """Tell whether the view can read one; DRF's own needs a name in the address."""
        read = getattr(type(self.view), "get_object", None)
        is_own = read is not None and not read.__module__.startswith("rest_framework.")
        lookup = getattr(self.view, "lookup_url_kwarg", None) or getattr(self.view, "lookup_field", None)
        return is_own or (read is not None and lookup in self.view.kwargs)
