"""A service behind a proxy that answers with what reached it, and a client of the proxy."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Header = tuple[str, str]

#: The service, as its clients call it.
HOST = "reports.example.com"


class _Echo(BaseHTTPRequestHandler):
    """Answers with the request."""

    def handle_any(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        said = {
            "method": self.command,
            "path": self.path,
            "headers": self.headers.items(),
            "body": self.rfile.read(length).decode(),
        }
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - the library's names

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@contextmanager
def echoing_service() -> Iterator[int]:
    """Run the service on a port of its own; yield the port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Answer:
    """What the proxy answered, and what reached the service, if anything did."""

    status: int
    headers: dict[str, str]
    reached: dict[str, Any] | None

    def read_as(self, name: str) -> list[str]:
        """Return the values that a service finds which takes each odd character of a name for ``_``."""
        assert self.reached is not None, f"{self.status}: nothing reached the service"
        return [value for given, value in self.reached["headers"] if _as_cgi(given) == _as_cgi(name)]


def _as_cgi(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "_", name.upper())


@dataclass(frozen=True, slots=True)
class ProxyClient:
    """Sends requests through the proxy at ``port``."""

    port: int

    def ask(
        self,
        path: str = "/",
        *,
        token: str | None = None,
        headers: Sequence[Header] = (),
        method: str = "GET",
        body: bytes = b"",
    ) -> Answer:
        """Send a request with exactly these headers and return the answer."""
        context = ssl._create_unverified_context()  # noqa: S323, SLF001 - the test's own certificate
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sock = context.wrap_socket(plain, server_hostname=HOST)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        bearer = [("Authorization", f"Bearer {token}")] if token else []
        length = [("Content-Length", str(len(body)))] if body else []
        for name, value in (("Host", HOST), *bearer, *length, *headers):
            connection.putheader(name, value)
        connection.endheaders(body or None)
        response = connection.getresponse()
        answered = response.read()
        connection.close()
        reached = json.loads(answered) if response.status == 200 else None
        return Answer(response.status, dict(response.getheaders()), reached)


def replaced(text: str, changes: dict[str, str]) -> str:
    """Return a printed recipe with another value in the place of each that must be there exactly once."""
    for printed, value in changes.items():
        assert text.count(printed) == 1, f"{printed!r} stands {text.count(printed)} times in the recipe"
        text = text.replace(printed, value)
    return text
