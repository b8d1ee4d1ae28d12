"""Client assertions at an explicit time: good but for what a test changes; and whether they are accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts import conf
from accounts.audiences.errors import InvalidAudienceCredentialError
from accounts.audiences.models import UsedAssertion
from accounts.tokens.client_assertions import verify_client_assertion
from tests.accounts.journeys import NOW
from tests.api.resource_server import INTROSPECT, assertion_claims

if TYPE_CHECKING:
    from datetime import datetime

AT = int(NOW.timestamp())
URL = f"{conf.issuer()}{INTROSPECT}"


def good(**changes: Any) -> dict[str, Any]:
    """Return good claims but for the changes; none leaves a claim out."""
    claims = assertion_claims(now=NOW) | changes
    return {name: value for name, value in claims.items() if value is not None}


def accept(presented: str, *, now: datetime = NOW) -> str:
    """Return the code of the audience that signed it."""
    audience = verify_client_assertion(presented, accepted_audiences={conf.issuer(), URL}, now=now)
    return str(audience.code)


def is_refused(presented: str, *, now: datetime = NOW) -> bool:
    """Tell that it is refused, without using up its id."""
    with pytest.raises(InvalidAudienceCredentialError):
        accept(presented, now=now)
    return not UsedAssertion.objects.exists()
