"""System checks of the HTTP layer: permission classes find the claims that they read."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import OperandHolder, SingleOperandHolder

from accounts import conf
from accounts.audiences.models import ContractClaim
from api.permissions import ClaimPermission


@register(Tags.database)
def check_claims_of_permissions(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Check that the own audience's contract has every claim that a permission class reads."""
    if not databases or "default" not in databases:
        return []
    if ContractClaim._meta.db_table not in connections["default"].introspection.table_names():
        return []
    audience = conf.own_audience()
    said = set(ContractClaim.objects.filter(audience__code=audience).values_list("path", flat=True))
    return [
        Error(
            f"{view} needs the claim {path!r}, which the contract of {audience!r} lacks.",
            hint="Add the claim to the audience's contract in the admin.",
            id="api.E001",
        )
        for view, path in sorted(set(_needed(get_resolver().url_patterns)))
        if path not in said
    ]


def _needed(patterns: Sequence[URLPattern | URLResolver]) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _needed(pattern.url_patterns)
            continue
        view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
        declared = getattr(view, "permissions_by_action", {}).values()
        for permission in (*declared, *getattr(view, "permission_classes", ())):
            yield from ((str(pattern.name), path) for path in _paths(permission))


def _paths(permission: object) -> Iterator[str]:
    match permission:
        case ClaimPermission():
            yield from permission.claim_paths()
        case OperandHolder():  # ours beside one of DRF's
            yield from _paths(permission.op1_class)
            yield from _paths(permission.op2_class)
        case SingleOperandHolder():
            yield from _paths(permission.op1_class)
        case _:
            return  # a class of DRF's own reads no claims
