"""A real server with several processes over a database of its own, started and killed at will."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MANAGE = [sys.executable, str(ROOT / "manage.py")]
PASSWORD = "storms and parallel lives"
ADMINISTRATOR = "admin@example.com"
V1 = "/api/v1"
_SECONDS_TO_START = 60


@dataclass(frozen=True)
class Answer:
    """Status, headers and JSON of an answer."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Server:
    """`manage.py serve` with two workers; ``variables`` are its environment."""

    variables: dict[str, str]
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    def manage(self, *arguments: str) -> None:
        """Run a command over the server's database."""
        subprocess.run([*MANAGE, *arguments], env=self.variables, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [*MANAGE, "serve", "--port", str(self.port), "--workers", "2"]
        with (ROOT / os.devnull).open("wb") as nothing:
            self.process = subprocess.Popen(
                command, env=self.variables, stdout=nothing, stderr=nothing, start_new_session=True
            )
        deadline = time.monotonic() + _SECONDS_TO_START
        while True:
            try:
                self.ask("GET", f"{V1}/")
            except OSError:
                assert self.process.poll() is None, "the server did not start"
                assert time.monotonic() < deadline
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """Kill every process of it, as a power failure would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str = "", timeout: float = 60
    ) -> Answer:
        """Send one request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, named, json.loads(content) if content else {})
        finally:
            connection.close()

    def log_in(self, email: str = ADMINISTRATOR) -> dict[str, Any]:
        """Return the tokens of a new session."""
        answer = self.ask("POST", f"{V1}/auth/login/", {"email": email, "password": PASSWORD})
        assert answer.status == 200, answer
        return answer.body

    def refresh(self, tokens: dict[str, Any]) -> Answer:
        """Present the refresh token and the device token."""
        body = {"refresh": tokens["refresh"], "device": {"token": tokens["device_token"]}}
        return self.ask("POST", f"{V1}/auth/refresh/", body)

    def send_and_hang_up(self, tokens: dict[str, Any]) -> None:
        """Present the refresh token, and be gone before the answer comes."""
        body = json.dumps({"refresh": tokens["refresh"]}).encode()
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(
                b"POST /api/v1/auth/refresh/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
            )


def at_once(calls: Iterable[Callable[[], Any]], *, threads: int = 50) -> list[Any]:
    """Run the calls in parallel; an exception stands in the place of its answer."""
    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(call) for call in calls]
        return [each.exception(timeout=120) or each.result() for each in running]


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def prepared(database_url: str) -> Iterator[Server]:
    """Yield a server that is not started yet, over a migrated database with the sample people."""
    own = {
        "DJANGO_SETTINGS_MODULE": "authsite.settings",
        "DATABASE_URL": database_url,
        "AUTHSITE_DEMO_PASSWORD": PASSWORD,
    }
    kept = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "PORT"}}
    server = Server(kept | own, free_port())
    server.manage("migrate", "--verbosity", "0")
    server.manage("create_sample_organisation")
    try:
        yield server
    finally:
        server.kill()
