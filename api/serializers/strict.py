"""Input that is exactly what it should be: JSON's own types, and no field that nobody knows or may write."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from typing_extensions import override

SHOWN_UNKNOWN_FIELDS = 10

UNKNOWN = _("There is no such field.")
READ_ONLY = _("This cannot be changed here.")


class StringField(serializers.CharField):
    """A JSON string; DRF would also take a number. Nothing is trimmed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("trim_whitespace", False)
        super().__init__(**kwargs)

    @override
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class EmailField(serializers.EmailField):
    """An e-mail address in a JSON string."""

    @override
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class BooleanField(serializers.BooleanField):
    """``true`` or ``false``; DRF would also take ``"yes"`` and 1."""

    @override
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class IntegerField(serializers.IntegerField):
    """A JSON integer; DRF would also take a string and ``true``."""

    @override
    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ObjectField(serializers.JSONField):
    """A JSON object; the model's validators say so, this says it to the API's description."""


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not have or that are read only: DRF would ignore them silently."""

    @override
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            refused: dict[str, list[Any]] = {}
            for name in data:
                field = self.fields.get(name)
                if field is None or field.read_only:
                    refused[str(name)[:64]] = [UNKNOWN if field is None else READ_ONLY]
            if refused:
                shown = sorted(refused)[:SHOWN_UNKNOWN_FIELDS]
                raise serializers.ValidationError({name: refused[name] for name in shown})
        return super().to_internal_value(data)


class NothingSerializer(StrictSerializer):
    """A request that says all by its address."""
