"""Audiences and their claim contracts."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from typing_extensions import override

from accounts.audiences.claim_paths import MAX_LENGTH
from accounts.audiences.contract_rules import ContractClaimInput, validate_contract
from accounts.audiences.models import MAX_LIFETIME, MIN_LIFETIME, Audience
from accounts.audiences.services import change_audience, create_audience
from accounts.audiences.source_registry import CLAIM_SOURCES
from api.field_rules import FIELD_RULES
from api.serializers.access import EncryptionKeyField, OpenToField
from api.serializers.directory import DirectorySerializer
from api.serializers.strict import BooleanField, IntegerField, StrictSerializer, StringField


class SecondsField(IntegerField):
    """A ``timedelta`` in whole seconds, from the one bound to the other."""

    def __init__(self, *, least: timedelta, most: timedelta, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._bounds = int(least.total_seconds()), int(most.total_seconds())
        # For the API's description and forms; DRF's own validators would compare them with the timedelta.
        self.min_value, self.max_value = self._bounds

    @override
    def to_internal_value(self, data: Any) -> timedelta:  # type: ignore[override] # seconds outside only
        seconds = super().to_internal_value(data)
        least, most = self._bounds
        # Before timedelta(), which overflows at 10^14 seconds.
        if not least <= seconds <= most:
            raise serializers.ValidationError(
                _("Write from %(least)d to %(most)d seconds.") % {"least": least, "most": most}
            )
        return timedelta(seconds=seconds)

    @override
    def to_representation(self, value: timedelta) -> int:  # type: ignore[override] # as above
        return int(value.total_seconds())


class ContractClaimSerializer(StrictSerializer):
    """One row of a contract: which source says which claim. Always whole, also where a change is partial."""

    path = StringField(max_length=MAX_LENGTH)
    source = serializers.ChoiceField(choices=sorted(CLAIM_SOURCES))  # type: ignore[assignment] # a declared field
    required = BooleanField(default=True)  # type: ignore[assignment] # as above

    @override
    def to_internal_value(self, data: Any) -> ContractClaimInput:
        written = super().to_internal_value(data)
        # DRF asks for no member while the audience around the row is changed in part.
        missing = [name for name, field in self.fields.items() if field.required and name not in written]
        if missing:
            raise serializers.ValidationError(
                {name: [self.fields[name].error_messages["required"]] for name in missing}
            )
        return ContractClaimInput(**written)


class AudienceSerializer(DirectorySerializer[Audience]):
    """An audience; its contract is replaced as a whole, and a change makes a new version."""

    resource = "audiences"

    access_lifetime = SecondsField(
        least=MIN_LIFETIME,
        most=MAX_LIFETIME,
        required=False,
        help_text=_("Seconds that an access token lives, from 60 to 86400."),
    )
    claims = ContractClaimSerializer(
        many=True,
        source="contract_claims",
        required=False,
        help_text=_("The whole contract, in its order; at most 64 claims."),
    )
    open_to_roles = OpenToField("role")
    open_to_departments = OpenToField("department")
    open_to_tenants = OpenToField("tenant")
    encryption_key = EncryptionKeyField()

    class Meta:
        model = Audience
        fields = tuple(FIELD_RULES["audiences"])

    def validate_claims(self, rows: list[ContractClaimInput]) -> list[ContractClaimInput]:
        """Refuse rows that cannot stand together."""
        validate_contract(rows)
        return rows

    @override
    def create(self, validated_data: dict[str, Any]) -> Audience:
        rows = validated_data.pop("contract_claims", ())
        return create_audience(rows=rows, **validated_data, **self.act)

    @override
    def update(self, instance: Audience, validated_data: dict[str, Any]) -> Audience:
        rows = validated_data.pop("contract_claims", None)
        return change_audience(audience_id=instance.pk, rows=rows, **validated_data, **self.act)
