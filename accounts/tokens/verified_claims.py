"""Verified claims with a type of their own: what permission classes and views read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from accounts.audiences.claim_paths import segments
from accounts.errors import AuthsiteError


class MissingClaimError(AuthsiteError):
    """Code asks for a claim that the token does not hold: misspelt, or not in the contract."""

    code = "missing_claim"
    description = "The verified token holds no such claim."


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedClaims:
    """The claims of a verified token, or the same claims computed for a browser session.

    ``sid`` is none and ``header`` is empty for a browser session.
    """

    sub: str
    aud: str
    client_id: str
    sid: str | None
    epoch: int
    claims: Mapping[str, Any]
    header: Mapping[str, Any]

    @classmethod
    def of(cls, claims: Mapping[str, Any], header: Mapping[str, Any] | None = None) -> Self:
        """Wrap claims that ``verify_access_token`` or ``claims_to_issue`` answered."""
        return cls(
            sub=claims["sub"],
            aud=claims["aud"],
            client_id=claims["client_id"],
            sid=claims.get("sid"),
            epoch=claims["epoch"],
            claims=claims,
            header=header or {},
        )

    def at(self, path: str) -> Any:
        """Return the value at a dotted path.

        :raise MissingClaimError: nothing stands there; a misspelt claim must not read as ``None``
        """
        value: Any = self.claims
        for name in segments(path):
            if not isinstance(value, Mapping) or name not in value:
                raise MissingClaimError(path=path, aud=self.aud)
            value = value[name]
        return value

    def optional(self, path: str) -> Any:
        """Return the value at a dotted path, or ``None``: for claims that their contract calls optional."""
        try:
            return self.at(path)
        except MissingClaimError:
            return None
