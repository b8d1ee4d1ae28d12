"""Why no token would be issued now, or what is about to become a reason: each with what to do about it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.audiences.access import AudienceAccess
from accounts.audiences.contracts import ClaimContract
from accounts.models import User
from accounts.models.subject_facts import SubjectFacts


class Obstacle(StrEnum):
    """What stands between a person and a token; the value is stable."""

    UNKNOWN_AUDIENCE = "unknown_audience"
    RETIRED_AUDIENCE = "retired_audience"
    INACTIVE = "inactive"
    RETIRED_TENANT = "retired_tenant"
    CLOSED_AUDIENCE = "closed_audience"
    CLOSED_TO_THEM = "closed_to_them"
    NO_ENCRYPTION_KEY = "no_encryption_key"
    NO_SIGNING_KEY = "no_signing_key"
    KEY_UNREADABLE = "key_unreadable"
    SOURCE_UNKNOWN = "source_unknown"
    SOURCE_FAILED = "source_failed"
    NOT_COMPUTED = "not_computed"
    OVER_BUDGET = "over_budget"
    #: No obstacle yet.
    NEAR_BUDGET = "near_budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One obstacle; ``facts`` hold no secret. Its text is a sentence that says what to do."""

    obstacle: Obstacle
    facts: Mapping[str, object]

    @override
    def __str__(self) -> str:
        return str(_SENTENCES[self.obstacle]) % self.facts


_SENTENCES: dict[Obstacle, Promise] = {
    Obstacle.UNKNOWN_AUDIENCE: _("There is no audience “%(audience)s”: choose one of the list."),
    Obstacle.RETIRED_AUDIENCE: _(
        "The audience “%(audience)s” is retired: no token is issued for it. Restore it in the list of"
        " audiences."
    ),
    Obstacle.INACTIVE: _("The account is inactive: mark it as active on the person's page."),
    Obstacle.RETIRED_TENANT: _(
        "The tenant “%(tenant)s” is retired: nobody of it gets a token. Restore it in the list of tenants."
    ),
    Obstacle.CLOSED_AUDIENCE: _(
        "The audience “%(audience)s” is not open to this person, but to %(open_to)s: give them what they"
        " lack, or open it to others on the audience's page."
    ),
    Obstacle.CLOSED_TO_THEM: _(
        "The audience “%(audience)s” is not open to this person: they lack a role, a department or a tenant"
        " that it asks for. Somebody who sees all tenants can tell which."
    ),
    Obstacle.NO_ENCRYPTION_KEY: _(
        "The tokens of “%(audience)s” are encrypted, and it has no current encryption key: register one, or"
        " make one, in the list of encryption keys."
    ),
    Obstacle.NO_SIGNING_KEY: _(
        "There is no current signing key for %(algorithm)s: “manage.py migrate” makes the first one, and"
        " changing the audience makes one for its algorithm."
    ),
    Obstacle.KEY_UNREADABLE: _(
        "The signing key cannot be used (%(error)s): look at AUTHSITE_KEY_ENCRYPTION_KEYS and at the"
        " server's log."
    ),
    Obstacle.SOURCE_UNKNOWN: _(
        "The contract names the source “%(source)s”, which is not registered in this deployment: add its"
        " module to AUTHSITE_CLAIM_SOURCES, or take the claim “%(path)s” out of the contract."
    ),
    Obstacle.SOURCE_FAILED: _(
        "The source “%(source)s” of the claim “%(path)s” failed (%(error)s): mend its code, or take the claim"
        " out of the contract."
    ),
    Obstacle.NOT_COMPUTED: _(
        "The claims could not be computed (%(error)s): look at the sources of the contract that are this"
        " deployment's own."
    ),
    Obstacle.OVER_BUDGET: _(
        "The token has %(bytes)d bytes, over the budget of %(budget)d. Largest: %(largest)s. Raise the"
        " audience's budget, shorten its contract, or shorten what this person carries."
    ),
    Obstacle.NEAR_BUDGET: _(
        "The token has %(bytes)d bytes: less than a tenth of the budget of %(budget)d is left. Largest:"
        " %(largest)s. Raise the audience's budget before this person gets more, or shorten the contract."
    ),
}


def reason(obstacle: Obstacle, **facts: object) -> Reason:
    """Return a reason with its facts."""
    return Reason(obstacle=obstacle, facts=facts)


def reasons_of_person(user: User) -> Iterator[Reason]:
    """Yield why the person gets no token of any audience, as ``User.may_log_in`` decides it."""
    if not user.is_active:
        yield reason(Obstacle.INACTIVE)
    if user.tenant is not None and user.tenant.retired_at is not None:
        yield reason(Obstacle.RETIRED_TENANT, tenant=user.tenant.code)


def reasons_of_contract(contract: ClaimContract, facts: SubjectFacts) -> Iterator[Reason]:
    """Yield why the person gets no token of this audience, as ``issue_access_token`` decides it."""
    if not contract.access.lets_in(facts):
        open_to = ", ".join(_lacking(contract.access, facts))
        yield reason(Obstacle.CLOSED_AUDIENCE, audience=contract.audience, open_to=open_to)
    if contract.is_encrypted and contract.encryption is None:
        yield reason(Obstacle.NO_ENCRYPTION_KEY, audience=contract.audience)


def seen_by(viewer: User | None, reasons: Iterable[Reason]) -> Iterator[Reason]:
    """Yield the reasons; staff of a tenant, or nobody in particular, are not told to whom it is open."""
    for each in reasons:
        if (viewer and viewer.tenant_id is None) or each.obstacle is not Obstacle.CLOSED_AUDIENCE:
            yield each
        else:
            yield reason(Obstacle.CLOSED_TO_THEM, audience=each.facts["audience"])


def _lacking(access: AudienceAccess, facts: SubjectFacts) -> Iterator[str]:
    """Yield the codes of each kind of which the person has none."""
    for name in ("roles", "departments", "tenants"):
        codes: frozenset[str] = getattr(access, name)
        if not AudienceAccess(**{name: codes}).lets_in(facts):
            yield "/".join(sorted(codes))
