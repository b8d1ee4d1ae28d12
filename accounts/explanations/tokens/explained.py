"""What a person's token says, claim by claim, by the very functions that issue; it always answers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from accounts.audiences.claim_sources import ClaimInput, LoginContext
from accounts.audiences.contracts import ClaimContract, read_contract
from accounts.audiences.errors import ClaimSourceError, UnknownAudienceError
from accounts.change_log.epoch import current_epoch
from accounts.explanations.tokens.claim_rows import ClaimRow, rows_of_failed, rows_of_unreadable, rows_said
from accounts.explanations.tokens.reasons import (
    Obstacle,
    Reason,
    reason,
    reasons_of_contract,
    reasons_of_person,
)
from accounts.explanations.tokens.signing_header import header_to_issue
from accounts.models import User
from accounts.models.subject_facts import SubjectFacts, read_subject_facts
from accounts.tokens.claims import Claims
from accounts.tokens.encryption import encryption_header
from accounts.tokens.issuing import LARGEST_SHOWN, claims_to_issue
from accounts.tokens.sizes import NEAR, json_bytes, part_of_budget, token_bytes

#: A byte of claims is four thirds of a byte of token (RFC 7515 §2, base64url); encrypted, once more.
IN_TOKEN, IN_ENCRYPTED_TOKEN = 4 / 3, 16 / 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A person, the epoch that was read with them, and what may be said about them."""

    user: User
    epoch: int
    facts: SubjectFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenExplained:
    """What the next token would say, row by row, and why there would be none.

    ``claims`` are none where they cannot be computed; ``contract`` is none where it cannot be read.
    ``reasons`` are all that stands in the way; ``advice`` is what does not yet.
    """

    audience: str
    subject: Subject
    context: LoginContext
    contract: ClaimContract | None = None
    header: dict[str, str] | None = None
    claims: Claims | None = None
    rows: tuple[ClaimRow, ...] = ()
    claims_bytes: int = 0
    token_bytes: int = 0
    reasons: tuple[Reason, ...] = ()
    advice: tuple[Reason, ...] = ()

    @property
    def is_issued(self) -> bool:
        """Tell whether a login would get this token."""
        return not self.reasons

    @property
    def encryption_header(self) -> dict[str, str] | None:
        """Return the header of the encrypted token around it (RFC 7519 §11.2), where tokens are encrypted."""
        target = self.contract.encryption if self.contract else None
        return encryption_header(target) if target else None

    @property
    def per_byte(self) -> float:
        """Return how many bytes of the token one byte of claims takes."""
        return IN_ENCRYPTED_TOKEN if self.encryption_header else IN_TOKEN

    @property
    def budget(self) -> int:
        """Return the audience's budget in bytes, or 0 where it could not be read."""
        return self.contract.max_token_bytes if self.contract else 0

    @property
    def percent(self) -> int:
        """Return how much of the budget the token takes: 100 or less where it fits; 0 without a budget."""
        return part_of_budget(self.token_bytes, self.budget) if self.budget else 0

    @property
    def claim_input(self) -> ClaimInput:
        """Return what the sources look at."""
        return ClaimInput(subject=self.subject.facts, audience=self.audience, context=self.context)


def assumed_context(
    *, audience: str, now: datetime, ip: str | None = None, client_id: str | None = None
) -> LoginContext:
    """Return what a login by password at ``now`` would know."""
    return LoginContext(client_id=client_id or audience, ip=ip, auth_time=now, auth_methods=("pwd",))


def explain_token(*, user_id: UUID, audience: str, context: LoginContext) -> TokenExplained:
    """Explain what a token for ``audience`` would say now; whatever fails is a reason, never an exception.

    Queries: the person with the epoch, the contract, the roles; two more for the way from the root of the
    departments, and one for each thing that fails.

    :raise User.DoesNotExist: nobody has this id
    """
    user = User.objects.with_directory().annotate(epoch=current_epoch()).get(pk=user_id)
    contract, rows, found = _read(audience)
    with_path = contract is not None and contract.reads_department_path
    subject = Subject(
        user=user, epoch=user.epoch, facts=read_subject_facts(user, with_department_path=with_path)
    )
    plain = TokenExplained(
        audience=audience,
        subject=subject,
        context=context,
        contract=contract,
        rows=rows,
        reasons=(*found, *reasons_of_person(user)),
    )
    return plain if contract is None else _filled_in(plain, contract)


def _read(audience: str) -> tuple[ClaimContract | None, tuple[ClaimRow, ...], tuple[Reason, ...]]:
    try:
        return read_contract(audience), (), ()
    except (ClaimSourceError, UnknownAudienceError):
        return None, *rows_of_unreadable(audience)


def _filled_in(plain: TokenExplained, contract: ClaimContract) -> TokenExplained:
    header, found = header_to_issue(contract)
    barred = reasons_of_contract(contract, plain.subject.facts)
    with_header = replace(plain, header=header, reasons=(*plain.reasons, *found, *barred))
    try:
        return _with_claims(with_header, contract)
    except Exception as error:  # noqa: BLE001 - the page on which it can be mended has to open
        rows, failures = rows_of_failed(contract, plain.claim_input, error)
        return replace(with_header, rows=rows, reasons=(*with_header.reasons, *failures))


def _with_claims(plain: TokenExplained, contract: ClaimContract) -> TokenExplained:
    subject = plain.subject
    claims = claims_to_issue(
        subject=subject.facts, contract=contract, context=plain.context, epoch=subject.epoch
    )
    rows, size = rows_said(claims, contract), token_bytes(claims, contract)
    budget = list(_budget_reasons(rows, size, contract.max_token_bytes))
    is_over = size > contract.max_token_bytes
    return replace(
        plain,
        claims=claims,
        rows=rows,
        claims_bytes=json_bytes(claims),
        token_bytes=size,
        reasons=(*plain.reasons, *(budget if is_over else ())),
        advice=() if is_over else tuple(budget),
    )


def _budget_reasons(rows: tuple[ClaimRow, ...], size: int, budget: int) -> Iterator[Reason]:
    if size <= NEAR * budget:
        return
    largest = sorted(rows, key=lambda row: (-row.bytes, row.path))[:LARGEST_SHOWN]
    named = ", ".join(f"{row.path} {row.bytes}" for row in largest)
    obstacle = Obstacle.OVER_BUDGET if size > budget else Obstacle.NEAR_BUDGET
    yield reason(obstacle, bytes=size, budget=budget, largest=named)
