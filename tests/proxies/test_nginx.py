"""Forward-auth behind a real nginx, by the configuration that docs/forward-auth.md prints."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.audiences.encryption_keys import create_encryption_key
from accounts.audiences.models import Audience
from accounts.audiences.services import change_audience
from accounts.keys.algorithms import EncryptionAlgorithm
from tests.accounts.journeys import SYSTEM, start_session
from tests.docs.blocks import blocks_of
from tests.proxies.conftest import token_of
from tests.proxies.programs import find_program, running, write_certificate
from tests.proxies.services import ProxyClient, free_port, replaced
from tests.proxies.spoofs import IDENTITY, SPOOFS
from tests.scenarios.causes import committed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

#: What Debian's /etc/nginx/nginx.conf is around a file of conf.d, for somebody without rights.
AROUND = """
daemon off; worker_processes 1; pid nginx.pid; error_log stderr warn;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    include reports.conf;
}
"""
RULE = "audience=api-mi-aplicacion&role=editor,admin;"
RULE_FREE = "audience=api-mi-aplicacion;"


@pytest.fixture
def start(tmp_path: Path, service: int, authsite: str) -> Iterator[Callable[..., ProxyClient]]:
    """Return how to start nginx with the printed configuration, with another rule for its editors' door."""
    nginx = find_program("nginx", "apt-get install nginx (.ci/install-proxies)")
    certificate, key = write_certificate(tmp_path)

    def started(*, rule: str = RULE, asks: str = authsite) -> ProxyClient:
        port = free_port()
        folder = tmp_path / str(port)
        folder.mkdir()
        changes = {
            "127.0.0.1:8000": asks,
            "127.0.0.1:9000": f"127.0.0.1:{service}",
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "/etc/ssl/reports.example.com.pem": str(certificate),
            "/etc/ssl/reports.example.com.key": str(key),
            RULE: rule,
        }
        printed = blocks_of("forward-auth.md", "nginx")["nginx"]
        (folder / "reports.conf").write_text(replaced(printed, changes), "utf-8")
        (folder / "nginx.conf").write_text(AROUND, "utf-8")
        command = [nginx, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
        stack.enter_context(running(command, port=port, folder=folder))
        return ProxyClient(port)

    with ExitStack() as stack:
        yield started


def test_who_meets_the_rule_reaches_the_service_with_who_they_are(
    start: Callable[..., ProxyClient], people: dict[str, User]
) -> None:
    answer = start().ask("/some/where?page=2", token=token_of("bob"), method="POST", body=b"a=1")

    assert answer.status == 200
    assert answer.reached is not None
    assert [answer.reached[name] for name in ("method", "path", "body")] == [
        "POST",
        "/some/where?page=2",
        "a=1",
    ]
    assert answer.read_as("X-Auth-Sub") == [str(people["bob"].pk)]
    assert answer.read_as("X-Auth-Roles") == ["editor"]
    assert answer.read_as("X-Auth-Department") == ["ventas"]
    assert answer.read_as("X-Auth-Client-Id") == ["api-mi-aplicacion"]
    assert len(answer.read_as("X-Auth-Sid")) == 1
    assert answer.read_as("Authorization") == []


@pytest.mark.parametrize(
    "path",
    ["/payroll", "/PAYROLL/", "//payroll/a", "/x/../payroll", "/%70ayroll/", "/payroll%2Fa", "/payroll;x/a"],
)
def test_no_spelling_of_a_path_leads_through_the_wider_door(
    start: Callable[..., ProxyClient], people: dict[str, User], path: str
) -> None:
    proxy = start()

    assert proxy.ask("/some/where", token=token_of("bob")).status == 200
    assert proxy.ask(path, token=token_of("bob")).status == 403


def test_rules_with_roles_and_departments(start: Callable[..., ProxyClient], people: dict[str, User]) -> None:
    proxy = start()
    tokens = {person: token_of(person) for person in people}

    assert {name: proxy.ask(token=token).status for name, token in tokens.items()} == {
        "alice": 200,
        "bob": 200,
        "mallory": 403,
    }
    assert {name: proxy.ask("/payroll/", token=token).status for name, token in tokens.items()} == {
        "alice": 200,
        "bob": 403,
        "mallory": 403,
    }
    people["alice"].department = people["bob"].department
    people["alice"].save()
    committed()
    assert proxy.ask("/payroll/", token=token_of("alice")).status == 403


def test_without_a_good_token_the_client_is_told_to_get_one(
    start: Callable[..., ProxyClient], people: dict[str, User]
) -> None:
    proxy, good = start(), token_of("alice")

    missing = proxy.ask()
    altered = proxy.ask(token=good[:-8] + "AAAAAAAA")
    yesterday = timezone.now() - timedelta(days=1)
    expired = proxy.ask(token=start_session(people["alice"], now=yesterday).access_token)

    assert (missing.status, missing.headers["WWW-Authenticate"]) == (401, 'Bearer realm="authsite"')
    for answer in (altered, expired):
        assert (answer.status, answer.reached) == (401, None)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="authsite", error="invalid_token"'
    assert proxy.ask(headers=[("Cookie", "sessionid=x; authsite_session=x")]).status == 401
    assert proxy.ask(headers=[("Authorization", "Basic YTpi")]).status == 401


@pytest.mark.parametrize("name", IDENTITY)
def test_no_spelling_of_a_header_lets_a_client_say_who_it_is(
    start: Callable[..., ProxyClient], people: dict[str, User], name: str
) -> None:
    proxy, token = start(), token_of("mallory")
    rule_free = start(rule=RULE_FREE)
    honest = rule_free.ask(token=token).read_as(name)

    for spoof in SPOOFS[name]:
        assert proxy.ask(token=token, headers=[(spoof, "admin")]).status == 403
        twice = rule_free.ask(token=token, headers=[(spoof, "admin"), (spoof, "editor")])
        assert twice.read_as(name) == honest, spoof


@pytest.mark.parametrize("name", IDENTITY)
def test_a_client_cannot_have_the_proxy_drop_who_it_is(
    start: Callable[..., ProxyClient], people: dict[str, User], name: str
) -> None:
    """What ``Connection`` names is not passed on; people without a tenant see everybody's things."""
    proxy, token = start(rule=RULE_FREE), token_of("mallory")
    honest = proxy.ask(token=token).read_as(name)

    for listed in (name, name.lower(), f"close, {name}", f"keep-alive,{name.upper()} , x"):
        assert proxy.ask(token=token, headers=[("Connection", listed)]).read_as(name) == honest, listed


@pytest.mark.parametrize(
    "rule",
    [
        "audience=api-mi-aplicacion&rol=editor;",
        "audience=api-mi-aplicacion&role=;",
        "audience=api-mi-aplicacion&role=editr;",
        "audience=api-mi-aplicacion&role=editor,adminx;",
        "audience=api-mi-aplicacion&role=editor&role=admin;",
        "audience=api-mi-aplicacion&department=;",
        "audience=api-mi-aplicacion&department=venta;",
        "audience=api-mi-aplicacio&role=editor;",
        "audience=&role=editor;",
        "role=editor;",
        "audience=api-mi-aplicacion&audience=api-mi-aplicacion;",
        ";",
    ],
)
def test_a_typing_error_in_a_rule_opens_no_door(
    start: Callable[..., ProxyClient], people: dict[str, User], caplog: pytest.LogCaptureFixture, rule: str
) -> None:
    proxy = start(rule=rule)

    for token in (token_of("alice"), token_of("bob"), None):
        answer = proxy.ask(token=token, headers=[("Accept", "text/html")])
        assert (answer.status, answer.reached) == (500, None)
    assert sum("Forward-auth lets nobody in" in record.message for record in caplog.records) == 3


def test_the_clients_own_address_changes_no_rule(
    start: Callable[..., ProxyClient], people: dict[str, User]
) -> None:
    proxy, token = start(), token_of("mallory")

    for path in ("/?audience=api-mi-aplicacion", "/?role=", "/%3Faudience=x", "/payroll/?department=ventas"):
        assert proxy.ask(path, token=token).status == 403
    # Nor may anybody ask the door itself.
    assert proxy.ask("/_door/editors", token=token).status == 404


def test_encrypted_tokens_pass_where_authsite_holds_the_key(
    start: Callable[..., ProxyClient], people: dict[str, User]
) -> None:
    proxy, bare = start(), token_of("bob")
    own, now = Audience.objects.get(code="api-mi-aplicacion"), timezone.now()
    create_encryption_key(
        audience_id=own.pk, algorithm=EncryptionAlgorithm.ECDH_ES_A256KW, actor=SYSTEM, now=now
    )
    change_audience(audience_id=own.pk, is_encrypted=True, actor=SYSTEM, now=now)
    committed()

    token = token_of("bob")
    assert token.count(".") == 4
    assert proxy.ask(token=token).read_as("X-Auth-Roles") == ["editor"]
    assert proxy.ask(token=bare).status == 401


def test_what_was_taken_away_is_refused_within_two_seconds(
    start: Callable[..., ProxyClient], people: dict[str, User]
) -> None:
    proxy, token = start(), token_of("bob")
    assert proxy.ask(token=token).status == 200

    people["bob"].roles.clear()
    time.sleep(2)

    assert proxy.ask(token=token).status == 401


def test_while_authsite_is_away_nobody_passes(
    start: Callable[..., ProxyClient], people: dict[str, User]
) -> None:
    proxy = start(asks=f"127.0.0.1:{free_port()}")

    for token in (token_of("alice"), None):
        answer = proxy.ask(token=token)
        assert (answer.status, answer.reached) == (500, None)
