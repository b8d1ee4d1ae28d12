"""`manage.py serve`: the project behind a production-grade WSGI server, in the foreground."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from typing_extensions import override

from authsite.startup import exit_if_unfit_to_serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.management.base import CommandParser

_THREADS_PER_WORKER = 8  # Each holds a database connection; granian's own default is hundreds.
_SECONDS_TO_FINISH = 10  # How long a worker that is told to stop may go on answering.

_DEVELOPMENT_NOTICE = """\
authsite runs in development mode, for this machine only.
Its secrets are in {secrets_file}
For production set AUTHSITE_ENV=production; docs/settings.md lists what else it needs.
"""
_ADDRESSES = """
  Admin          {origin}/admin/
  Browsable API  {origin}/api/v1/
  Documentation  {origin}/api/docs/

Log in, and read the protected example. PASSWORD is the one that was printed when the sample
organisation was created:

  PASSWORD='…'
  TOKEN=$(curl -sS {origin}/api/v1/auth/login/ -H 'Content-Type: application/json' \\
    -d '{{"email": "admin@example.com", "password": "'"$PASSWORD"'"}}' \\
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["token"])')
  curl -sS {origin}/api/v1/user-data/ -H "Authorization: Bearer $TOKEN"

Ctrl-C stops the server.
"""


class Command(BaseCommand):
    """Serve the project until Ctrl-C or SIGTERM."""

    help = "Serves the project until Ctrl-C or SIGTERM."
    # The start-up checks below are stricter than a command's own.
    requires_system_checks: list[str] | tuple[str, ...] | Literal["__all__"] = []

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the IP address to listen at")
        parser.add_argument(
            "--port", type=int, default=settings.AUTHSITE_PORT, help="default: $PORT, or 8000"
        )
        parser.add_argument("--workers", type=int, default=1, help="the number of processes; default: 1")

    @override
    def handle(self, *, host: str, port: int, workers: int, **options: Any) -> None:
        address = _address(host)
        if port != settings.AUTHSITE_PORT:
            _restart_with_port(port)
        _require_free_port(address, port)
        exit_if_unfit_to_serve()
        if not settings.AUTHSITE_IS_PRODUCTION:
            self._introduce(address, port)
        server = Granian(
            "authsite.wsgi:application",
            address=address,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=_THREADS_PER_WORKER,
            websockets=False,
            log_level=LogLevels.error,
            # Ours says more, and no path (api.request_log).
            log_access=False,
            respawn_failed_workers=True,
            workers_kill_timeout=_SECONDS_TO_FINISH,
        )
        server.serve(target_loader=load_application, wrap_loader=False)

    def _introduce(self, address: str, port: int) -> None:
        """Say where everything is, for somebody who sees this for the first time."""
        origin = f"http://{f'[{address}]' if ':' in address else address}:{port}"
        secrets_file = settings.AUTHSITE_DEVELOPMENT_SECRETS_FILE
        self.stderr.write(_DEVELOPMENT_NOTICE.format(secrets_file=secrets_file), style_func=str)
        self.stdout.write(_ADDRESSES.format(origin=origin))
        self.stdout.flush()


def load_application() -> Callable[..., Any]:
    """Return the WSGI application; called once in each worker."""
    from authsite.wsgi import application  # noqa: PLC0415 - importing it runs the start-up checks

    return application


def _address(host: str) -> str:
    """Return the IP address to listen at; development mode answers nobody but this machine."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise CommandError(
            f"--host {host} is not an IP address: write e.g. 0.0.0.0 for all interfaces"
        ) from None
    if not settings.AUTHSITE_IS_PRODUCTION and not address.is_loopback:
        raise CommandError(
            f"--host {host} would show development mode to the network:"
            " write 127.0.0.1, or set AUTHSITE_ENV=production"
        )
    return str(address)


def _restart_with_port(port: int) -> None:
    """Start again with the port in the environment, where the issuer's default comes from."""
    os.environ["PORT"] = str(port)
    os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 - the same command again


def _require_free_port(address: str, port: int) -> None:
    """Refuse a port that is taken: the server's own socket would silently share it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            reason = error.strerror or "it cannot be used"
            raise CommandError(
                f"Port {port} at {address} is not free ({reason}):"
                f" stop what uses it, or choose another, e.g. PORT={port + 1}"
            ) from None
