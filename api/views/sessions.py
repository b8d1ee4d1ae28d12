"""One's own devices: the list, one, and ending them."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import override

from accounts.refresh_sessions.models import EndReason, RefreshSession, RefreshSessionQuerySet
from accounts.refresh_sessions.services import end_own_refresh_session, end_refresh_sessions
from accounts.services.browser_sign_in import keep_browser_session
from accounts.services.users import read_active_user
from api.list_parameters import StrictFilterBackend, read_flag
from api.origins import is_from_browser_session, request_origin, request_sid, request_subject
from api.permissions import ForAudience
from api.serializers.sessions import SessionSerializer

_CURRENT = OpenApiParameter(
    "current", bool, description="`true` ends the session that asks as well; without it that one is kept."
)
_ENDED = {204: OpenApiResponse(description="Ended.")}


class OwnSessionsView(GenericAPIView[RefreshSession]):
    """The live sessions of the person who asks."""

    permission_classes = (ForAudience(),)  # type: ignore[assignment] # an instance answers itself when called
    filter_backends = (StrictFilterBackend,)
    lookup_field = "sid"
    row_route = "session"
    serializer_class = SessionSerializer
    queryset = RefreshSession.objects.none()

    @override
    def get_queryset(self) -> RefreshSessionQuerySet:
        return RefreshSession.objects.live(at=timezone.now()).filter(user=request_subject(self.request).id)

    @override
    def get_serializer_context(self) -> dict[str, object]:
        return {**super().get_serializer_context(), "current_sid": request_sid(self.request)}


class SessionListView(OwnSessionsView):
    """All own devices."""

    @extend_schema(operation_id="list_sessions", responses=SessionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List own live sessions, the last used first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(operation_id="end_other_sessions", parameters=[_CURRENT], responses=_ENDED)
    def delete(self, request: Request) -> Response:
        """End all own sessions, also by browser, but the one that asks; with `current=true` that one too."""
        keep_current = not read_flag(request, "current")
        user = read_active_user(request_subject(request).id)
        end_refresh_sessions(
            user=user,
            reason=EndReason.ENDED_BY_SUBJECT,
            actor=user.as_actor(request_origin(request)),
            now=timezone.now(),
            keep=request_sid(request) if keep_current else None,
        )
        if keep_current and is_from_browser_session(request):
            keep_browser_session(request=request._request, user_id=user.pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionView(OwnSessionsView):
    """One own device."""

    @extend_schema(operation_id="get_session")
    def get(self, request: Request, sid: UUID) -> Response:
        """Show one own live session."""
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(operation_id="end_session", responses=_ENDED)
    def delete(self, request: Request, sid: UUID) -> Response:
        """End one own session; somebody else's is not found."""
        end_own_refresh_session(
            user_id=request_subject(request).id,
            sid=sid,
            reason=EndReason.ENDED_BY_SUBJECT,
            origin=request_origin(request),
            now=timezone.now(),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)
