"""The change log for resource servers: what was taken away, in time and without a call per request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response
from typing_extensions import override

from accounts import conf
from accounts.change_log.errors import CursorExpiredError
from accounts.change_log.models import ChangeEntry, newest_position
from accounts.change_log.pages import read_page
from accounts.change_log.scopes import Scope
from accounts.tokens.signing import sign
from api.audience_callers import (
    AudienceAuthentication,
    AudienceCaller,
    AudienceView,
    BearerAssertionAuthentication,
    IsAudience,
    caller_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponseBase
    from rest_framework.request import Request

#: ``typ`` of a signed page: no verifier takes it for an access token.
TYPE = "changes+jwt"
_LARGEST = 2**63 - 1


class JWTRenderer(BaseRenderer):
    """A page as a signed JWT; what is no page stays JSON."""

    media_type = "application/jwt"
    format = "jwt"
    charset = None

    @override
    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return (data if isinstance(data, str) else json.dumps(data)).encode()


class ChangeEntrySerializer(serializers.ModelSerializer[ChangeEntry]):
    """One entry: a token is touched that says ``value`` in ``scope`` and has a smaller ``epoch``."""

    scope = serializers.ChoiceField(choices=[(str(scope), str(scope)) for scope in Scope])

    class Meta:
        model = ChangeEntry
        fields = ("position", "scope", "value", "took_away")


class ChangePageSerializer(serializers.Serializer[Any]):
    """Entries in order, and the cursor to go on with."""

    entries = ChangeEntrySerializer(many=True)
    next = serializers.IntegerField()
    more = serializers.BooleanField()


class ChangesView(AudienceView):
    """The change log from a cursor on, for the audience that proves who it is."""

    authentication_classes = (AudienceAuthentication, BearerAssertionAuthentication)
    permission_classes = (IsAudience(),)  # type: ignore[assignment] # an instance answers itself when called
    renderer_classes = (JSONRenderer, JWTRenderer)
    problem_statuses = ("400", "410")

    @extend_schema(
        operation_id="list_changes",
        parameters=[
            OpenApiParameter(
                "after",
                {"type": "integer", "minimum": 0, "maximum": _LARGEST},
                description="The `next` of the page before; without it, all that a living token may lack.",
            )
        ],
        responses={
            200: ChangePageSerializer,
            (200, "application/jwt"): OpenApiResponse({"type": "string"}, description="The page, signed."),
            304: OpenApiResponse(description="There is nothing new."),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """List what changed tokens' meaning; 304 while there is nothing new, 410 for an unknown cursor."""
        after, caller = self._after(request), caller_of(request)
        # Read before the page: what comes in between is in the page, and again in the next one's answer.
        etag = f'W/"{newest_position()}"'
        if after and (unchanged := self._unchanged(request, etag, after)):
            return unchanged
        page = read_page(after=after, audience=caller.code)
        data: Any = ChangePageSerializer(page).data
        if isinstance(request.accepted_renderer, JWTRenderer):
            data = self._signed(data, after, caller)
        return Response(data, headers=_headers(etag))

    @override
    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        if isinstance(exc, CursorExpiredError):
            response.data["start"] = self.request.build_absolute_uri(self.request.path)
        return response

    def _unchanged(self, request: Request, etag: str, after: int) -> HttpResponseBase | None:
        if etag != f'W/"{after}"':
            return None
        answered = get_conditional_response(request._request, etag=etag)
        if answered is None or answered.status_code != 304:  # noqa: PLR2004 - RFC 9110 §15.4.5
            return None
        for name, value in _headers(etag).items():
            answered[name] = value
        return answered

    def _signed(self, page: dict[str, Any], after: int, caller: AudienceCaller) -> str:
        said = {
            "iss": conf.issuer(),
            "aud": caller.code,
            "iat": int(timezone.now().timestamp()),
            "after": after,
        }
        return sign(said | page, typ=TYPE, algorithm=caller.signing_algorithm)

    def _after(self, request: Request) -> int:
        unknown = sorted(set(request.query_params) - {"after"})
        if unknown:
            raise ValidationError({unknown[0][:64]: [_("There is no such parameter.")]})
        asked = request.query_params.getlist("after")
        if not asked:
            return 0
        if len(asked) > 1 or not (asked[0].isascii() and asked[0].isdigit()) or len(asked[0]) > 19:  # noqa: PLR2004 - digits of 2**63
            raise ValidationError({"after": [_("Write the “next” of the page before, once.")]})
        return min(int(asked[0]), _LARGEST)


def _headers(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Accept, Authorization"}
