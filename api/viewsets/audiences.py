"""Audiences and their claim contracts."""

from typing import Any

from typing_extensions import override

from accounts.audiences.models import Audience
from accounts.audiences.services import restore_audience, retire_audience
from accounts.authority import Authority
from api.serializers.audiences import AudienceSerializer
from api.viewsets.directory import RetirableViewSet


class AudienceViewSet(RetirableViewSet[Audience]):
    """Audiences belong to everybody: people of a tenant read them, others also write them."""

    queryset = Audience.objects.with_all()
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
