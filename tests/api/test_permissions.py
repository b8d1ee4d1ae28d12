"""A back-end developer composes permission classes over claims."""

import pytest
from django.core.checks import run_checks
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts.audiences.models import ContractClaim
from accounts.tokens.verified_claims import MissingClaimError, VerifiedClaims
from api.permissions import DenyAll, ForAudience, HasRole


def may(permission: object, claims: VerifiedClaims | None) -> bool:
    request = Request(APIRequestFactory().get("/"))
    request.auth = claims
    made = permission()  # type: ignore[operator] # DRF calls what stands in permission_classes
    assert isinstance(made, BasePermission) or hasattr(made, "has_permission")
    return bool(made.has_permission(request, APIView()))


def claims(*roles: str, aud: str = "api-mi-aplicacion") -> VerifiedClaims:
    said = {"sub": "s", "aud": aud, "client_id": "c", "epoch": 0, "user_roles": list(roles)}
    return VerifiedClaims.of(said)


@pytest.mark.parametrize(
    ("permission", "roles", "expected"),
    [
        (HasRole("editor"), ["editor"], True),
        (HasRole("editor"), ["editors"], False),
        (HasRole("editor"), [], False),
        (HasRole("admin", "editor"), ["editor"], True),
        (HasRole("admin") & HasRole("editor"), ["editor"], False),
        (HasRole("admin") & HasRole("editor"), ["editor", "admin"], True),
        (HasRole("admin") | HasRole("editor"), ["editor"], True),
        (~HasRole("admin"), ["editor"], True),
        (~HasRole("admin") & ForAudience(), ["admin"], False),
        (ForAudience("reports") | HasRole("admin"), ["admin"], True),
        (ForAudience("reports"), ["admin"], False),
        (DenyAll, ["admin"], False),
    ],
)
def test_conditions_compose(permission: object, roles: list[str], expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert may(permission, claims(*roles)) is expected


@pytest.mark.parametrize("permission", [HasRole("admin"), ForAudience(), DenyAll])
def test_nobody_may_without_claims(permission: object) -> None:
    assert may(permission, None) is False


def test_missing_claim_raises_and_is_no_silent_refusal() -> None:
    without_roles = VerifiedClaims.of({"sub": "s", "aud": "a", "client_id": "c", "epoch": 0})

    with pytest.raises(MissingClaimError):
        may(HasRole("admin"), without_roles)


def test_check_finds_a_permission_whose_claim_the_contract_lacks(db: None) -> None:
    assert not [message for message in run_checks(databases=["default"]) if message.id == "api.E001"]
    ContractClaim.objects.filter(path="user_roles").delete()

    (found,) = [message for message in run_checks(databases=["default"]) if message.id == "api.E001"]

    assert "user_roles" in found.msg
    assert "user-data" in found.msg
