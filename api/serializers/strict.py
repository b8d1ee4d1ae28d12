"""Input that is exactly what it should be: JSON strings, and no field that nobody knows."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from typing_extensions import override

SHOWN_UNKNOWN_FIELDS = 10


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


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not have: a misspelt one would otherwise be ignored silently."""

    @override
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name)[:64] for name in data if name not in self.fields)
            if unknown:
                message = _("There is no such field.")
                raise serializers.ValidationError(
                    {name: [message] for name in unknown[:SHOWN_UNKNOWN_FIELDS]}
                )
        return super().to_internal_value(data)
