"""The admin's read-only pages of signing keys; the private half is never read here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from typing_extensions import override

from accounts.admin.record_admin import RecordAdmin
from accounts.keys.models import SigningKey


@admin.register(SigningKey)
class SigningKeyAdmin(RecordAdmin):
    """Signing keys."""

    audit_kind = "signing_key"
    fields = ("kid", "algorithm", "state", "public_jwk", "sealed_with", "created_at")
    readonly_fields = fields
    list_display = ("kid", "algorithm", "state", "created_at")
    list_filter = ("state", "algorithm")
    search_fields = ("kid",)
    ordering = ("-created_at",)
    actions = None

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the keys without their private half."""
        return super().get_queryset(request).defer("sealed_private_jwk")

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to search the private half: answers would tell it bit by bit."""
        return not lookup.startswith("sealed") and super().lookup_allowed(lookup, value, request)
