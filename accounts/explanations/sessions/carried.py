"""What a person's live sessions still carry, against what a refresh would say now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.audiences.contracts import ClaimContract, read_contract
from accounts.change_log.errors import ChangeLogUnreadableError, OutdatedTokenError
from accounts.change_log.live_log import live_log
from accounts.change_log.staleness import require_fresh
from accounts.errors import AuthsiteError
from accounts.explanations.sessions.past_audiences import PastAudiences, read_past_audiences
from accounts.explanations.sessions.past_facts import FactsThen, Past, read_past
from accounts.explanations.tokens.differences import Difference, differences
from accounts.explanations.tokens.origins import dropped_until
from accounts.keys.keyring import keyring
from accounts.models import User
from accounts.models.subject_facts import SubjectFacts, read_subject_facts
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.session_tokens import login_context_of
from accounts.tokens.claims import Claims
from accounts.tokens.issuing import claims_to_issue

SHOWN = 20


class Acceptance(StrEnum):
    """What happens to the last access token of a session."""

    ACCEPTED = "accepted"
    #: Something that it says was taken away, or its session or key.
    REFUSED = "refused"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Gap(StrEnum):
    """Why it cannot be known, or not for certain, what a token said."""

    #: Events since then were exported and dropped.
    DROPPED = "dropped"
    #: Events contradict what is there: something that records none changed it.
    UNRECORDED = "unrecorded"
    #: The contract is another one since.
    CONTRACT_CHANGED = "contract_changed"
    #: The person belonged to another tenant then, which is that tenant's business.
    ELSEWHERE = "elsewhere"
    #: Today's contract cannot be read, or a source of it fails.
    FAILED = "failed"


#: A changed contract is none: what it left out took every older token away.
_UNCERTAIN = {Gap.DROPPED, Gap.UNRECORDED, Gap.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One live session. ``expires_at`` is that of the access token of its last step."""

    session: RefreshSession
    acceptance: Acceptance
    expires_at: datetime | None = None
    differences: tuple[Difference, ...] = ()
    #: By gap, what it is about: a moment, some names, an error code.
    gaps: Mapping[Gap, object]

    @property
    def is_known(self) -> bool:
        """Tell whether ``differences`` are worth showing."""
        return not self.gaps.keys() & {Gap.DROPPED, Gap.ELSEWHERE, Gap.FAILED}


def live_sessions(user: User, *, now: datetime) -> tuple[list[RefreshSession], bool]:
    """Return the sessions that can be refreshed, the latest used first; and whether there are more."""
    live = RefreshSession.objects.live(at=now).filter(user=user).order_by("-last_used_at", "sid")
    found = list(live[: SHOWN + 1])
    return found[:SHOWN], len(found) > SHOWN


def what_sessions_carry(
    sessions: Sequence[RefreshSession], *, user: User, epoch: int, viewer: User, now: datetime
) -> list[Carried]:
    """Return what each session's last access token said, and what of that differs now.

    Queries, however many sessions there are: one contract for each audience among them, five for the past,
    two for changed audiences, two where a contract says the way to the department, and the tail of the change
    log where it is older than a second. The roles of ``user`` are loaded; ``epoch`` was read with them.
    """
    if not sessions:
        return []
    contracts = {code: _contract(code) for code in {session.audience_id for session in sessions}}
    with_path = any(
        isinstance(contract, ClaimContract) and contract.reads_department_path
        for contract in contracts.values()
    )
    since = min(session.rotated_at for session in sessions)
    facts = read_subject_facts(user, with_department_path=with_path)
    reader = _Reader(
        facts=facts,
        epoch=epoch,
        viewer=viewer,
        now=now,
        past=read_past(user, facts, since=since, with_department_path=with_path),
        audiences=read_past_audiences(contracts, since=since),
        dropped_until=dropped_until(),
    )
    return [reader.carried(session, contracts[session.audience_id]) for session in sessions]


def _contract(audience: str) -> ClaimContract | AuthsiteError:
    try:
        return read_contract(audience)
    except AuthsiteError as error:
        return error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """All that was read, for every session at once."""

    facts: SubjectFacts
    epoch: int
    viewer: User
    now: datetime
    past: Past
    audiences: PastAudiences
    dropped_until: datetime | None

    def carried(self, session: RefreshSession, contract: ClaimContract | AuthsiteError) -> Carried:
        then = self.past.at(session.rotated_at)
        gaps = self._gaps(session, then)
        if isinstance(contract, AuthsiteError):
            gaps[Gap.FAILED] = contract.code
            return Carried(session=session, acceptance=self._acceptance(session, {}, "", gaps), gaps=gaps)
        lifetime = self.audiences.lifetime(contract, session.rotated_at)
        before, found = self._compare(session, contract, then, gaps)
        kid = _kid(contract, session.rotated_at)
        is_over = session.rotated_at + lifetime <= self.now
        return Carried(
            session=session,
            acceptance=Acceptance.EXPIRED if is_over else self._acceptance(session, before, kid, gaps),
            expires_at=session.rotated_at + lifetime,
            differences=found,
            gaps=gaps,
        )

    def _gaps(self, session: RefreshSession, then: FactsThen) -> dict[Gap, object]:
        gaps: dict[Gap, object] = {}
        if self.dropped_until is not None and self.dropped_until > session.rotated_at:
            gaps[Gap.DROPPED] = self.dropped_until
        if self.viewer.tenant_id is not None and then.facts.tenant != self.viewer.tenant_code:
            gaps[Gap.ELSEWHERE] = ""
        elif then.doubts:
            gaps[Gap.UNRECORDED] = ", ".join(then.doubts)
        changed = self.audiences.contract_changed(session.audience_id, session.rotated_at)
        if changed is not None:
            gaps[Gap.CONTRACT_CHANGED] = changed
        return gaps

    def _compare(
        self, session: RefreshSession, contract: ClaimContract, then: FactsThen, gaps: dict[Gap, object]
    ) -> tuple[Claims, tuple[Difference, ...]]:
        context = login_context_of(session)
        try:
            old = self.audiences.contract_then(contract, session.rotated_at)
            before, now = (
                claims_to_issue(subject=facts, contract=told, context=context, epoch=self.epoch)
                for facts, told in ((then.facts, old), (self.facts, contract))
            )
        except Exception as error:  # noqa: BLE001 - the page on which it can be mended has to open
            gaps[Gap.FAILED] = error.code if isinstance(error, AuthsiteError) else type(error).__name__
            return {}, ()
        # What was said in another tenant is not even handed on.
        return before, () if Gap.ELSEWHERE in gaps else differences(before, now, (*contract.rows, *old.rows))

    def _acceptance(
        self, session: RefreshSession, before: Claims, kid: str, gaps: Mapping[Gap, object]
    ) -> Acceptance:
        """Ask the change log, by what the token surely says and what it probably does."""
        surely = {"sub": str(session.user_id), "aud": session.audience_id, "sid": str(session.sid)}
        try:
            tail = live_log.copy().tail
            moment = int(session.rotated_at.timestamp() * 1000)
            require_fresh(before | surely | {"epoch": min(moment, tail)}, kid=kid)
        except OutdatedTokenError:
            return Acceptance.REFUSED
        except ChangeLogUnreadableError:
            return Acceptance.UNKNOWN
        return Acceptance.ACCEPTED if before and not gaps.keys() & _UNCERTAIN else Acceptance.UNKNOWN


def _kid(contract: ClaimContract, moment: datetime) -> str:
    """Return the key that signed at ``moment``; none where there is another since."""
    try:
        key = keyring.signing_key(str(contract.signing_algorithm))
    except AuthsiteError:
        return ""
    return key.kid if key.row.created_at <= moment else ""
