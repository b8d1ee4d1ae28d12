"""Conditions on verified claims, and how they combine with ``& | ~``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeAlias

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from typing_extensions import override

from accounts.tokens.verified_claims import VerifiedClaims

if TYPE_CHECKING:  # DRF's views import the permission classes that the settings name
    from collections.abc import Iterator

    from rest_framework.request import Request
    from rest_framework.views import APIView

#: None: the question does not arise, because the token is for another audience than the claims are of.
Verdict: TypeAlias = bool | None
#: What a condition needs, as JSON says it: ``{"role": ["admin"]}``, ``{"all": […]}``, ``{"not": …}``.
Requirement: TypeAlias = dict[str, Any]


class DenyAll(BasePermission):
    """The default: a view that declares nothing opens nothing."""

    @override
    def has_permission(self, request: Request, view: APIView) -> bool:
        """Refuse."""
        return False


class ClaimPermission(BasePermission):
    """A condition on verified claims, made with its arguments: ``HasRole("editor") & ForAudience()``.

    DRF calls what stands in ``permission_classes``; calling an instance answers itself. It reads claims
    and the address of the request, and never queries.
    """

    #: The problem that a refusal answers.
    code = "access_denied"

    def __call__(self, *_args: Any, **_kwargs: Any) -> Self:
        """Answer itself."""
        return self

    # Beside a permission class of DRF's, DRF's own operators take over.

    def __and__(self, other: object) -> AllOf:
        """Hold where both hold."""
        return AllOf(self, other) if isinstance(other, ClaimPermission) else NotImplemented

    def __or__(self, other: object) -> AnyOf:
        """Hold where one of them holds."""
        return AnyOf(self, other) if isinstance(other, ClaimPermission) else NotImplemented

    def __invert__(self) -> Not:
        """Hold where this does not."""
        return Not(self)

    @override
    def has_permission(self, request: Request, view: APIView) -> bool:
        """Ask for a verdict on the verified claims; without any, nobody may.

        :raise PermissionDenied: the token is for another audience than the claims are of
        """
        claims = request.auth
        if not isinstance(claims, VerifiedClaims):
            return False
        verdict = self.verdict(claims, view)
        if verdict is None:
            raise PermissionDenied(code="wrong_audience")
        return verdict

    def verdict(self, claims: VerifiedClaims, view: APIView) -> Verdict:
        """Tell whether the claims meet the condition."""
        raise NotImplementedError

    def requirement(self) -> Requirement:
        """Say what is needed, for the description of an operation."""
        raise NotImplementedError

    def claim_paths(self) -> Iterator[str]:
        """Name the claims that the own audience's contract must have."""
        yield from ()


class _Combination(ClaimPermission):
    """Several conditions."""

    word: str
    parts: tuple[ClaimPermission, ...]

    def __init__(self, *parts: ClaimPermission) -> None:
        self.parts = tuple(inner for part in parts for inner in self._flat(part))

    def _flat(self, part: ClaimPermission) -> tuple[ClaimPermission, ...]:
        return part.parts if isinstance(part, type(self)) else (part,)

    @override
    def requirement(self) -> Requirement:
        return {self.word: [part.requirement() for part in self.parts]}

    @override
    def claim_paths(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.claim_paths()


class AllOf(_Combination):
    """Every condition holds: ``a & b``."""

    word = "all"

    @override
    def verdict(self, claims: VerifiedClaims, view: APIView) -> Verdict:
        verdicts = [part.verdict(claims, view) for part in self.parts]
        return False if False in verdicts else None if None in verdicts else True


class AnyOf(_Combination):
    """One condition holds: ``a | b``."""

    word = "any"

    @override
    def verdict(self, claims: VerifiedClaims, view: APIView) -> Verdict:
        verdicts = [part.verdict(claims, view) for part in self.parts]
        return True if True in verdicts else None if None in verdicts else False


class Not(ClaimPermission):
    """The condition does not hold: ``~a``. A token for another audience does not make it hold."""

    def __init__(self, inner: ClaimPermission) -> None:
        self.inner = inner

    @override
    def verdict(self, claims: VerifiedClaims, view: APIView) -> Verdict:
        verdict = self.inner.verdict(claims, view)
        return None if verdict is None else not verdict

    @override
    def requirement(self) -> Requirement:
        return {"not": self.inner.requirement()}

    @override
    def claim_paths(self) -> Iterator[str]:
        yield from self.inner.claim_paths()
