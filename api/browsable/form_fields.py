"""The fields of an HTML form for a serializer: which control, its choices, and what is in it.

The page's script (``static/api/browsable.js``) reads the same facts back and makes typed JSON of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.fields import empty

from api.browsable.json_text import json_text
from api.browsable.words import label_of

#: More related rows than this are no longer a list to choose from.
MAX_CHOICES = 500

Field: TypeAlias = "serializers.Field[Any, Any, Any, Any]"


class Kind(StrEnum):
    """The controls, by the names that the script knows."""

    TEXT = "text"
    TEXTAREA = "textarea"
    EMAIL = "email"
    URL = "url"
    PASSWORD = "password"  # noqa: S105 - the name of a control
    INTEGER = "integer"
    NUMBER = "number"
    CHECKBOX = "checkbox"
    SELECT = "select"
    CHOICES = "choices"
    JSON = "json"
    GROUP = "group"


_KINDS: tuple[tuple[Any, Kind], ...] = (
    (serializers.BooleanField, Kind.CHECKBOX),
    ((serializers.MultipleChoiceField, serializers.ManyRelatedField), Kind.CHOICES),
    ((serializers.ChoiceField, serializers.RelatedField), Kind.SELECT),
    (serializers.EmailField, Kind.EMAIL),
    (serializers.URLField, Kind.URL),
    (serializers.IntegerField, Kind.INTEGER),
    (serializers.FloatField, Kind.NUMBER),
    (serializers.Serializer, Kind.GROUP),
    (
        (serializers.ListSerializer, serializers.ListField, serializers.DictField, serializers.JSONField),
        Kind.JSON,
    ),
)
_AUTOCOMPLETE = {
    "email": "email",
    "name": "name",
    "password": "current-password",
    "current_password": "current-password",
    "new_password": "new-password",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option: its value is JSON, so that null, numbers and texts stay apart."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One control; ``initial`` is the JSON that counts as unchanged, ``shown`` is what stands in it."""

    name: str
    label: str
    kind: Kind
    help_text: str
    is_required: bool
    may_be_null: bool
    may_be_blank: bool
    initial: str
    shown: str
    choices: tuple[Choice, ...] = ()
    children: tuple["FormField", ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def autocomplete(self) -> str:
        """Return what a browser may fill in by itself."""
        return _AUTOCOMPLETE.get(self.name, "off")

    @property
    def is_checked(self) -> bool:
        """Tell whether a checkbox is on."""
        return self.shown == "true"


def writable_fields(serializer: serializers.BaseSerializer[Any]) -> dict[str, Field]:
    """Return the fields that a client may send; none for a list, or for a serializer without fields."""
    fields: Mapping[str, Field] = getattr(serializer, "fields", {})
    unsendable = (serializers.HiddenField, serializers.FileField)
    return {
        name: field
        for name, field in fields.items()
        if not field.read_only and not isinstance(field, unsendable)
    }


def form_fields(
    fields: Mapping[str, Field],
    *,
    held: Mapping[str, Any] | None,
    typed: Mapping[str, Any],
    errors: Mapping[str, Any],
) -> tuple[FormField, ...]:
    """Return the controls: ``held`` is what the instance has, or none where something new is made.

    What is required comes first.
    ``typed`` is what was sent and refused for ``errors``; it is shown again, but never a password.
    """
    controls = (
        _form_field(name, field, held=held, typed=typed.get(name, empty), error=errors.get(name))
        for name, field in fields.items()
    )
    return tuple(sorted(controls, key=lambda control: not control.is_required))


def initial_value(name: str, field: Field, held: Mapping[str, Any] | None) -> Any:
    """Return what the instance holds, or what a new one begins with."""
    if held is not None and name in held:
        return held[name]
    if field.default is not empty and not callable(field.default):
        return field.default
    column = _column(field)
    if column is not None and column.has_default():
        return field.to_representation(column.get_default())
    return field.get_initial()


def is_password(field: Field) -> bool:
    """Tell whether what is typed into the field must not be shown again."""
    return field.style.get("input_type") == "password"


def sentences(error: object) -> tuple[str, ...]:
    """Return the sentences of an error, however deeply they are nested, with the place of inner ones."""
    if isinstance(error, Mapping):
        return tuple(f"{key}: {text}" for key, inner in error.items() for text in sentences(inner))
    if isinstance(error, list | tuple):
        return tuple(text for inner in error for text in sentences(inner))
    return (str(error),) if error else ()


def _column(field: Field) -> Any:
    """Return the plain column that a model serializer's field writes: its default is the field's own."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    try:
        column = model._meta.get_field(field.source) if model else None
    except FieldDoesNotExist:
        return None
    return None if column is None or column.is_relation else column


def _form_field(
    name: str, field: Field, *, held: Mapping[str, Any] | None, typed: Any, error: Any
) -> FormField:
    initial = initial_value(name, field, held)
    kind, options = _kind(field), _options(field)
    if options is None:
        kind = Kind.JSON if kind is Kind.CHOICES else Kind.TEXT
    if kind is Kind.CHOICES:
        initial = _several(initial)
    current = initial if typed is empty or kind is Kind.PASSWORD else typed
    children: tuple[FormField, ...] = ()
    if kind is Kind.GROUP:
        children = form_fields(
            writable_fields(field),  # type: ignore[arg-type] # a nested serializer is a field
            held=_mapping(initial) if held is not None else None,
            typed=_mapping(typed),
            errors=_mapping(error),
        )
        error = None if isinstance(error, Mapping) else error
    return FormField(
        name=name,
        label=label_of(name, str(field.label or name)),
        kind=kind,
        help_text=str(field.help_text or ""),
        is_required=field.required and held is None,
        may_be_null=field.allow_null,
        may_be_blank=bool(getattr(field, "allow_blank", False)),
        initial=json_text(initial),
        shown=_shown(kind, current),
        choices=_choices(field, kind, options or {}, initial=initial, current=current),
        children=children,
        errors=sentences(error),
    )


def _kind(field: Field) -> Kind:
    if is_password(field):
        return Kind.PASSWORD
    if isinstance(field, serializers.CharField) and field.style.get("base_template") == "textarea.html":
        return Kind.TEXTAREA  # DRF asks for a text area for JSON as well
    if isinstance(field, serializers.BooleanField) and field.allow_null:
        return Kind.SELECT
    if isinstance(field, serializers.ListField) and isinstance(field.child, serializers.ChoiceField):
        return Kind.CHOICES
    return next((kind for classes, kind in _KINDS if isinstance(field, classes)), Kind.TEXT)


def _options(field: Field) -> dict[Any, str] | None:
    """Return values with their labels, or none where they are too many to choose from."""
    match field:
        case serializers.BooleanField():
            return {True: _("yes"), False: _("no")}
        case serializers.ChoiceField():
            return dict(field.choices)
        case serializers.ListField(child=serializers.ChoiceField() as child):
            return dict(child.choices)
        case serializers.ManyRelatedField(child_relation=relation):
            return _related(relation)
        case serializers.RelatedField():
            return _related(field)
        case _:
            return {}


def _related(relation: Any) -> dict[Any, str] | None:
    found: dict[Any, str] = relation.get_choices(cutoff=MAX_CHOICES + 1)
    return None if len(found) > MAX_CHOICES else found


def _choices(
    field: Field, kind: Kind, options: dict[Any, str], *, initial: Any, current: Any
) -> tuple[Choice, ...]:
    if kind not in {Kind.SELECT, Kind.CHOICES}:
        return ()
    labels = {json_text(value): str(label) for value, label in options.items()}
    if kind is Kind.CHOICES:
        held, chosen = ({json_text(each) for each in _several(value)} for value in (initial, current))
    else:
        if field.allow_null:
            labels = {"null": _("none"), **labels}
        if getattr(field, "allow_blank", False):
            labels.setdefault('""', _("blank"))
        chosen = {json_text(current)}
        held = set() if initial in ("", None) else {json_text(initial)}
        if not chosen <= labels.keys() | held:
            labels = {"": "—", **labels}
    # What the instance holds stays, even where it could not be chosen anew.
    labels |= {value: value.strip('"') for value in sorted(held - labels.keys())}
    choices = [Choice(value=value, label=label, is_chosen=value in chosen) for value, label in labels.items()]
    # Among many roles nobody should look for the few that are ticked.
    return tuple(sorted(choices, key=lambda each: kind is Kind.CHOICES and not each.is_chosen))


def _shown(kind: Kind, value: Any) -> str:
    if kind is Kind.PASSWORD:
        return ""
    if kind is Kind.CHECKBOX:
        return "true" if value is True else "false"
    if value is None:
        return ""
    if kind is Kind.JSON:
        return json_text(value, indent=2)
    return value if isinstance(value, str) else json_text(value).strip('"')


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
