"""Every view of the API says who may use it; the default denies everybody."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from api.permissions import DenyAll


def api_views(patterns: list[URLPattern | URLResolver]) -> Iterator[type[APIView]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from api_views(pattern.url_patterns)
            continue
        view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
        if isinstance(view, type) and issubclass(view, APIView):
            yield view


VIEWS = sorted(set(api_views(get_resolver().url_patterns)), key=lambda view: view.__qualname__)


def test_the_default_denies_everybody() -> None:
    default: list[object] = list(api_settings.DEFAULT_PERMISSION_CLASSES)

    assert default == [DenyAll]
    assert len(VIEWS) > 10


@pytest.mark.parametrize("view", VIEWS, ids=[view.__name__ for view in VIEWS])
def test_view_declares_its_permissions(view: type[APIView]) -> None:
    declared = [cls for cls in view.__mro__ if "permission_classes" in vars(cls)]

    assert declared[0] is not APIView
    assert view.permission_classes
