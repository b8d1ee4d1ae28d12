"""What may stand together in a claim contract."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import conf
from accounts.audiences.claim_paths import validate_claim_path, validate_no_collisions
from accounts.audiences.claim_sources import Sensitivity
from accounts.audiences.own_claims import OWN_CLAIMS
from accounts.audiences.registered_claims import validate_registered_name
from accounts.audiences.source_registry import CLAIM_SOURCES

#: Rows of a contract: what a token of the largest budget could hold has far fewer.
MAX_CLAIMS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractClaimInput:
    """One row of a contract as somebody wrote it."""

    path: str
    source: str
    required: bool = True


def validate_contract(rows: Sequence[ContractClaimInput]) -> None:
    """Accept rows that can stand together in a contract.

    :raise ValidationError: with a sentence that says what to do
    """
    if len(rows) > MAX_CLAIMS:
        raise ValidationError(
            _("A contract has at most %(limit)d claims; this one has %(count)d."),
            code="too_many_claims",
            params={"limit": MAX_CLAIMS, "count": len(rows)},
        )
    for row in rows:
        validate_claim_path(row.path)
        validate_source(row.source)
        validate_registered_name(row.path, row.source)
    validate_no_collisions(row.path for row in rows)


def validate_source(name: str) -> None:
    """Accept a registered source.

    :raise ValidationError: it is unknown
    """
    if name not in CLAIM_SOURCES:
        raise ValidationError(_("There is no claim source “%(name)s”."), params={"name": name})


def validate_secrecy(sources: Iterable[str], *, is_encrypted: bool) -> None:
    """Refuse a confidential source in tokens that are only signed.

    :raise ValidationError: naming the first one
    """
    for name in sources:
        source = CLAIM_SOURCES.get(name)
        if not is_encrypted and source is not None and source.sensitivity is Sensitivity.CONFIDENTIAL:
            raise ValidationError(
                _(
                    "“%(name)s” is confidential, and whoever holds a signed token can read it: encrypt this"
                    " audience's tokens, or leave it out."
                ),
                code="confidential",
                params={"name": name},
            )


def validate_own_claims(audience: str, rows: Sequence[ContractClaimInput]) -> None:
    """Accept rows that leave in what authsite's own permission classes read: else nobody could use its API.

    :raise ValidationError: the audience is authsite's own, and a claim is missing or another
    """
    if audience != conf.own_audience():
        return
    written = {row.path: row for row in rows}
    for claim in OWN_CLAIMS:
        row = written.get(claim.path)
        if row is None or row.source != claim.source or (claim.required and not row.required):
            raise ValidationError(
                _(
                    "authsite's own API reads “%(path)s”: leave it in this contract, from “%(source)s”"
                    " and as it was."
                ),
                code="own_claim",
                params={"path": claim.path, "source": claim.source},
            )
