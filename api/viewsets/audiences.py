"""Audiences and their claim contracts."""

from typing import Any

from django.db.models import Prefetch
from typing_extensions import override

from accounts.audiences.models import AccessRule, Audience
from accounts.audiences.services import restore_audience, retire_audience
from accounts.authority import Authority
from api.serializers.audiences import AudienceSerializer
from api.viewsets.directory import RetirableViewSet


class AudienceViewSet(RetirableViewSet[Audience]):
    """Audiences belong to everybody: people of a tenant read them, others also write them."""

    queryset = Audience.objects.prefetch_related(
        "contract_claims",
        "encryption_keys",
        Prefetch("access_rules", AccessRule.objects.select_related("role", "department", "tenant")),
    )
    serializer_class = AudienceSerializer

    @override
    def require_authority(self, authority: Authority, row: Audience | None) -> None:
        authority.require_global()

    @override
    def retire_row(self, pk: Any) -> Audience:
        return retire_audience(audience_id=pk, **self.act)

    @override
    def restore_row(self, pk: Any) -> Audience:
        return restore_audience(audience_id=pk, **self.act)
