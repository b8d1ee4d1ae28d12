"""The forms of a page: for each method that the view has and the person may use, what can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.browsable.answered import REFUSALS
from api.browsable.form_fields import (
    form_fields,
    initial_value,
    is_password,
    sentences,
    writable_fields,
)
from api.browsable.json_text import json_text

if TYPE_CHECKING:  # DRF's views import the renderers that the settings name
    from rest_framework.views import APIView

    from api.browsable.answered import Answered
    from api.browsable.form_fields import Field, FormField


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodForm:
    """One form: its controls, the same as JSON text, and the errors that belong to no control.

    Without controls but with ``raw`` it is JSON only; without both, a plain button.
    """

    method: str
    title: str
    button: str
    fields: tuple[FormField, ...] = ()
    raw: str = ""
    errors: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """Return what the ids of its controls begin with."""
        return self.method.lower()


def form_of(answered: Answered, method: str) -> MethodForm | None:
    """Return the form for POST or PATCH, or none where the view has none for this person."""
    if not answered.may(method):
        return None
    with answered.asking(method):
        instance = answered.row if method == "PATCH" else None
        if method == "PATCH" and instance is None:
            return None
        return _form(answered, method, instance)


def _form(answered: Answered, method: str, instance: Any) -> MethodForm | None:
    serializer = _serializer(answered.view, instance)
    if serializer is None:
        return None
    fields = writable_fields(serializer)
    if not fields and method == "PATCH":
        return None
    held = serializer.data if instance is not None else None
    typed = _typed(answered, method)
    errors = _errors(answered, method)
    raw = _without_passwords(fields, typed) if typed else _skeleton(fields, held)
    is_list = isinstance(serializer, serializers.ListSerializer)
    title, button = _called(answered, method)
    return MethodForm(
        method=method,
        title=title,
        button=button,
        fields=form_fields(fields, held=held, typed=typed, errors=errors),
        raw="[]" if is_list else json_text(raw, indent=2) if fields else "",
        errors=sentences(errors.get("non_field_errors")) + _of_no_field(fields, errors),
    )


def _called(answered: Answered, method: str) -> tuple[str, str]:
    """Return the title of a form and what its button says."""
    if method == "PATCH":
        return _("Change"), _("Save")
    if answered.action:
        name = str(getattr(answered.view, "name", ""))
        return name, name
    is_list = getattr(answered.view, "detail", None) is False
    return (_("Create"), _("Create")) if is_list else (_("Send"), _("Send"))


def _serializer(view: APIView, instance: Any) -> serializers.BaseSerializer[Any] | None:
    make = getattr(view, "get_serializer", None)
    if make is None:
        return None
    try:
        serializer: serializers.BaseSerializer[Any] = (
            make() if instance is None else make(instance, partial=True)
        )
    except AssertionError:  # a generic view says so where it has no serializer class
        return None
    return serializer


def _typed(answered: Answered, method: str) -> Mapping[str, Any]:
    if answered.request.method != method or not answered.is_refusal:
        return {}
    try:
        body = answered.request.data
    except REFUSALS:
        return {}
    return body if isinstance(body, Mapping) else {}


def _errors(answered: Answered, method: str) -> Mapping[str, Any]:
    error = answered.data.get("error") if isinstance(answered.data, Mapping) else None
    is_about_the_body = answered.request.method == method and answered.is_refusal
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
