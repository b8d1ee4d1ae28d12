"""Doors of other services: what a proxy's rule asks for, and what a verified token says to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.audiences.contracts import ClaimContract, ContractRow, read_contract
from accounts.audiences.errors import UnknownAudienceError
from accounts.keys.remembered import Remembered
from accounts.models import Department, Role
from accounts.tokens.decryption_keys import encryption
from accounts.tokens.verified_claims import VerifiedClaims

#: Rules that a process remembers; whoever makes some up pushes others out, which costs queries and no more.
RULES_REMEMBERED = 256
#: The sources of each fact, the plainest first; the last one is an object with a ``code``.
ROLES, DEPARTMENT, TENANT = ("roles",), ("department_code", "department"), ("tenant_id",)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRule:
    """What a proxy asks for: a token for the audience, one of the roles and one of the departments."""

    audience: str
    roles: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RuleFault:
    """Why nobody may pass: the rule asks for what no token of the audience can say."""

    parameter: str
    sentence: Promise
    code: str = ""

    @override
    def __str__(self) -> str:
        """Say it in the language in force."""
        return str(self.sentence) % {"code": self.code}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who passes, in codes and ids alone; empty where the audience's contract does not say it."""

    sub: str
    roles: tuple[str, ...]
    department: str
    tenant: str
    client_id: str
    sid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A rule, and where the tokens of its audience say what it asks for."""

    rule: DoorRule
    faults: tuple[RuleFault, ...]
    roles: ContractRow | None = None
    department: ContractRow | None = None
    tenant: ContractRow | None = None

    def opens_to(self, claims: VerifiedClaims) -> bool:
        """Tell whether the claims of a verified token meet the rule; never where the rule has a fault.

        :raise MissingClaimError: the token lacks a claim that the contract requires
        """
        if self.faults or claims.aud != self.rule.audience:
            return False
        who = self.identity(claims)
        has_role = not self.rule.roles or not self.rule.roles.isdisjoint(who.roles)
        return has_role and (not self.rule.departments or who.department in self.rule.departments)

    def identity(self, claims: VerifiedClaims) -> Identity:
        """Return who the claims are about.

        :raise MissingClaimError: as above
        """
        roles = _said(self.roles, claims)
        return Identity(
            sub=claims.sub,
            # A text is no list of roles: its letters would be taken for codes.
            roles=tuple(roles) if isinstance(roles, list) else (),
            department=_code(_said(self.department, claims)),
            tenant=_code(_said(self.tenant, claims)),
            client_id=claims.client_id,
            sid=claims.sid or "",
        )


def door_of(rule: DoorRule) -> Door:
    """Return the door of a rule, as the database had it at most a second ago.

    :raise ClaimSourceError: the contract names a source that this deployment does not have
    :raise KeysUnreadableError: the database has not answered for too long
    """
    return _remembered(rule).value()


def forget_doors() -> None:
    """Read anew at the next use."""
    _remembered.cache_clear()


@lru_cache(maxsize=RULES_REMEMBERED)
def _remembered(rule: DoorRule) -> Remembered[Door]:
    return Remembered(partial(_read, rule))


def _read(rule: DoorRule, _before: Door | None) -> Door:
    """Read the contract, and the codes that the rule names: a query each."""
    try:
        contract = read_contract(rule.audience)
    except UnknownAudienceError:
        return Door(rule=rule, faults=(RuleFault("audience", _("There is no such audience.")),))
    roles, department = _row(contract, ROLES), _row(contract, DEPARTMENT)
    return Door(
        rule=rule,
        faults=(
            *_audience_faults(contract),
            *_role_faults(rule, roles),
            *_department_faults(rule, department),
        ),
        roles=roles,
        department=department,
        tenant=_row(contract, TENANT),
    )


def _row(contract: ClaimContract, sources: tuple[str, ...]) -> ContractRow | None:
    found = (row for source in sources for row in contract.rows if row.source.name == source)
    return next(found, None)


def _audience_faults(contract: ClaimContract) -> Iterator[RuleFault]:
    held = {key.audience for key in encryption.value().keys.values()}
    if contract.is_encrypted and contract.audience not in held:
        yield RuleFault(
            "audience", _("This audience's tokens are encrypted to a key that authsite does not hold.")
        )


def _role_faults(rule: DoorRule, row: ContractRow | None) -> Iterator[RuleFault]:
    if rule.roles and row is None:
        yield RuleFault("role", _("The claim contract of this audience says no roles."))
    # A retired code is no typing error: nobody has it, and who has another one still passes.
    known = Role.objects.filter(code__in=rule.roles).values_list("code", flat=True) if rule.roles else ()
    for code in sorted(rule.roles.difference(known)):
        yield RuleFault("role", _("There is no role “%(code)s”."), code)


def _department_faults(rule: DoorRule, row: ContractRow | None) -> Iterator[RuleFault]:
    if rule.departments and row is None:
        yield RuleFault("department", _("The claim contract of this audience says no department."))
    named = Department.objects.filter(code__in=rule.departments)
    known = named.values_list("code", flat=True) if rule.departments else ()
    for code in sorted(rule.departments.difference(known)):
        yield RuleFault("department", _("There is no department “%(code)s”."), code)


def _said(row: ContractRow | None, claims: VerifiedClaims) -> Any:
    if row is None:
        return None
    return claims.at(row.path) if row.required else claims.optional(row.path)


def _code(said: Any) -> str:
    code = said.get("code") if isinstance(said, Mapping) else said
    return code if isinstance(code, str) else ""
