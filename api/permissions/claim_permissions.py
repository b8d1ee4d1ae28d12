"""The permission classes that a back-end developer declares: each is one condition on verified claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from accounts import conf
from accounts.audiences import own_claims
from accounts.models.codes import validate_code
from api.permissions.conditions import ClaimPermission, Requirement, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rest_framework.views import APIView

    from accounts.audiences.own_claims import OwnClaim
    from accounts.tokens.verified_claims import VerifiedClaims


class ForAudience(ClaimPermission):
    """The token was issued for this audience: authsite's own unless named."""

    code = "wrong_audience"

    def __init__(self, audience: str | None = None) -> None:
        if audience is not None:
            validate_code(audience)
        self.audience = audience

    @override
    def verdict(self, claims: VerifiedClaims, view: APIView) -> Verdict:
        return claims.aud == self._expected()

    @override
    def requirement(self) -> Requirement:
        return {"audience": self._expected()}

    def _expected(self) -> str:
        return self.audience or conf.own_audience()


class OwnClaimPermission(ClaimPermission):
    """A condition on a claim of authsite's own audience; the claims of another are not asked."""

    claim: ClassVar[OwnClaim]

    @override
    def verdict(self, claims: VerifiedClaims, view: APIView) -> Verdict:
        return self.holds(claims) if claims.aud == conf.own_audience() else None

    @override
    def claim_paths(self) -> Iterator[str]:
        yield self.claim.path

    def holds(self, claims: VerifiedClaims) -> bool:
        """Tell whether the claims of the own audience meet the condition.

        :raise MissingClaimError: the token lacks the claim, which is a fault and no refusal
        """
        raise NotImplementedError


class _OneOf(OwnClaimPermission):
    """The claim says one of the given codes; a code that cannot exist raises where it is declared."""

    word: ClassVar[str]

    def __init__(self, code: str, *more: str) -> None:
        for each in (code, *more):
            validate_code(each)
        self.codes = frozenset({code, *more})

    @override
    def requirement(self) -> Requirement:
        return {self.word: sorted(self.codes)}


class HasRole(_OneOf):
    """The subject has at least one of the roles."""

    claim = own_claims.ROLES
    word = "role"

    @override
    def holds(self, claims: VerifiedClaims) -> bool:
        return not self.codes.isdisjoint(claims.at(self.claim.path))


class InDepartment(_OneOf):
    """The subject's department is one of these; those below them have to be named as well."""

    claim = own_claims.DEPARTMENT
    word = "department"

    @override
    def holds(self, claims: VerifiedClaims) -> bool:
        return claims.at(self.claim.path) in self.codes


class InTenant(_OneOf):
    """The subject belongs to one of the tenants; people without a tenant have no such claim."""

    claim = own_claims.TENANT
    word = "tenant"

    @override
    def holds(self, claims: VerifiedClaims) -> bool:
        return claims.optional(self.claim.path) in self.codes


class HasSpecialPermissions(OwnClaimPermission):
    """The subject has special permissions."""

    claim = own_claims.SPECIAL_PERMISSIONS

    @override
    def holds(self, claims: VerifiedClaims) -> bool:
        return claims.at(self.claim.path) is True

    @override
    def requirement(self) -> Requirement:
        return {"special_permissions": True}


class IsSelf(ClaimPermission):
    """The person in the address (``/users/{id}/``) is the subject of the token."""

    def __init__(self, url_kwarg: str = "id") -> None:
        self.url_kwarg = url_kwarg

    @override
    def verdict(self, claims: VerifiedClaims, view: APIView) -> Verdict:
        # A route without it raises: such a declaration is a mistake, and no refusal.
        return str(view.kwargs[self.url_kwarg]) == claims.sub

    @override
    def requirement(self) -> Requirement:
        return {"self": True}
