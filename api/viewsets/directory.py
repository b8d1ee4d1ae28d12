"""What the viewsets of the directory share: who may, what they see, and how rows are retired."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet
from typing_extensions import override

from accounts.authority import Authority
from accounts.errors import AuthsiteError
from accounts.models import User
from accounts.models.roles import ADMIN
from accounts.services.users import read_viewer
from api.filters import RetirementFilterSet
from api.list_parameters import BoundedSearchFilter, StrictFilterBackend, StrictOrderingFilter
from api.origins import Act, request_origin, request_subject
from api.permissions import ForAudience, HasRole, PermissionsByAction
from api.serializers.strict import NothingSerializer

Row = TypeVar("Row", bound=Model)

ADMINISTRATOR = ForAudience() & HasRole(ADMIN)


class ReadOnlyDirectoryViewSet(
    PermissionsByAction, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Row]
):
    """Lists and rows, narrowed to what the viewer sees: another tenant's rows are not found."""

    filter_backends = (StrictFilterBackend, BoundedSearchFilter, StrictOrderingFilter)
    permissions_by_action: ClassVar[dict[str, Any]] = {"list": ADMINISTRATOR, "retrieve": ADMINISTRATOR}

    @cached_property
    def viewer(self) -> User:
        """Return who asks, as the directory has them now: a stale claim must not open another tenant."""
        return read_viewer(request_subject(self.request).id)

    @override
    def get_queryset(self) -> QuerySet[Row]:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):  # the schema is made without a request
            nothing: QuerySet[Row] = rows.none()
            return nothing
        viewer = self.viewer  # read in any case: whoever may not log in any more sees nothing
        # Rows that belong to everybody, such as roles, have no such question.
        visible: QuerySet[Row] = rows.visible_to(viewer) if hasattr(rows, "visible_to") else rows
        return visible


class DirectoryViewSet(ReadOnlyDirectoryViewSet[Row], mixins.CreateModelMixin):
    """The same, with creating and changing; a change is partial, there is no PUT."""

    permissions_by_action: ClassVar[dict[str, Any]] = {
        **ReadOnlyDirectoryViewSet.permissions_by_action,
        "create": ADMINISTRATOR,
        "partial_update": ADMINISTRATOR,
    }

    @property
    def act(self) -> Act:
        """Return who asks, by the role that opened this resource, and when."""
        actor = self.viewer.as_actor(request_origin(self.request), by_role=ADMIN)
        return {"actor": actor, "now": timezone.now()}

    def may_write(self, method: str, row: Row | None) -> bool:
        """Tell whether a page offers it: what the services would refuse is not worth filling in."""
        try:
            self.require_authority(Authority(self.viewer), row)
        except AuthsiteError:
            return False
        return True

    def require_authority(self, authority: Authority, row: Row | None) -> None:
        """Ask what the services ask before they write ``row``, or a new one.

        :raise NotPermittedError: the viewer may not
        """
        raise NotImplementedError

    def is_due(self, action: str, row: Row) -> bool:
        """Tell whether a further action changes anything about the row."""
        return True

    def partial_update(self, request: Request, **_address: Any) -> Response:
        """Change what the body names."""
        serializer = self.get_serializer(self.get_object(), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)

    def press(self, request: Request, change: Callable[[Any], Row]) -> Response:
        """Do to the row what the address says; the body says nothing."""
        pk = self.get_object().pk
        # What somebody writes here would be lost: such as the moment that they wish it for.
        self.get_serializer(data=request.data).is_valid(raise_exception=True)
        row = change(pk)
        assert self.serializer_class is not None  # noqa: S101 - every resource names its own
        return Response(self.serializer_class(row, context=self.get_serializer_context()).data)


class RetirableViewSet(DirectoryViewSet[Row]):
    """Rows known by a code: what is in use is retired, not deleted."""

    lookup_field = "code"
    lookup_value_converter = "code"
    filterset_class: ClassVar[type[Any]] = RetirementFilterSet
    search_fields = ("code", "label")
    ordering_fields = ("code", "label")
    permissions_by_action: ClassVar[dict[str, Any]] = {
        **DirectoryViewSet.permissions_by_action,
        "retire": ADMINISTRATOR,
        "restore": ADMINISTRATOR,
    }

    @override
    def get_serializer_class(self) -> type[BaseSerializer[Row]]:
        # Nothing is written with these two: the browsable API shows a button alone.
        return NothingSerializer if self.action in {"retire", "restore"} else super().get_serializer_class()

    @action(detail=True, methods=["post"], name=_("Retire"))  # type: ignore[arg-type] # lazy is fine
    def retire(self, request: Request, code: str) -> Response:
        """Take it out of force: no token says it any more, and nobody else gets it."""
        return self.press(request, self.retire_row)

    @action(detail=True, methods=["post"], name=_("Restore"))  # type: ignore[arg-type] # as above
    def restore(self, request: Request, code: str) -> Response:
        """Put it in force again."""
        return self.press(request, self.restore_row)

    @override
    def is_due(self, action: str, row: Row) -> bool:
        is_retired = getattr(row, "retired_at", None) is not None
        return is_retired is (action == "restore")

    def retire_row(self, pk: Any) -> Row:
        """Call the service that retires."""
        raise NotImplementedError

    def restore_row(self, pk: Any) -> Row:
        """Call the service that restores."""
        raise NotImplementedError
