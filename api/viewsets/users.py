"""People."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from typing_extensions import override

from accounts.authority import Authority
from accounts.models import User
from accounts.models.roles import ADMIN
from accounts.services.password_links import invite_user
from accounts.services.users import delete_user
from api.filters import UserFilterSet
from api.permissions import ForAudience, HasRole, IsSelf
from api.serializers.people import UserSerializer
from api.serializers.strict import NothingSerializer
from api.viewsets.directory import ADMINISTRATOR, DirectoryViewSet


class UserViewSet(DirectoryViewSet[User], mixins.DestroyModelMixin):
    """People: administrators see and change those of their tenant, and everybody reads themselves."""

    queryset = User.objects.with_directory().prefetch_related("roles")
    serializer_class = UserSerializer
    lookup_field = "id"
    lookup_value_converter = "uuid"
    filterset_class = UserFilterSet
    search_fields = ("email", "name")
    ordering_fields = ("email", "name", "created_at")
    permissions_by_action: ClassVar[dict[str, Any]] = {
        **DirectoryViewSet.permissions_by_action,
        "retrieve": ForAudience() & (HasRole(ADMIN) | IsSelf()),
        "destroy": ADMINISTRATOR,
        "invite": ADMINISTRATOR,
    }

    @override
    def require_authority(self, authority: Authority, row: User | None) -> None:
        if row is not None:
            authority.require_over_user(row)

    @override
    def may_write(self, method: str, row: User | None) -> bool:
        is_own = row is not None and row.pk == self.viewer.pk
        return not (method == "DELETE" and is_own) and super().may_write(method, row)

    @override
    def get_serializer_class(self) -> type[BaseSerializer[User]]:
        return NothingSerializer if self.action == "invite" else super().get_serializer_class()

    @override
    def is_due(self, action: str, row: User) -> bool:
        return row.may_log_in()

    @action(detail=True, methods=["post"], name=_("Send invitation"))  # type: ignore[arg-type] # lazy is fine
    def invite(self, request: Request, **_address: Any) -> Response:
        """Mail a link to choose a password, the first one or another; older links are void."""
        return self.press(request, lambda pk: invite_user(user_id=pk, **self.act))

    @override
    def perform_destroy(self, instance: User) -> None:
        delete_user(user_id=instance.pk, **self.act)
