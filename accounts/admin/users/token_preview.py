"""What a person's token would say now, by the very function that issues."""

import json
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import conf
from accounts.audiences.claim_sources import LoginContext
from accounts.audiences.contracts import ClaimContract, read_contract
from accounts.change_log.epoch import current_epoch
from accounts.errors import AuthsiteError
from accounts.models import User
from accounts.models.subject_facts import read_subject_facts
from accounts.tokens.claims import Claims
from accounts.tokens.issuing import claims_to_issue
from accounts.tokens.sizes import NEAR, json_bytes, token_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPreview:
    """What a token says and how much room it takes, or why there would be none."""

    audience: str
    problem: str = ""
    claims: str = ""
    claims_bytes: int = 0
    token_bytes: int = 0
    budget: int = 0

    @property
    def is_over_budget(self) -> bool:
        """Tell whether the token would not be issued."""
        return self.token_bytes > self.budget

    @property
    def is_nearly_full(self) -> bool:
        """Tell whether less than a tenth of the budget is left."""
        return self.token_bytes > NEAR * self.budget


def preview_token(user: User) -> TokenPreview:
    """Return what a token for authsite's own audience would say if ``user`` logged in now."""
    audience = conf.own_audience()
    try:
        contract = read_contract(audience)
        claims = _claims(user, contract)
        written = json.dumps(claims, ensure_ascii=False, indent=2)
    except Exception as error:  # noqa: BLE001 - the page on which it can be mended has to open
        return TokenPreview(audience=audience, problem=_problem(error))
    return TokenPreview(
        audience=audience,
        claims=written,
        claims_bytes=json_bytes(claims),
        token_bytes=token_bytes(claims, contract),
        budget=contract.max_token_bytes,
    )


def _claims(user: User, contract: ClaimContract) -> Claims:
    subject = User.objects.with_directory().annotate(epoch=current_epoch()).get(pk=user.pk)
    return claims_to_issue(
        subject=read_subject_facts(subject, with_department_path=contract.reads_department_path),
        contract=contract,
        context=LoginContext(
            client_id=contract.audience, ip=None, auth_time=timezone.now(), auth_methods=("pwd",)
        ),
        epoch=subject.epoch,
    )


def _problem(error: Exception) -> str:
    if isinstance(error, AuthsiteError):
        return str(error)
    return _("Computing the claims failed: %s.") % type(error).__name__
