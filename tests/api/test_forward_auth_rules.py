"""A typing error in a proxy's rule opens no door: 400 for everybody, and a line in the log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from django.utils.http import urlencode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.encryption_keys import create_encryption_key, revoke_encryption_key
from accounts.audiences.models import Audience
from accounts.audiences.services import change_audience, create_audience
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.tokens import doors
from tests.accounts.audiences.jwks import KEYS
from tests.accounts.journeys import SYSTEM
from tests.api.client import ApiClient, read
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User

pytestmark = pytest.mark.django_db

PATH = "/api/v1/forward-auth/"
OWN = "audience=api-mi-aplicacion"

#: The query, and the parameters that the answer and the log line name.
FAULTS = {
    "": ["audience"],
    "role=admin": ["audience"],
    "audience=": ["audience"],
    "audience=api-mi-aplicación": ["audience"],
    "audience=api-mi-aplicacio": ["audience"],
    "audience=api-mi-aplicacion,reports": ["audience"],
    f"{OWN}&{OWN}": ["audience"],
    "audiencia=api-mi-aplicacion": ["audience", "audiencia"],
    f"{OWN}&rol=admin": ["rol"],
    f"{OWN}&roles=admin": ["roles"],
    f"{OWN}&Role=admin": ["Role"],
    f"{OWN}&role[]=admin": ["role[]"],
    f"{OWN}&role": ["role"],
    f"{OWN}&role=": ["role"],
    f"{OWN}&role=,": ["role"],
    f"{OWN}&role=admin,": ["role"],
    f"{OWN}&role=admin,%20editor": ["role"],
    f"{OWN}&role=admin;editor": ["role"],
    f"{OWN}&role=admin|editor": ["role"],
    f"{OWN}&role=Admin": ["role"],
    f"{OWN}&role=admin%0a": ["role"],
    f"{OWN}&role=%00": ["role"],
    f"{OWN}&role=%ff": ["role"],
    f"{OWN}&role=adminx": ["role"],
    f"{OWN}&role=admin,editr": ["role"],
    f"{OWN}&role=admin&role=admin": ["role"],
    f"{OWN}&role=admin&department=": ["department"],
    f"{OWN}&role=admin&department=finanza": ["department"],
    f"{OWN}&role=admin?department=finanzas": ["role"],
    f"{OWN}&role=admin&tenant=empresa_123": ["tenant"],
    f"{OWN}&role=admin&format=json": ["format"],
    f"{OWN}&=": [""],
    f"{OWN}&rle=admin&departmnt=x": ["departmnt", "rle"],
}


@pytest.mark.parametrize("query", FAULTS)
def test_typing_error_lets_nobody_in_and_is_logged(
    api: ApiClient, alice: User, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    api.log_in("alice@example.org")
    caplog.clear()

    response = api.get(f"{PATH}?{query}")

    assert sorted(read(response, 400)["error"]) == FAULTS[query]
    assert not any(name.startswith("X-Auth-") for name in response.headers)
    (line,) = [each for each in caplog.records if "Forward-auth" in each.message]
    assert line.levelno == logging.WARNING
    assert all(f'"{name}"' in line.message for name in FAULTS[query])


def test_typing_error_is_one_without_a_token_too(api: ApiClient) -> None:
    assert read(api.get(f"{PATH}?{OWN}&rol=admin"), 400)["error"] == {"rol": ["No existe ese parámetro."]}


def test_log_line_is_in_english_and_repeats_no_value_that_is_no_code(
    api: ApiClient, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    api.get(f"{PATH}?{OWN}&role=editr&x%0ay=eyJhbGciOi")
    api.get(f"{PATH}?{OWN}&role=editr")

    first, second = (each.message for each in caplog.records if "Forward-auth" in each.message)
    assert "eyJ" not in first
    assert "\n" not in first
    assert second.endswith('{"role": ["There is no role \\u201ceditr\\u201d."]}')


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    pairs=st.lists(
        st.tuples(st.sampled_from(["audience", "role", "rol", "department", ""]), st.text()), max_size=4
    )
)
def test_whatever_is_written_a_person_without_the_role_stays_outside(
    api: ApiClient, bob: User, pairs: list[tuple[str, str]]
) -> None:
    """Beginning with a rule that refuses bob, no more text makes one that lets him in."""
    if not api.token:
        api.log_in("bob@example.org")

    response = api.get(f"{PATH}?{OWN}&role=admin&{urlencode(pairs)}".rstrip("&"))

    assert response.status_code in {400, 403}


@pytest.mark.parametrize(
    "query", [f"{OWN}&role=" + ",".join(f"r{n}" for n in range(900)), "&".join(f"p{n}=x" for n in range(900))]
)
def test_a_long_rule_is_not_repeated_at_length(
    api: ApiClient, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    response = api.get(f"{PATH}?{query}")

    assert sum(len(said) for said in read(response, 400)["error"].values()) == 10
    assert all(len(each.message) < 1000 for each in caplog.records)


def test_more_parameters_than_django_reads_are_refused(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")
    many = "&".join(f"p{number}=x" for number in range(1500))

    for path in (PATH, "/api/v1/users/", "/api/v1/audit-events/"):
        assert list(read(api.get(f"{path}?{many}"), 400)["error"]) == ["non_field_errors"]


def test_rule_that_the_contract_cannot_answer_is_a_fault(api: ApiClient, alice: User) -> None:
    rows = [ContractClaimInput(path="mail", source="email")]
    create_audience(code="mails", label="Mails", rows=rows, actor=SYSTEM, now=timezone.now())
    api.log_in("alice@example.org", audience="mails")

    assert api.get(f"{PATH}?audience=mails").status_code == 200
    error = read(api.get(f"{PATH}?audience=mails&role=admin&department=finanzas"), 400)["error"]
    assert sorted(error) == ["department", "role"]


def test_retired_audience_is_a_fault(api: ApiClient, alice: User) -> None:
    Audience.objects.create(code="reports", label="Reports", retired_at=timezone.now())

    assert list(read(api.get(f"{PATH}?audience=reports"), 400)["error"]) == ["audience"]


def encrypted(**key: Any) -> Audience:
    rows = [ContractClaimInput(path="roles", source="roles")]
    return create_audience(
        code="payroll", label="Payroll", rows=rows, is_encrypted=True, actor=SYSTEM, now=timezone.now(), **key
    )


def test_encrypted_audience_is_served_where_its_key_is_held(api: ApiClient, alice: User) -> None:
    payroll = encrypted(encryption_key=next(iter(KEYS.values())))
    rule = f"{PATH}?audience=payroll&role=admin"
    assert list(read(api.get(rule), 400)["error"]) == ["audience"]

    key = create_encryption_key(
        audience_id=payroll.pk,
        algorithm=EncryptionAlgorithm.ECDH_ES_A256KW,
        actor=SYSTEM,
        now=timezone.now(),
    )
    committed()
    token = api.log_in("alice@example.org", audience="payroll")["token"]
    assert token.count(".") == 4
    assert api.get(rule).status_code == 200

    revoke_encryption_key(kid=key.kid, actor=SYSTEM, now=timezone.now())
    committed()
    assert api.get(rule).status_code == 400


def test_bare_token_of_an_audience_that_is_encrypted_by_now_does_not_pass(
    api: ApiClient, alice: User
) -> None:
    own = Audience.objects.get(code="api-mi-aplicacion")
    api.log_in("alice@example.org")
    create_encryption_key(
        audience_id=own.pk, algorithm=EncryptionAlgorithm.RSA_OAEP_256, actor=SYSTEM, now=timezone.now()
    )
    change_audience(audience_id=own.pk, is_encrypted=True, actor=SYSTEM, now=timezone.now())
    committed()

    assert read(api.get(f"{PATH}?{OWN}"), 401)["code"] == "invalid_token"


def test_faulty_rule_costs_no_query_within_a_second(
    api: ApiClient,
    alice: User,
    keep_log: Callable[[], None],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api.log_in("alice@example.org")
    keep_log()

    with django_assert_num_queries(2):  # the contract, the role
        assert api.get(f"{PATH}?{OWN}&role=editr").status_code == 400
    with django_assert_num_queries(0):
        assert api.get(f"{PATH}?{OWN}&role=editr").status_code == 400


def test_made_up_rules_do_not_fill_the_memory(api: ApiClient, alice: User) -> None:
    for number in range(doors.RULES_REMEMBERED + 10):
        api.get(f"{PATH}?{OWN}&role=made-up-{number}")

    assert doors._remembered.cache_info().currsize == doors.RULES_REMEMBERED  # noqa: SLF001 - the cache is what is asked about


def test_database_that_does_not_answer_opens_no_door(
    api: ApiClient, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_audience: str) -> None:
        raise OperationalError

    api.log_in("alice@example.org")
    monkeypatch.setattr(doors, "read_contract", unreachable)

    problem = read(api.get(f"{PATH}?{OWN}&role=admin"), 503)
    assert (problem["code"], problem["action"]) == ("unavailable", "wait")
