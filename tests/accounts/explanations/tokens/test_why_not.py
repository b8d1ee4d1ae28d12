"""Why a token says a role, or why not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.audiences.claim_sources import ClaimSource, JSONType, Sensitivity
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.explanations.tokens.explained import assumed_context, explain_token
from accounts.explanations.tokens.origins import Knowledge, read_origins
from accounts.explanations.tokens.reasons import Obstacle
from accounts.explanations.tokens.why_not import RoleAnswer, why_role
from accounts.models import Role, User
from accounts.services.roles import retire_role
from accounts.services.users import assign_role, create_user, unassign_role
from tests.accounts.journeys import NOW, OWN_AUDIENCE, SYSTEM
from tests.factories import RoleFactory, UserFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def ana() -> User:
    for code in ("editor", "lector"):
        RoleFactory.create(code=code)
    editor = Role.objects.get(code="editor")
    return create_user(email="ana@example.org", name="Ana", roles=[editor], actor=SYSTEM, now=NOW)


def why(user: User, code: str, audience: str = OWN_AUDIENCE) -> RoleAnswer:
    token = explain_token(
        user_id=user.pk, audience=audience, context=assumed_context(audience=audience, now=NOW)
    )
    viewer = UserFactory.build()
    origins = read_origins(token.subject.user, viewer=viewer, also_roles=[code])
    return why_role(code, token=token, origins=origins, viewer=viewer)


def test_a_role_that_is_said_is_said_where_and_since_when(ana: User) -> None:
    answer = why(ana, "editor")

    assert (answer.is_said, answer.is_held, answer.paths) == (True, True, ("user_roles",))
    assert answer.last is not None
    assert (answer.last.knowledge, answer.last.event and answer.last.event.at) == (Knowledge.TOLD, NOW)


def test_there_is_no_such_role(ana: User) -> None:
    answer = why(ana, "ghost")

    assert (answer.exists, answer.is_said) == (False, False)


def test_a_role_that_was_never_given(ana: User) -> None:
    answer = why(ana, "lector")

    assert (answer.is_said, answer.is_held, answer.paths) == (False, False, ("user_roles",))
    assert answer.last is not None
    assert answer.last.knowledge is Knowledge.UNTOLD


def test_a_role_that_was_taken_away(ana: User) -> None:
    said: dict[str, Any] = {"user_id": ana.pk, "role": Role.objects.get(code="lector"), "actor": SYSTEM}
    assign_role(**said, now=NOW + HOUR)
    unassign_role(**said, now=NOW + 2 * HOUR)

    last = why(ana, "lector").last

    assert last is not None
    assert last.event is not None
    assert (last.event.type, last.event.at) == ("role.unassigned", NOW + 2 * HOUR)


def test_a_role_that_is_retired(ana: User) -> None:
    retire_role(role_id=Role.objects.get(code="editor").pk, actor=SYSTEM, now=NOW + HOUR)

    answer = why(ana, "editor")

    assert (answer.is_said, answer.is_held, answer.paths) == (False, True, ("user_roles",))
    assert answer.retirement is not None
    assert answer.retirement.at == NOW + HOUR


def test_an_audience_whose_contract_says_no_roles_or_says_them_elsewhere(ana: User) -> None:
    other = Audience.objects.create(code="other", label="Other")

    assert why(ana, "editor", "other").paths == ()
    assert not why(ana, "editor", "other").is_said
    ContractClaim.objects.create(audience=other, path="a.roles", source="roles")
    assert (why(ana, "editor", "other").is_said, why(ana, "editor", "other").paths) == (True, ("a.roles",))


def test_a_claim_of_ones_own_that_depends_on_the_role_is_found(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ClaimSource(
        name="is_lector",
        json_type=JSONType.BOOLEAN,
        sensitivity=Sensitivity.PUBLIC,
        description="",
        compute=lambda given: "lector" in given.subject.roles,
    )
    monkeypatch.setitem(CLAIM_SOURCES, "is_lector", source)
    ContractClaim.objects.create(audience=Audience.objects.get(), path="reads", source="is_lector")

    assert set(why(ana, "lector").paths) == {"user_roles", "reads"}
    assert why(ana, "editor").paths == ("user_roles",)


def test_somebody_inactive_has_the_role_and_no_token(ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=False)

    answer = why(ana, "editor")

    assert (answer.is_held, answer.is_said) == (True, False)
    assert [reason.obstacle for reason in answer.reasons] == [Obstacle.INACTIVE]


def test_where_the_claims_cannot_be_computed_nobody_knows_where_it_would_stand(ana: User) -> None:
    ContractClaim.objects.create(audience=Audience.objects.get(), path="odd", source="not_there")

    answer = why(ana, "editor")

    assert (answer.paths_are_known, answer.is_said) == (False, False)
