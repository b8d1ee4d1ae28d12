"""Relations that are read and written as stable codes."""

import re
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty
from typing_extensions import override

from accounts.models.codes import CODE_PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterable


def may_be_code(text: str) -> bool:
    """Tell whether a row can have this code: PostgreSQL cannot even be asked for a text with a null in it."""
    return re.fullmatch(CODE_PATTERN, text) is not None


class CodeRelatedField(serializers.SlugRelatedField[Any]):
    """One row by its code, among those in force that the viewer sees."""

    default_error_messages = {
        "does_not_exist": _("There is no “{value}” in force."),
        "invalid": _("Write a code, as a string."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("slug_field", "code")
        super().__init__(**kwargs)

    @classmethod
    @override
    def many_init(cls, *args: Any, **kwargs: Any) -> "CodesRelatedField":
        """Return the field for a list of codes, which asks the database once."""
        names = {"required", "allow_empty", "label", "help_text", "read_only"}
        own = {name: value for name, value in kwargs.items() if name in names}
        return CodesRelatedField(child_relation=cls(*args, **kwargs), **own)

    @override
    def get_queryset(self) -> QuerySet[Any]:
        every = super().get_queryset()
        assert every is not None  # noqa: S101 - only read-only fields go without
        rows: QuerySet[Any] = every.filter(retired_at__isnull=True)
        visible_to = getattr(rows, "visible_to", None)
        # Roles belong to everybody, and have no such question.
        return visible_to(self.context["view"].viewer) if visible_to else rows

    @override
    def run_validation(self, data: Any = empty) -> Any:
        if data == "":
            # DRF would take it for null, and nobody who leaves a text empty means to take somebody out.
            self.fail("does_not_exist", value=data)
        return super().run_validation(data)

    @override
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        row = self.get_queryset().filter(code=data).first() if may_be_code(data) else None
        if row is None:
            self.fail("does_not_exist", value=data)
        return row

    @override
    def use_pk_only_optimization(self) -> bool:
        return False

    @override
    def display_value(self, instance: Model) -> str:
        return str(instance)


class CodesRelatedField(serializers.ManyRelatedField):
    """Many rows by their codes; retired ones are not shown, as no token says them."""

    child_relation: CodeRelatedField

    default_error_messages = {"not_a_list": _("Write a list of codes.")}

    @override
    def get_attribute(self, instance: Any) -> list[Any]:
        rows: Iterable[Any] | None = super().get_attribute(instance)
        return [row for row in rows or () if row.retired_at is None]

    @override
    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("not_a_list")
        if not all(isinstance(code, str) for code in data):
            self.child_relation.fail("invalid")
        if not self.allow_empty and not data:
            self.fail("empty")
        asked = set(filter(may_be_code, data))
        found = {row.code: row for row in self.child_relation.get_queryset().filter(code__in=asked)}
        for code in data:
            if code not in found:
                self.child_relation.fail("does_not_exist", value=code)
        return list(found.values())
