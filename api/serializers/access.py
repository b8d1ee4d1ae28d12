"""Who may log in to an audience, as lists of codes; and the key that its tokens are encrypted to."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework.relations import RelatedField
from typing_extensions import override

from accounts.audiences.models import Audience
from accounts.models import Department, Role, Tenant
from api.serializers.codes import CodeRelatedField, CodesRelatedField
from api.serializers.strict import ObjectField

_NAMED: dict[str, QuerySet[Any]] = {
    "role": Role.objects.all(),
    "department": Department.objects.all(),
    "tenant": Tenant.objects.all(),
}


class _RetiredTooField(CodeRelatedField):
    """Also what is retired: whether it may be added is the service's to say."""

    @override
    def get_queryset(self) -> Any:
        every: Any = RelatedField.get_queryset(self)
        visible_to = getattr(every, "visible_to", None)
        return visible_to(self.context["view"].viewer) if visible_to else every


class OpenToField(CodesRelatedField):
    """What an audience is open to, of one kind; whoever belongs to a tenant sees its own only.

    Retired ones are shown, and so stay: without the last one the audience would be open to everybody.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(
            child_relation=_RetiredTooField(queryset=_NAMED[kind]),
            required=False,
            help_text=_("Codes: only people who have one of them may log in. None: it does not matter."),  # type: ignore[arg-type] # lazy is fine
        )

    @override
    def get_attribute(self, instance: Audience) -> list[Any]:
        named = [getattr(rule, self.kind) for rule in instance.access_rules.all()]
        return sorted((row for row in named if row and self._is_visible(row)), key=lambda row: str(row.code))

    def _is_visible(self, row: Any) -> bool:
        tenant_id = self.context["view"].viewer.tenant_id
        match row:
            case _ if tenant_id is None:
                return True
            case Department():
                return bool(row.tenant_id == tenant_id)
            case Tenant():
                return bool(row.pk == tenant_id)
            case _:
                return True  # roles belong to everybody


@extend_schema_field({"type": ["object", "null"], "additionalProperties": {}})
class EncryptionKeyField(ObjectField):
    """A public key as a JWK; writing another one makes that the current one."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            source="*",
            help_text=_("The public key that tokens are encrypted to, as a JWK (RFC 7517), or null."),
        )

    @override
    def to_representation(  # type: ignore[override] # source="*"
        self, value: Audience
    ) -> dict[str, str] | None:
        keys = [key for key in value.encryption_keys.all() if key.is_current]
        return keys[0].as_jwk() if keys else None

    @override
    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        return {"encryption_key": data}
