"""Every view of the API says who may use it; the default denies everybody."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from api.permissions import DenyAll, PermissionsByAction


def api_callbacks(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[type[APIView], dict[str, str]]]:
    """Yield each routed view of DRF with its actions by method; a plain view has none."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from api_callbacks(pattern.url_patterns)
            continue
        view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
        if isinstance(view, type) and issubclass(view, APIView):
            yield view, getattr(pattern.callback, "actions", None) or {}


ROUTED = list(api_callbacks(get_resolver().url_patterns))
VIEWS = sorted({view for view, _ in ROUTED}, key=lambda view: view.__qualname__)
ACTIONS = sorted(
    {(view, action) for view, actions in ROUTED for action in actions.values()},
    key=lambda route: (route[0].__qualname__, route[1]),
)


def test_the_default_denies_everybody() -> None:
    default: list[object] = list(api_settings.DEFAULT_PERMISSION_CLASSES)

    assert default == [DenyAll]
    assert len(VIEWS) > 10


@pytest.mark.parametrize("view", VIEWS, ids=[view.__name__ for view in VIEWS])
def test_view_declares_its_permissions(view: type[APIView]) -> None:
    """By action where it is a viewset, else for the whole view."""
    if issubclass(view, PermissionsByAction):
        assert view.permissions_by_action
        return
    declared = [cls for cls in view.__mro__ if "permission_classes" in vars(cls)]

    assert declared[0] is not APIView
    assert view.permission_classes


def test_each_action_of_a_viewset_is_declared_and_nothing_else() -> None:
    declared = {
        (view, action)
        for view in VIEWS
        if issubclass(view, PermissionsByAction)
        for action in view.permissions_by_action
    }

    assert declared == set(ACTIONS)
