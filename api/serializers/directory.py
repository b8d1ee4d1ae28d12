"""What the resources of the directory share: field rules, strict input, and one service call per write."""

from typing import Any, ClassVar, TypeVar

from django.db import models
from rest_framework import serializers
from rest_framework.fields import Field
from rest_framework.validators import UniqueValidator
from typing_extensions import override

from api.field_rules import FIELD_RULES, Writer
from api.origins import Act
from api.serializers.codes import CodeRelatedField
from api.serializers.strict import (
    BooleanField,
    EmailField,
    IntegerField,
    ObjectField,
    StrictSerializer,
    StringField,
)

Row = TypeVar("Row", bound=models.Model)


class DirectorySerializer(StrictSerializer, serializers.ModelSerializer[Row]):
    """A row of the directory; who may write which field stands in ``FIELD_RULES``."""

    resource: ClassVar[str]

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: StringField,
        models.TextField: StringField,
        models.EmailField: EmailField,
        models.BooleanField: BooleanField,
        models.PositiveIntegerField: IntegerField,
        models.JSONField: ObjectField,
    }
    serializer_related_field = CodeRelatedField

    @property
    def act(self) -> Act:
        """Return who asks, by the role that opened this resource, and when."""
        act: Act = self.context["view"].act
        return act

    def of_own_tenant(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the fields of a new row: whoever belongs to a tenant creates what belongs to it.

        The services refuse the name of another one.
        """
        tenant = self.context["view"].viewer.tenant
        return fields if tenant is None else {"tenant": tenant, **fields}

    @override
    def get_fields(self) -> dict[str, Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        for name, field in fields.items():
            if not self.may_write(FIELD_RULES[self.resource][name]):
                field.read_only, field.required = True, False
            # Uniqueness is the services' to tell: asked here as well, it would cost a query more.
            field.validators = [each for each in field.validators if not isinstance(each, UniqueValidator)]
        return fields

    def may_write(self, rule: Writer) -> bool:
        """Tell whether this serializer takes a field of this rule."""
        # A change is always partial: this API has no PUT.
        return rule is not Writer.NOBODY and not (self.partial and rule is Writer.CREATOR)
