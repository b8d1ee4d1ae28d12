"""How people are shown, and what may be written on them by whom."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from typing_extensions import override

from accounts.models import User
from accounts.services.password_links import create_invited_user
from accounts.services.users import change_own_profile, change_user
from api.field_rules import FIELD_RULES, PROFILE_FIELDS, Writer
from api.origins import request_origin
from api.serializers.directory import DirectorySerializer


class PersonSerializer(serializers.Serializer[User]):
    """``{id, email, name, roles, department, tenant}``, with codes."""

    id = serializers.UUIDField(read_only=True)
    email = serializers.EmailField(read_only=True)
    name = serializers.CharField(read_only=True)
    roles = serializers.ListField(child=serializers.CharField(), source="role_codes", read_only=True)
    department = serializers.CharField(source="department_code", allow_null=True, read_only=True)
    tenant = serializers.CharField(source="tenant_code", allow_null=True, read_only=True)


class UserSerializer(DirectorySerializer[User]):
    """A person, as administrators see and change them."""

    resource = "users"

    class Meta:
        model = User
        fields = tuple(FIELD_RULES["users"])

    @override
    def create(self, validated_data: dict[str, Any]) -> User:
        return create_invited_user(**self.of_own_tenant(validated_data), **self.act)

    @override
    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        if "roles" in validated_data:
            # Retired roles are not shown, so that a list without them does not take them away.
            validated_data["roles"] += [role for role in instance.roles.all() if role.retired_at is not None]
        return change_user(user_id=instance.pk, **validated_data, **self.act)


class ProfileSerializer(UserSerializer):
    """One's own profile; what is not writable here is for administrators."""

    class Meta:
        model = User
        fields = PROFILE_FIELDS

    @override
    def may_write(self, rule: Writer) -> bool:
        return rule is Writer.THE_PERSON_TOO

    @override
    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        return change_own_profile(
            user_id=instance.pk,
            **validated_data,
            origin=request_origin(self.context["request"]),
            now=timezone.now(),
        )
