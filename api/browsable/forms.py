"""The forms of a page: for each method that the view has and the person may use, what can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import override_method

from accounts.errors import AuthsiteError
from api.browsable.form_fields import (
    form_fields,
    initial_value,
    is_password,
    sentences,
    writable_fields,
)
from api.browsable.json_text import json_text

if TYPE_CHECKING:  # DRF's views import the renderers that the settings name
    from collections.abc import Iterator

    from rest_framework.request import Request
    from rest_framework.response import Response
    from rest_framework.views import APIView

    from api.browsable.form_fields import Field, FormField

_REFUSALS = (APIException, AuthsiteError, Http404, PermissionDenied)
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodForm:
    """One form: its controls, the same as JSON text, and the errors that belong to no control.

    Without controls but with ``raw`` it is JSON only; without both, a plain button.
    """

    method: str
    fields: tuple[FormField, ...] = ()
    raw: str = ""
    errors: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """Return what the ids of its controls begin with."""
        return self.method.lower()


@dataclass(frozen=True, slots=True)
class Answered:
    """What a page shows: the request, the view that answered it, and what was answered."""

    request: Request
    view: APIView
    response: Response
    data: Any

    @property
    def is_refusal(self) -> bool:
        """Tell whether the answer is a problem document."""
        return self.response.status_code >= 400  # noqa: PLR2004 - HTTP's classes

    def form(self, method: str) -> MethodForm | None:
        """Return the form for POST or PATCH, or none where the view has none for this person."""
        with self._as(method) as allowed:
            if not allowed:
                return None
            instance = self._instance() if method == "PATCH" else None
            if method == "PATCH" and instance is None:
                return None
            return self._form(method, instance)

    def may_delete(self) -> bool:
        """Tell whether there is something to delete that the person may delete."""
        if self.response.status_code == _NOT_FOUND:
            return False
        if self.request.method == "DELETE" and not self.is_refusal:
            return False
        with self._as("DELETE") as allowed:
            return allowed

    @contextmanager
    def _as(self, method: str) -> Iterator[bool]:
        if method not in self.view.allowed_methods:
            yield False
            return
        with override_method(self.view, self.request, method) as request:
            try:
                self.view.check_permissions(request)
            except _REFUSALS:
                yield False
            else:
                yield True

    def _instance(self) -> Any:
        """Return what a PATCH would change: what was answered, or else what the address names."""
        answered = getattr(getattr(self.data, "serializer", None), "instance", None)
        if answered is not None:
            return answered
        read = getattr(self.view, "get_object", None)
        try:
            return read() if read else None
        except _REFUSALS:
            return None

    def _form(self, method: str, instance: Any) -> MethodForm | None:
        serializer = self._serializer(instance)
        if serializer is None:
            return None
        fields = writable_fields(serializer)
        if not fields and method == "PATCH":
            return None
        held = serializer.data if instance is not None else None
        typed = self._typed(method)
        errors = self._errors(method)
        raw = _without_passwords(fields, typed) if typed else _skeleton(fields, held)
        is_list = isinstance(serializer, serializers.ListSerializer)
        return MethodForm(
            method=method,
            fields=form_fields(fields, held=held, typed=typed, errors=errors),
            raw="[]" if is_list else json_text(raw, indent=2) if fields else "",
            errors=sentences(errors.get("non_field_errors")) + _of_no_field(fields, errors),
        )

    def _serializer(self, instance: Any) -> serializers.BaseSerializer[Any] | None:
        make = getattr(self.view, "get_serializer", None)
        if make is None:
            return None
        try:
            serializer: serializers.BaseSerializer[Any] = (
                make() if instance is None else make(instance, partial=True)
            )
        except AssertionError:  # a generic view says so where it has no serializer class
            return None
        return serializer

    def _typed(self, method: str) -> Mapping[str, Any]:
        if self.request.method != method or not self.is_refusal:
            return {}
        try:
            body = self.request.data
        except _REFUSALS:
            return {}
        return body if isinstance(body, Mapping) else {}

    def _errors(self, method: str) -> Mapping[str, Any]:
        error = self.data.get("error") if isinstance(self.data, Mapping) else None
        is_about_the_body = self.request.method == method and self.is_refusal
        return error if is_about_the_body and isinstance(error, Mapping) else {}


def _of_no_field(fields: Mapping[str, Field], errors: Mapping[str, Any]) -> tuple[str, ...]:
    strange = {name: error for name, error in errors.items() if name not in {*fields, "non_field_errors"}}
    return sentences(strange)


def _skeleton(fields: Mapping[str, Field], held: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a body to begin with: what the instance holds, or what is required or has a default."""
    body = {}
    for name, field in fields.items():
        if isinstance(field, serializers.Serializer):
            inner = held.get(name) if held is not None else None
            body[name] = _skeleton(writable_fields(field), inner)
        elif not is_password(field) or held is None:
            value = initial_value(name, field, held)
            if held is not None or field.required or _may_be_sent(field, value):
                body[name] = value
    return body


def _may_be_sent(field: Field, value: Any) -> bool:
    if value is None:
        return field.allow_null
    return value != "" or bool(getattr(field, "allow_blank", False))


def _without_passwords(fields: Mapping[str, Field], typed: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: "" if name in fields and is_password(fields[name]) else value for name, value in typed.items()
    }
