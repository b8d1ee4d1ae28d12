"""The permission classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

from rest_framework.permissions import (
    AND,
    OR,
    BasePermission,
    OperandHolder,
    OperationHolderMixin,
    SingleOperandHolder,
)
from typing_extensions import override

from accounts import conf
from accounts.tokens.verified_claims import VerifiedClaims

if TYPE_CHECKING:  # DRF's views import the permission classes that the settings name
    from rest_framework.request import Request
    from rest_framework.views import APIView

#: Where authsite's own audience says the roles (the user's contract, design.md §4).
ROLES_PATH = "user_roles"
DEPARTMENT_PATH = "custom_data.departamento"


#: What DRF combines: an instance of ours, a class of DRF's, or a combination.
Composable: TypeAlias = "ClaimPermission | type[BasePermission] | OperandHolder | SingleOperandHolder"


class DenyAll(BasePermission):
    """The default: a view that declares nothing opens nothing."""

    @override
    def has_permission(self, request: Request, view: APIView) -> bool:
        """Refuse."""
        return False


class ClaimPermission(OperationHolderMixin, BasePermission):
    """A condition on verified claims, made with its arguments: ``HasRole("editor") & ForAudience()``.

    DRF calls what stands in ``permission_classes``; calling an instance answers itself.
    """

    #: The claims that the own audience's contract must have; a system check compares.
    claim_paths: ClassVar[tuple[str, ...]] = ()
    code = "access_denied"

    def __call__(self, *_args: Any, **_kwargs: Any) -> Self:
        """Answer itself."""
        return self

    # DRF composes by the same operators; its stubs know them for classes only.

    @override
    def __and__(self, other: Composable) -> OperandHolder:
        """Hold where both hold."""
        return OperandHolder(AND, self, other)  # type: ignore[arg-type] # as above

    @override
    def __or__(self, other: Composable) -> OperandHolder:
        """Hold where one of them holds."""
        return OperandHolder(OR, self, other)  # type: ignore[arg-type] # as above

    @override
    def has_permission(self, request: Request, view: APIView) -> bool:
        """Ask ``holds`` of the verified claims; without any, nobody may."""
        claims = request.auth
        return isinstance(claims, VerifiedClaims) and self.holds(claims)

    def holds(self, claims: VerifiedClaims) -> bool:
        """Tell whether the claims meet the condition."""
        raise NotImplementedError


class ForAudience(ClaimPermission):
    """The token was issued for this audience: authsite's own unless named."""

    code = "wrong_audience"

    def __init__(self, audience: str | None = None) -> None:
        self.audience = audience

    @override
    def holds(self, claims: VerifiedClaims) -> bool:
        return claims.aud == (self.audience or conf.own_audience())


class HasRole(ClaimPermission):
    """The subject has at least one of the roles."""

    claim_paths = (ROLES_PATH,)

    def __init__(self, *roles: str) -> None:
        self.roles = frozenset(roles)

    @override
    def holds(self, claims: VerifiedClaims) -> bool:
        return not self.roles.isdisjoint(claims.at(ROLES_PATH))
