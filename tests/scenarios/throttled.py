"""A view that DRF throttles: what a deployment adds has our words, too."""

from typing import Any

from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView


class OncePerMinute(AnonRateThrottle):
    """One request."""

    rate = "1/min"


class ThrottledView(APIView):
    """Answers once."""

    permission_classes = (AllowAny,)
    throttle_classes = (OncePerMinute,)

    def get(self, request: Any) -> Response:
        """Answer."""
        return Response({})


urlpatterns = [path("throttled/", ThrottledView.as_view())]
