"""Forward-auth: a proxy asks, before it passes a request on, whether the token may go through this door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from accounts.models.codes import CODE_PATTERN
from api.authentication import BearerAuthentication
from api.forward_rules import door_for
from api.origins import request_claims
from api.permissions import ClaimPermission

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rest_framework.parsers import BaseParser
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

    from accounts.tokens.doors import Door, Identity
    from accounts.tokens.verified_claims import VerifiedClaims
    from api.permissions.conditions import Requirement, Verdict

#: What a proxy copies into the request that it passes on. All are in every answer that lets somebody in:
#: one that were left out would leave what the client wrote.
IDENTITY_HEADERS = {
    "X-Auth-Sub": "The person's id.",
    "X-Auth-Roles": "The codes of the roles, with a comma between them.",
    "X-Auth-Department": "The code of the department.",
    "X-Auth-Tenant": "The code of the tenant.",
    "X-Auth-Client-Id": "The code of the app that logged in, as the app says.",
    "X-Auth-Sid": "The session: one login on one device.",
}
_CODES = CODE_PATTERN.strip("^$")


class MayPass(ClaimPermission):
    """The token is for the audience of the rule, and says what the rule asks for."""

    @override
    def verdict(self, claims: VerifiedClaims, view: APIView) -> Verdict:
        assert isinstance(view, ForwardAuthView)  # noqa: S101 - it is declared below and nowhere else
        return view.door.opens_to(claims) if claims.aud == view.door.rule.audience else None

    @override
    def requirement(self) -> Requirement:
        return {"audience_and_rule": True}


class JSONAlone(BaseContentNegotiation):
    """JSON whatever is asked for: what a proxy passes on is what its client wants of another service."""

    @override
    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    @override
    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        (renderer,) = renderers
        return renderer, str(renderer.media_type)


def _parameter(name: str, said: str, pattern: str) -> OpenApiParameter:
    return OpenApiParameter(
        name, {"type": "string", "pattern": pattern}, required=name == "audience", description=said
    )


class ForwardAuthView(APIView):
    """Whether a bearer token may pass a door; no cookie opens one.

    Every method is answered alike and no body is read: what the client asked of the service is not told
    here, and would be its own word.
    """

    authentication_classes = (BearerAuthentication,)
    permission_classes = (MayPass(),)  # type: ignore[assignment] # an instance answers itself when called
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = JSONAlone
    problem_statuses = ("400",)

    door: Door

    @override
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # First of all, so that a typing error is one for everybody, with a token and without.
        self.door = door_for(request.query_params)
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="forward_auth",
        parameters=[
            _parameter("audience", "The audience that the token has to be for.", f"^{_CODES}$"),
            _parameter("role", "Roles of which one is needed.", f"^{_CODES}(,{_CODES})*$"),
            _parameter("department", "Departments of which one is needed.", f"^{_CODES}(,{_CODES})*$"),
            *(
                OpenApiParameter(name, str, OpenApiParameter.HEADER, description=said, response=[200])
                for name, said in IDENTITY_HEADERS.items()
            ),
        ],
        responses={200: OpenApiResponse(description="The token may pass; the headers say whose it is.")},
    )
    def get(self, request: Request) -> Response:
        """Let a proxy know whether a token may pass; 400 where its rule has a fault."""
        return Response(headers=_headers(self.door.identity(request_claims(request))))

    @override
    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override] # DRF hands its own request on
        return self.get(request)

    @override
    def http_method_not_allowed(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override] # as above
        """Answer every other method like GET; the rule was asked before."""
        return self.get(request)


def _headers(who: Identity) -> dict[str, str]:
    values = (who.sub, ",".join(who.roles), who.department, who.tenant, who.client_id, who.sid)
    return dict(zip(IDENTITY_HEADERS, values, strict=True)) | {"Cache-Control": "no-store"}
