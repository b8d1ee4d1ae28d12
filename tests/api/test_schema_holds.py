"""schemathesis asks every operation what its description allows, and what it does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
import schemathesis
import yaml
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.audiences.models import Audience
from accounts.audit.models import AuditEvent
from accounts.models import User
from tests.api.client import ApiClient, read
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory
from tests.house.source_files import ROOT

# The same current password is wrong 25 times.
pytestmark = pytest.mark.usefixtures("without_limits")

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
CASES = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


DESCRIBED = schemathesis.openapi.from_dict(yaml.safe_load((ROOT / "docs/openapi.yaml").read_text("utf-8")))
DESCRIBED.app = WSGIHandler()
OPERATIONS: list[Any] = [cast("Any", operation).ok() for operation in DESCRIBED.get_all_operations()]


@pytest.fixture
def tokens(alice: User, bob: User) -> dict[str, str]:
    """Return an administrator's token and an ordinary person's."""
    return {name: ApiClient().log_in(f"{name}@example.org")["token"] for name in ("alice", "bob")}


@pytest.fixture
def known(bob: User, tokens: dict[str, str]) -> dict[str, str]:
    """Return one row's address for each resource: made-up ones mostly name nothing."""
    Audience.objects.create(code="reports", label="Reports")
    carol = UserFactory.create(email="carol@example.org", roles=["editor"], tenant=TenantFactory.create())
    session = ApiClient()
    session.log_in("bob@example.org")
    (sid,) = [
        each["sid"] for each in read(session.get("/api/v1/auth/sessions/"))["results"] if each["current"]
    ]
    return {
        "users": str(carol.pk),
        "roles": RoleFactory.create(code="lector").code,
        "departments": DepartmentFactory.create(code="compras").code,
        "tenants": TenantFactory.create(code="empresa_nueve").code,
        "audiences": "reports",
        "audit-events": str(AuditEvent.objects.latest("id").pk),
        "sessions": sid,
    }


@contextmanager
def database_stays_open() -> Iterator[None]:
    """Keep a test's connection open between requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@pytest.mark.parametrize("person", ["alice", "bob"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_answers_are_as_described(
    operation: Any, tokens: dict[str, str], known: dict[str, str], person: str
) -> None:
    resource = operation.path.removeprefix("/api/v1/").removeprefix("auth/").split("/")[0]

    @CASES
    @given(case=operation.as_strategy(), is_known=st.booleans())
    def holds(case: Any, *, is_known: bool) -> None:
        if is_known and case.path_parameters:
            case.path_parameters = dict.fromkeys(case.path_parameters, known[resource])
        case.call_and_validate(headers={"Authorization": f"Bearer {tokens[person]}"}, checks=CHECKS)

    with database_stays_open():
        holds()
