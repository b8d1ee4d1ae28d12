"""What the bearer token says: the user's three helpers in one answer."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.tokens.confidential import for_the_bearer
from api.origins import request_claims
from api.permissions import ForAudience


class TokenContentSerializer(serializers.Serializer[object]):
    """Identity, header and claims of the token."""

    identity = serializers.CharField()
    header = serializers.DictField()
    claims = serializers.DictField()


class TokenContentView(APIView):
    """``get_jwt_identity()``, ``get_jwt_header()`` and ``get_jwt()`` of the user's document."""

    permission_classes = (ForAudience(),)  # type: ignore[assignment] # an instance answers itself when called

    @extend_schema(operation_id="get_token_content", responses=TokenContentSerializer)
    def get(self, request: Request) -> Response:
        """Show what the token says; a browser session has the same claims but no header.

        What is confidential is for the audience alone, and left out.
        """
        claims = request_claims(request)
        said = for_the_bearer(claims.claims)
        return Response({"identity": claims.sub, "header": claims.header, "claims": said})
