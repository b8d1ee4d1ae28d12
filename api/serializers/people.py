"""How people are shown, and what they may write on themselves."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from typing_extensions import override

from accounts.models import User
from accounts.models.ui_preferences import validate_ui_preferences
from accounts.services.users import change_own_profile
from api.origins import request_actor
from api.serializers.strict import StrictSerializer, StringField

READ_ONLY = _("Only an administrator can change this.")


class PersonSerializer(serializers.Serializer[User]):
    """``{id, email, name, roles, department, tenant}``, with codes."""

    id = serializers.UUIDField(read_only=True)
    email = serializers.EmailField(read_only=True)
    name = serializers.CharField(read_only=True)
    roles = serializers.ListField(child=serializers.CharField(), source="role_codes", read_only=True)
    department = serializers.CharField(source="department_code", allow_null=True, read_only=True)
    tenant = serializers.CharField(source="tenant_code", allow_null=True, read_only=True)


class ProfileSerializer(StrictSerializer):
    """One's own profile; what is not writable here is for administrators."""

    id = serializers.UUIDField(read_only=True)
    email = serializers.EmailField(read_only=True)
    name = StringField(max_length=150)
    roles = serializers.ListField(child=serializers.CharField(), source="role_codes", read_only=True)
    department = serializers.CharField(source="department_code", allow_null=True, read_only=True)
    tenant = serializers.CharField(source="tenant_code", allow_null=True, read_only=True)
    special_permissions = serializers.BooleanField(read_only=True)
    locale = serializers.ChoiceField(choices=["es", "en"])
    ui_preferences = serializers.JSONField(validators=[validate_ui_preferences])

    @override
    def to_internal_value(self, data: Any) -> Any:
        """Refuse what is read only with a sentence; DRF would ignore it silently."""
        if isinstance(data, dict):
            fixed = [name for name, field in self.fields.items() if field.read_only and name in data]
            if fixed:
                raise serializers.ValidationError({name: [READ_ONLY] for name in fixed})
        return super().to_internal_value(data)

    @override
    def update(self, instance: User, validated_data: Any) -> User:
        return change_own_profile(
            user_id=instance.id,
            actor=request_actor(self.context["request"]),
            now=timezone.now(),
            **validated_data,
        )
