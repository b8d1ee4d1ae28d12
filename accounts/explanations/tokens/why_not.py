"""Why a person's token says a role, or why it does not."""

from dataclasses import dataclass, replace

from accounts.explanations.tokens.claim_rows import State
from accounts.explanations.tokens.explained import TokenExplained
from accounts.explanations.tokens.origins import Origin, Origins
from accounts.explanations.tokens.reasons import Reason
from accounts.explanations.tokens.retirements import Retirement, read_retirements
from accounts.models import Role, User


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAnswer:
    """All that decides whether a token says a role.

    ``last`` is how the person came by the role, or lost it. ``paths`` are the claims that say the role, or
    would: those that differ with it. ``reasons`` stand in the way of any token.
    """

    code: str
    exists: bool = False
    is_held: bool = False
    retirement: Retirement | None = None
    last: Origin | None = None
    paths: tuple[str, ...] = ()
    #: Whether ``paths`` could be found out: not where a source fails, or the contract cannot be read.
    paths_are_known: bool = False
    reasons: tuple[Reason, ...] = ()

    @property
    def is_said(self) -> bool:
        """Tell whether the next token says the role."""
        return self.is_held and self.retirement is None and bool(self.paths) and not self.reasons


def why_role(code: str, *, token: TokenExplained, origins: Origins, viewer: User) -> RoleAnswer:
    """Return why ``token`` says the role with this code, or why not. One query, two where it is retired.

    ``origins`` were read with ``also_roles`` holding the code.
    """
    role = Role.objects.filter(code=code).first()
    if role is None:
        return RoleAnswer(code=code, last=origins.roles.get(code))
    retirements = read_retirements([role], viewer=viewer)
    paths = _paths(token, code)
    return RoleAnswer(
        code=code,
        exists=True,
        is_held=role in token.subject.user.roles.all(),
        retirement=retirements[0] if retirements else None,
        last=origins.roles.get(code),
        paths=paths or (),
        paths_are_known=paths is not None,
        reasons=token.reasons,
    )


def _paths(token: TokenExplained, code: str) -> tuple[str, ...] | None:
    """Return the claims that differ with and without the role, whoever's code computes them."""
    contract = token.contract
    if contract is None or any(row.state is State.FAILED for row in token.rows):
        return None
    facts = token.subject.facts
    others = tuple(role for role in facts.roles if role != code)
    without, with_it = (
        replace(token.claim_input, subject=replace(facts, roles=roles))
        for roles in (others, tuple(sorted({*others, code})))
    )
    try:
        return tuple(
            row.path for row in contract.rows if row.source.value(without) != row.source.value(with_it)
        )
    except Exception:  # noqa: BLE001 - a source that fails with one of the two: the page has to open
        return None
