"""A client of the API as an app would write it."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.factories import PASSWORD


@dataclass
class ApiClient:
    """Sends JSON, with a bearer token once it has logged in."""

    http: Client = field(default_factory=Client)
    token: str = ""

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send ``body`` as JSON (raw bytes as they are) and return the response."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        content_type = headers.pop("Content_Type", "application/json")
        return self.http.generic(method, path, data, content_type=content_type, headers=headers)  # type: ignore[return-value] # the stubs' private response type

    def get(self, path: str, **headers: str) -> HttpResponse:
        """Send a GET."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        """Send a POST."""
        return self.send("POST", path, body, **headers)

    def log_in(self, email: str, **more: Any) -> dict[str, Any]:
        """Log in, keep the token, and return the answer."""
        answer = read(self.post("/api/v1/auth/login/", {"email": email, "password": PASSWORD, **more}))
        self.token = answer["token"]
        return answer


def read(response: HttpResponse, status: int = 200) -> dict[str, Any]:
    """Return the JSON object of a response that must have ``status``."""
    assert response.status_code == status, response.content
    document: dict[str, Any] = json.loads(response.content)
    return document
