"""Issuing an access token: claims by the contract, signed, within the budget."""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts import conf
from accounts.audiences.claim_sources import ClaimInput, LoginContext
from accounts.audiences.contracts import ClaimContract
from accounts.audiences.errors import ClaimSourceError
from accounts.models.subject_facts import SubjectFacts
from accounts.tokens.access_token import AccessToken
from accounts.tokens.claims import Claims, compute_claims
from accounts.tokens.encryption import encrypt
from accounts.tokens.errors import TokenUnissuableError
from accounts.tokens.sizes import claim_bytes

logger = logging.getLogger(__name__)

LARGEST_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedAccessToken:
    """A signed access token and its lifetime in seconds."""

    token: str
    expires_in: int


def claims_to_issue(
    *, subject: SubjectFacts, contract: ClaimContract, context: LoginContext, epoch: int
) -> Claims:
    """Return all that a token says but ``sid``, ``jti``, ``iat`` and ``exp``: preview and token alike.

    ``epoch`` must have been read before ``subject``: otherwise a change in between is never noticed.

    :raise ClaimSourceError: a source failed
    """
    always: Claims = {
        "iss": conf.issuer(),
        "sub": str(subject.sub),
        "aud": contract.audience,
        "client_id": context.client_id,
        "epoch": epoch,
    }
    claim_input = ClaimInput(subject=subject, audience=contract.audience, context=context)
    return always | compute_claims(claim_input, contract)


def issue_access_token(
    *,
    subject: SubjectFacts,
    contract: ClaimContract,
    context: LoginContext,
    sid: UUID,
    epoch: int,
    now: datetime,
) -> IssuedAccessToken:
    """Sign what ``claims_to_issue`` says.

    :raise AudienceClosedError: the audience is not open to this person
    :raise TokenUnissuableError: a source failed, the token is over the audience's budget, or there is no
        key to encrypt it to
    """
    contract.access.require(subject, audience=contract.audience)
    try:
        claims = claims_to_issue(subject=subject, contract=contract, context=context, epoch=epoch)
    except ClaimSourceError as error:
        logger.exception("No token for %s and audience %s: %s", subject.sub, contract.audience, error.facts)
        raise TokenUnissuableError(sub=subject.sub, audience=contract.audience, **error.facts) from error
    token = str(
        AccessToken.of(
            claims | {"sid": str(sid)},
            algorithm=contract.signing_algorithm,
            lifetime=contract.access_lifetime,
            now=now,
        )
    )
    if contract.is_encrypted:
        token = _encrypted(token, contract)
    if len(token) > contract.max_token_bytes:
        _refuse_over_budget(claims, len(token), contract)
    return IssuedAccessToken(token=token, expires_in=int(contract.access_lifetime.total_seconds()))


def _encrypted(signed: str, contract: ClaimContract) -> str:
    if contract.encryption is None:
        logger.error(
            "No token for audience %s: its tokens are encrypted, and it has no current encryption key. "
            "Register one in the admin, or make one there.",
            contract.audience,
        )
        raise TokenUnissuableError(audience=contract.audience, reason="no encryption key")
    return encrypt(signed, contract.encryption)


def _refuse_over_budget(claims: Claims, size: int, contract: ClaimContract) -> None:
    by_size = sorted(((number, name) for name, number in claim_bytes(claims).items()), reverse=True)
    largest = ", ".join(f"{name} {number} bytes" for number, name in by_size[:LARGEST_SHOWN])
    logger.error(
        "No token for subject %s: %d bytes are over the budget of %d of audience %s; largest claims: %s. "
        "Raise the audience's budget, shorten its contract, or take away what this person does not need: "
        "then the same refresh token works. Who else is near: manage.py near_token_budget.",
        claims["sub"],
        size,
        contract.max_token_bytes,
        contract.audience,
        largest,
    )
    raise TokenUnissuableError(sub=claims["sub"], audience=contract.audience, bytes=size, largest=largest)
