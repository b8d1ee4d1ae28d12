"""`manage.py serve`, as it is started by a person and stopped by a supervisor."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import Settings

ROOT = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, str(ROOT / "manage.py")]
SECONDS_TO_START = 60


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a development server with a database of its own."""
    own = {
        "DJANGO_SETTINGS_MODULE": "authsite.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/authsite.sqlite3",
        "PYTHONWARNINGS": "error",
    }
    return {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | own


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def migrated(variables: dict[str, str]) -> dict[str, str]:
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], env=variables, check=True)
    return variables


@contextmanager
def served(variables: dict[str, str], port: int) -> Iterator[subprocess.Popen[str]]:
    """Start a server, wait until it answers, and leave none behind."""
    command = [*MANAGE, "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/"
    )
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while status(f"http://127.0.0.1:{port}/admin/login/") is None:
            assert server.poll() is None, server.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield server
    finally:
        server.kill()
        server.wait()


def status(url: str) -> int | None:
    """Return the status with which a URL answers, or nothing while nobody listens."""
    try:
        with urllib.request.urlopen(url) as response:  # noqa: S310 - an address of this test
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except urllib.error.URLError:
        return None


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_server_introduces_itself_and_stops_when_told(
    migrated: dict[str, str], port: int, stop: signal.Signals
) -> None:
    with served(migrated, port) as server:
        assert status(f"http://127.0.0.1:{port}/static/admin/css/base.css") == 200
        server.send_signal(stop)
        output, errors = server.communicate(timeout=20)

    assert server.returncode == 0
    assert "Traceback" not in errors
    assert errors.startswith("authsite runs in development mode, for this machine only.\n")
    assert "var/development-secrets.json" in errors
    for path in ("/admin/", "/api/v1/", "/api/docs/", "/api/v1/auth/login/", "/api/v1/user-data/"):
        assert f"http://127.0.0.1:{port}{path}" in output


def test_a_database_without_migrations_is_not_served(variables: dict[str, str], port: int) -> None:
    command = [*MANAGE, "serve", "--port", str(port)]

    refused = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)

    assert refused.returncode == 1
    assert refused.stderr.startswith("authsite does not start.\nThe database lacks ")
    assert refused.stderr.endswith("run `python manage.py migrate`.\n")


def test_a_database_that_does_not_answer_is_not_served(variables: dict[str, str], port: int) -> None:
    variables["DATABASE_URL"] = f"postgres://authsite:hunter2@127.0.0.1:{port}/authsite"

    refused = subprocess.run(
        [sys.executable, "-c", "import authsite.wsgi"],
        env=variables | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert "The database of DATABASE_URL cannot be used: " in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "hunter2" not in refused.stderr


@pytest.mark.parametrize("module", ["authsite.wsgi", "authsite.asgi"])
def test_settings_that_cannot_be_used_are_one_sentence_each(variables: dict[str, str], module: str) -> None:
    refused = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        env=variables | {"PYTHONPATH": str(ROOT), "AUTHSITE_DEBUG": "perhaps"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stderr == ("authsite does not start.\nAUTHSITE_DEBUG is not valid: write true or false\n")


def test_a_port_that_is_in_use_is_refused(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings.AUTHSITE_PORT = other.getsockname()[1]

        with pytest.raises(CommandError, match=r"Port \d+ at 127.0.0.1 is not free"):
            call_command("serve", port=settings.AUTHSITE_PORT)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])  # noqa: S104 - refused is the point
def test_development_mode_is_not_shown_to_the_network(host: str) -> None:
    with pytest.raises(CommandError, match="would show development mode to the network"):
        call_command("serve", host=host)


def test_a_host_is_an_address() -> None:
    with pytest.raises(CommandError, match="is not an IP address"):
        call_command("serve", host="example.com")
