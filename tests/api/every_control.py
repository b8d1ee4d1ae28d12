"""Views for tests of forms: one with every kind of field, which answers what it was sent."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from typing_extensions import override

from accounts.models import Role
from api.permissions import DenyAll
from api.serializers.strict import StrictSerializer, StringField


class InnerSerializer(StrictSerializer):
    """A nested object."""

    note = StringField(required=False, allow_blank=True)
    depth = serializers.IntegerField(required=False, allow_null=True)


class EverySerializer(StrictSerializer):
    """Every kind of field."""

    id = serializers.IntegerField(read_only=True)
    title = StringField(help_text="What it is <called>.")
    nickname = StringField(required=False, allow_null=True)
    contact = serializers.EmailField(required=False)
    secret = StringField(required=False, write_only=True, style={"input_type": "password"})
    amount = serializers.IntegerField(required=False, allow_null=True)
    ratio = serializers.FloatField(required=False)
    is_open = serializers.BooleanField(default=True)
    verdict = serializers.BooleanField(required=False, allow_null=True)
    colour = serializers.ChoiceField(
        choices=[("red", "Red"), ("blue", "Blue")], required=False, allow_null=True
    )
    level = serializers.ChoiceField(choices=[(1, "One"), (2, "Two")], required=False)
    role: serializers.SlugRelatedField[Role] = serializers.SlugRelatedField(
        slug_field="code", queryset=Role.objects.all(), required=False, allow_null=True
    )
    roles = serializers.SlugRelatedField(
        slug_field="code", queryset=Role.objects.all(), many=True, required=False
    )
    tags = serializers.MultipleChoiceField(choices=["a", "b", "c"], required=False)
    memo = StringField(required=False, allow_blank=True, style={"base_template": "textarea.html"})
    extra = serializers.JSONField(required=False)
    rows = InnerSerializer(many=True, required=False)
    inner = InnerSerializer(required=False)
    hidden = serializers.HiddenField(default="hidden")


HELD: dict[str, Any] = {
    "id": 7,
    "title": "Held",
    "nickname": None,
    "contact": "held@example.org",
    "amount": 3,
    "ratio": 0.5,
    "is_open": False,
    "verdict": None,
    "colour": "blue",
    "level": 2,
    "role": None,
    "roles": [],
    "tags": {"a"},
    "memo": "one\r\ntwo",
    "extra": {"b": [1, None], "a": "<x>"},
    "rows": [{"note": "n", "depth": 1}],
    "inner": {"note": "", "depth": 4},
}


class EveryView(GenericAPIView[Any]):
    """Takes everything, and answers what it was sent."""

    permission_classes = (AllowAny,)
    serializer_class = EverySerializer

    @override
    def get_object(self) -> dict[str, Any]:
        return HELD

    def get(self, request: Any) -> Response:
        """Show what is held."""
        return Response(self.get_serializer(HELD).data)

    def post(self, request: Any) -> Response:
        """Answer what was sent."""
        return self._answer(self.get_serializer(data=request.data), 201)

    def patch(self, request: Any) -> Response:
        """Answer what was sent."""
        return self._answer(self.get_serializer(HELD, data=request.data, partial=True), 200)

    def delete(self, request: Any) -> Response:
        """Do nothing."""
        return Response(status=204)

    def _answer(self, serializer: Any, status: int) -> Response:
        serializer.is_valid(raise_exception=True)
        return Response({"sent": self.request.data}, status=status)


class ButtonView(GenericAPIView[Any]):
    """A POST without a body."""

    permission_classes = (AllowAny,)
    serializer_class = serializers.Serializer

    def post(self, request: Any) -> Response:
        """Answer what was sent."""
        return Response({"sent": request.data})


class ListView(EveryView):
    """A POST that takes a list."""

    http_method_names = ["post", "options"]

    @override
    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        return super().get_serializer(*args, many=True, **kwargs)


class DeniedView(EveryView):
    """Nobody may."""

    permission_classes = (DenyAll,)  # type: ignore[assignment] # another class than its parent's


class FormlessView(GenericAPIView[Any]):
    """Has no serializer."""

    permission_classes = (AllowAny,)

    def get(self, request: Any) -> Response:
        """Answer an address, and a text that is markup."""
        return Response(
            {"link": "not https://alone.example", "url": "https://example.org/?a=1&b=2", "x": "</pre>"}
        )

    def post(self, request: Any) -> Response:
        """Do nothing."""
        return Response()


urlpatterns = [
    path("", include("authsite.urls")),
    path("api/every/", EveryView.as_view()),
    path("api/button/", ButtonView.as_view()),
    path("api/list/", ListView.as_view()),
    path("api/denied/", DeniedView.as_view()),
    path("api/formless/", FormlessView.as_view()),
]
handler404 = "api.views.root.page_not_found"
