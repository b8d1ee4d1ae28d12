"""Forward-auth behind a real Caddy, by the configuration that docs/forward-auth.md prints."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.docs.blocks import blocks_of
from tests.proxies.conftest import token_of
from tests.proxies.programs import find_program, running, write_certificate
from tests.proxies.services import ProxyClient, free_port, replaced
from tests.proxies.spoofs import IDENTITY, SPOOFS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

#: No ports but the test's own, no certificate of a stranger, nothing written elsewhere.
AROUND = """{{
	admin off
	auto_https off
	default_bind 127.0.0.1
	storage file_system {folder}
}}
"""
RULE = "import door role=editor,admin\n"
RULE_FREE = 'import door ""'


@pytest.fixture
def start(tmp_path: Path, service: int, authsite: str) -> Iterator[Callable[..., ProxyClient]]:
    """Return how to start Caddy with the printed configuration, with another rule for its editors' door."""
    caddy = find_program("caddy", "apt-get install caddy (.ci/install-proxies)")
    certificate, key = write_certificate(tmp_path)

    def started(*, rule: str = RULE, asks: str = authsite) -> ProxyClient:
        port = free_port()
        folder = tmp_path / str(port)
        folder.mkdir()
        printed = blocks_of("forward-auth.md", "Caddy")["caddyfile"]
        printed = printed.replace("127.0.0.1:9000", f"127.0.0.1:{service}")
        site = f"https://reports.example.com:{port} {{\n\ttls {certificate} {key}"
        changes = {"127.0.0.1:8000": asks, "reports.example.com {": site, RULE: f"{rule.strip()}\n"}
        config = AROUND.format(folder=folder) + replaced(printed, changes)
        (folder / "Caddyfile").write_text(config, "utf-8")
        command = [caddy, "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
        stack.enter_context(running(command, port=port, folder=folder))
        return ProxyClient(port)

    with ExitStack() as stack:
        yield started


def test_who_meets_the_rule_reaches_the_service_with_who_they_are(
    start: Callable[..., ProxyClient], people: dict[str, User]
) -> None:
    proxy = start()
    answer = proxy.ask("/some/where?page=2", token=token_of("bob"), method="POST", body=b"a=1")

    assert answer.reached is not None, answer
    assert [answer.reached[name] for name in ("method", "path", "body")] == [
        "POST",
        "/some/where?page=2",
        "a=1",
    ]
    assert answer.read_as("X-Auth-Sub") == [str(people["bob"].pk)]
    assert answer.read_as("X-Auth-Roles") == ["editor"]
    assert answer.read_as("Authorization") == []
    assert proxy.ask("/payroll/", token=token_of("alice")).status == 200
    assert proxy.ask("/payroll/", token=token_of("bob")).status == 403
    assert proxy.ask("/?audience=api-mi-aplicacion", token=token_of("mallory")).status == 403


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


def test_refusals_reach_the_client_as_they_are(
    start: Callable[..., ProxyClient], people: dict[str, User]
) -> None:
    answer = start().ask()

    assert (answer.status, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert answer.headers["Www-Authenticate"] == 'Bearer realm="authsite"'


@pytest.mark.parametrize("name", IDENTITY)
def test_no_spelling_of_a_header_lets_a_client_say_who_it_is(
    start: Callable[..., ProxyClient], people: dict[str, User], name: str
) -> None:
    proxy, token = start(rule=RULE_FREE), token_of("mallory")
    honest = [value for value in proxy.ask(token=token).read_as(name) if value]

    for spoof in SPOOFS[name]:
        answer = proxy.ask(token=token, headers=[(spoof, "admin"), (spoof, "editor")])
        assert [value for value in answer.read_as(name) if value] == honest, spoof


@pytest.mark.parametrize("name", IDENTITY)
def test_a_client_cannot_have_the_proxy_drop_who_it_is(
    start: Callable[..., ProxyClient], people: dict[str, User], name: str
) -> None:
    """What ``Connection`` names is not passed on; people without a tenant see everybody's things."""
    proxy, token = start(rule=RULE_FREE), token_of("mallory")
    honest = proxy.ask(token=token).read_as(name)

    for listed in (name, name.lower(), f"close, {name}", f"keep-alive,{name.upper()} , x"):
        assert proxy.ask(token=token, headers=[("Connection", listed)]).read_as(name) == honest, listed
        both = [("Connection", "Upgrade"), ("Connection", listed), ("Upgrade", "x")]
        assert proxy.ask(token=token, headers=both).read_as(name) == honest, listed


@pytest.mark.parametrize(
    "rule",
    ["rol=editor", "role=", "role=editr", "role=editor,adminx", "role=editor&role=admin", "department=venta"],
)
def test_a_typing_error_in_a_rule_opens_no_door(
    start: Callable[..., ProxyClient], people: dict[str, User], rule: str
) -> None:
    proxy = start(rule=f"import door {rule}")

    for token in (token_of("alice"), token_of("bob"), None):
        answer = proxy.ask(token=token, headers=[("Accept", "text/html")])
        assert (answer.status, answer.reached) == (400, None)


def test_while_authsite_is_away_nobody_passes(
    start: Callable[..., ProxyClient], people: dict[str, User]
) -> None:
    answer = start(asks=f"127.0.0.1:{free_port()}").ask(token=token_of("alice"))

    assert (answer.status, answer.reached) == (502, None)
