"""A back-end developer composes permission classes over claims."""

from collections.abc import Callable

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts.audiences.models import ContractClaim
from accounts.tokens.verified_claims import MissingClaimError, VerifiedClaims
from api.permissions import (
    DenyAll,
    ForAudience,
    HasRole,
    HasSpecialPermissions,
    InDepartment,
    InTenant,
    IsSelf,
)
from api.views.me import UserDataView

SUB = "6f7dcc9d-941b-4b8e-ac9a-e7493b8c0a69"


def may(permission: object, claims: VerifiedClaims | None, **url_kwargs: str) -> bool:
    request = Request(APIRequestFactory().get("/"))
    request.auth = claims
    view = APIView()
    view.kwargs = url_kwargs
    made = permission()  # type: ignore[operator] # DRF calls what stands in permission_classes
    try:
        return bool(made.has_permission(request, view))
    except PermissionDenied:
        return False


def claims(*roles: str, aud: str = "api-mi-aplicacion", **more: object) -> VerifiedClaims:
    said: dict[str, object] = {
        "sub": SUB,
        "aud": aud,
        "client_id": "c",
        "epoch": 0,
        "user_roles": list(roles),
    }
    return VerifiedClaims.of(said | more)


def of_finance(*, special: object = False, department: str | None = "finanzas") -> VerifiedClaims:
    return claims(custom_data={"departamento": department, "permisos_especiales": special})


ADMIN, EDITOR = HasRole("admin"), HasRole("editor")


@pytest.mark.parametrize(
    ("permission", "roles", "expected"),
    [
        (EDITOR, ["editor"], True),
        (EDITOR, ["editors"], False),
        (EDITOR, [], False),
        (HasRole("admin", "editor"), ["editor"], True),
        (ADMIN & EDITOR, ["editor"], False),
        (ADMIN & EDITOR, ["editor", "admin"], True),
        (ADMIN | EDITOR, ["editor"], True),
        (ADMIN | EDITOR, ["lector"], False),
        (~ADMIN, ["editor"], True),
        (~(ADMIN | EDITOR), ["editor"], False),
        (~ADMIN & ForAudience(), ["admin"], False),
        (ForAudience("reports") | ADMIN, ["admin"], True),
        (ForAudience("reports"), ["admin"], False),
        (DenyAll, ["admin"], False),
        (ADMIN & AllowAny, ["admin"], True),
        (AllowAny & ADMIN, ["editor"], False),  # type: ignore[operator] # the stubs know classes only
    ],
)
def test_conditions_compose(permission: object, roles: list[str], expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert may(permission, claims(*roles)) is expected


@pytest.mark.parametrize(
    ("permission", "said", "expected"),
    [
        (InDepartment("finanzas"), of_finance(), True),
        (InDepartment("soporte", "finanzas"), of_finance(), True),
        (InDepartment("soporte"), of_finance(), False),
        (InDepartment("finanzas"), of_finance(department=None), False),
        (HasSpecialPermissions(), of_finance(special=True), True),
        (HasSpecialPermissions(), of_finance(special=1), False),
        (HasSpecialPermissions(), of_finance(), False),
        (InTenant("empresa_123"), claims(tenant_id="empresa_123"), True),
        (InTenant("empresa_123"), claims(tenant_id="empresa_456"), False),
        (InTenant("empresa_123"), claims(), False),
        (~InTenant("empresa_123"), claims(), True),
    ],
)
def test_each_class_reads_its_claim(permission: object, said: VerifiedClaims, expected: bool) -> None:  # noqa: FBT001 - as above
    assert may(permission, said) is expected


def test_self_is_the_person_in_the_address() -> None:
    assert may(IsSelf(), claims(), id=SUB) is True
    assert may(IsSelf(), claims(), id=SUB.replace("6", "7")) is False
    with pytest.raises(KeyError):
        may(IsSelf(), claims())


@pytest.mark.parametrize(
    "permission", [ADMIN, ~ADMIN, ADMIN & ForAudience(), ~ADMIN | EDITOR, ~HasSpecialPermissions()]
)
def test_claims_of_another_audience_are_not_asked(permission: object) -> None:
    assert may(permission, claims("admin", aud="reports")) is False
    assert may(permission, VerifiedClaims.of({"sub": SUB, "aud": "r", "client_id": "c", "epoch": 0})) is False


def test_another_audience_is_open_where_it_is_named() -> None:
    assert may(ADMIN | ForAudience("reports"), claims(aud="reports")) is True


@pytest.mark.parametrize("made", [lambda: HasRole("Admin"), lambda: InTenant(""), lambda: ForAudience("a b")])
def test_code_that_cannot_exist_is_refused_where_it_is_declared(made: Callable[[], object]) -> None:
    with pytest.raises(ValidationError):
        made()


@pytest.mark.parametrize(
    "permission",
    [
        ADMIN,
        InDepartment("x"),
        InTenant("x"),
        HasSpecialPermissions(),
        ForAudience(),
        IsSelf(),
        ~ADMIN | EDITOR,
    ],
)
@pytest.mark.django_db
def test_no_condition_queries(permission: object, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    said = claims("admin", tenant_id="t", custom_data={"departamento": "x", "permisos_especiales": True})
    with django_assert_num_queries(0):
        may(permission, said, id=SUB)


@pytest.mark.parametrize("permission", [HasRole("admin"), ForAudience(), DenyAll])
def test_nobody_may_without_claims(permission: object) -> None:
    assert may(permission, None) is False


def test_missing_claim_raises_and_is_no_silent_refusal() -> None:
    without_roles = VerifiedClaims.of(
        {"sub": SUB, "aud": "api-mi-aplicacion", "client_id": "c", "epoch": 0, "custom_data": {}}
    )

    for permission in (ADMIN, EDITOR | ADMIN, ~ADMIN, InDepartment("x"), HasSpecialPermissions()):
        with pytest.raises(MissingClaimError):
            may(permission, without_roles)


def test_check_finds_a_permission_whose_claim_the_contract_lacks(db: None) -> None:
    assert not [message for message in run_checks(databases=["default"]) if message.id == "api.E001"]
    ContractClaim.objects.filter(path="user_roles").delete()

    found = [message.msg for message in run_checks(databases=["default"]) if message.id == "api.E001"]

    assert all("user_roles" in message for message in found)
    assert {message.split()[0] for message in found} >= {"user-data", "user-list", "role-retire"}


def test_check_looks_into_combinations(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ContractClaim.objects.exclude(path="user_roles").delete()
    beside_drf = AllowAny | ~HasSpecialPermissions()  # type: ignore[operator] # the stubs know classes only
    wanted = [InTenant("a") & ADMIN, beside_drf, IsSelf() | ~InDepartment("b")]
    monkeypatch.setattr(UserDataView, "permission_classes", wanted)

    found = [message.msg for message in run_checks(databases=["default"]) if message.id == "api.E001"]

    needed = sorted(msg.split("'")[1] for msg in found if msg.startswith("user-data"))
    assert needed == ["custom_data.departamento", "custom_data.permisos_especiales", "tenant_id"]
