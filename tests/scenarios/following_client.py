"""The smallest client that does what errors say; it never asks for the same thing more than twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.api.client import ApiClient
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from django.http import HttpResponse

V1 = "/api/v1"


@dataclass
class FollowingClient:
    """Keeps tokens, follows ``action``, and counts what it sends."""

    email: str
    client: ApiClient = field(default_factory=ApiClient)
    kept: dict[str, Any] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)

    def log_in(self) -> None:
        """Begin a session."""
        self.kept = self._json(
            self._send("POST", f"{V1}/auth/login/", {"email": self.email, "password": PASSWORD})
        )

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        """Send with the token; refresh and wait once each where the answer says so."""
        may = {"refresh", "wait"}
        while True:
            response = self._send(method, path, body, token=self.kept.get("token", ""))
            answer = self._json(response)
            action = answer.get("action") if response.status_code >= 400 else None
            if action == "login":
                self.kept = {}
            if action not in may:
                return response.status_code, answer
            may.remove(action)
            if action == "refresh" and not self._refresh():
                return response.status_code, answer

    def _refresh(self) -> bool:
        if "refresh" not in self.kept:
            return False
        response = self._send("POST", f"{V1}/auth/refresh/", {"refresh": self.kept["refresh"]})
        if response.status_code == 200:
            self.kept = self._json(response)
        elif self._json(response).get("action") == "login":
            self.kept = {}
        return response.status_code == 200

    def _send(self, method: str, path: str, body: Any, *, token: str = "") -> HttpResponse:
        self.sent.append(f"{method} {path}")
        self.client.token = token
        return self.client.send(method, path, body)

    def _json(self, response: HttpResponse) -> dict[str, Any]:
        answer: dict[str, Any] = response.json() if response.content else {}  # type: ignore[attr-defined] # Django's test client adds it
        return answer
