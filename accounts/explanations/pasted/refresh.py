"""What a refresh of a token's session would say now, for the token's audience."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.audiences.contracts import ClaimContract, read_contract
from accounts.audiences.errors import AudienceClosedError, ClaimSourceError, UnknownAudienceError
from accounts.errors import AuthsiteError
from accounts.explanations.pasted.claim_differences import ClaimDifference, claim_differences
from accounts.explanations.pasted.recognised import Kind, Recognised
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.session_tokens import claims_for_session
from accounts.tokens.claims import Claims
from accounts.tokens.sizes import token_bytes


class NoRefresh(StrEnum):
    """Why a refresh would bring no token."""

    NO_SESSION = "no_session"
    MAY_NOT_LOG_IN = "may_not_log_in"
    NO_AUDIENCE = "no_audience"
    SOURCE_FAILS = "source_fails"
    OVER_BUDGET = "over_budget"
    CLOSED_AUDIENCE = "closed_audience"
    NO_ENCRYPTION_KEY = "no_encryption_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextClaims:
    """How a refresh's claims would differ from those that the token holds, or why there would be none."""

    problem: NoRefresh | None = None
    differences: tuple[ClaimDifference, ...] = ()


def claims_of_a_refresh(
    recognised: Recognised, session: RefreshSession | None, *, now: datetime
) -> NextClaims | None:
    """Compare the claims of an access token with those of a refresh now, computed by what issues.

    ``session`` has its subject and its ``epoch``. Two queries, and two more for the way of a department.
    """
    if recognised.kind is not Kind.ACCESS_TOKEN:
        return None
    if session is None or session.ended_at is not None or session.is_expired(at=now):
        return NextClaims(problem=NoRefresh.NO_SESSION)
    if not session.user.may_log_in():
        return NextClaims(problem=NoRefresh.MAY_NOT_LOG_IN)
    try:
        contract = read_contract(recognised.audience)
        return _compared(recognised, session, contract)
    except (AudienceClosedError, ClaimSourceError, UnknownAudienceError) as error:
        return NextClaims(problem=_PROBLEMS[type(error)])


_PROBLEMS: dict[type[AuthsiteError], NoRefresh] = {
    AudienceClosedError: NoRefresh.CLOSED_AUDIENCE,
    ClaimSourceError: NoRefresh.SOURCE_FAILS,
    UnknownAudienceError: NoRefresh.NO_AUDIENCE,
}


def _compared(recognised: Recognised, session: RefreshSession, contract: ClaimContract) -> NextClaims:
    claims = claims_for_session(session, session.user, contract, session.epoch)  # type: ignore[attr-defined] # annotated
    return NextClaims(
        problem=_problem(claims, contract), differences=claim_differences(recognised.claims, claims)
    )


def _problem(claims: Claims, contract: ClaimContract) -> NoRefresh | None:
    if contract.is_encrypted and contract.encryption is None:
        return NoRefresh.NO_ENCRYPTION_KEY
    is_over = token_bytes(claims, contract) > contract.max_token_bytes
    return NoRefresh.OVER_BUDGET if is_over else None
