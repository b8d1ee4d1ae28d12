"""Whoever verifies tokens without a pause, by the API and by a JWK Set that is kept, while keys rotate."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

import jwt

from accounts.keys.algorithms import SigningAlgorithm
from tests.storms.servers import V1, Server

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

#: Of each audience so many tokens are verified again and again, from the first to the last key.
FIRST, LATEST = 10, 10

MAKE_AUDIENCES = """
from django.utils import timezone
from accounts.audiences.services import create_audience
from accounts.audit.actors import Actor
for algorithm in {algorithms!r}:
    create_audience(code=algorithm.lower(), label=algorithm, signing_algorithm=algorithm,
        actor=Actor.system("storm"), now=timezone.now())
"""


def make_audiences(server: Server) -> None:
    """Give each algorithm an audience; its code is the algorithm's name in lower case."""
    server.manage(
        "shell", "--verbosity", "0", "-c", MAKE_AUDIENCES.format(algorithms=SigningAlgorithm.values)
    )


class KeptSet:
    """A JWK Set that is kept for its whole max-age, and asked for nothing in between: the strictest verifier.

    PyJWT's own client would fetch it anew for a kid that it does not know.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._keys: dict[str, Any] = {}
        self._good_until = 0.0
        self._lock = Lock()

    def claims_of(self, token: str, audience: str) -> dict[str, Any]:
        """Return the verified claims.

        :raise KeyError: the set that is kept has no such key
        """
        header = jwt.get_unverified_header(token)
        with self._lock:
            if time.monotonic() >= self._good_until:
                self._fetch()
            key = self._keys[header["kid"]]
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[key.algorithm_name], audience=audience, leeway=0
        )
        return claims

    def _fetch(self) -> None:
        asked_at = time.monotonic()
        answer = self._server.ask("GET", "/.well-known/jwks.json")
        found = re.search(r"max-age=(\d+)", answer.headers["cache-control"])
        assert found is not None
        self._keys = {str(key.key_id): key for key in jwt.PyJWKSet.from_dict(answer.body).keys}
        self._good_until = asked_at + int(found[1])


@dataclass
class Verifiers:
    """One thread for each algorithm: it refreshes, and verifies what it was given and what it had before."""

    server: Server
    verified: int = 0
    failures: list[str] = field(default_factory=list)
    kids: set[str] = field(default_factory=set)
    _stop: Event = field(default_factory=Event)

    def __enter__(self) -> Self:
        """Begin."""
        self._kept = KeptSet(self.server)
        self._threads = [
            Thread(target=self._verify, args=(each.lower(),)) for each in SigningAlgorithm.values
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and wait until all have."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _verify(self, audience: str) -> None:
        session, tokens = self.server.log_in(), list[str]()
        while not self._stop.is_set():
            body = {"refresh": session["refresh"], "audience": audience}
            session = self.server.ask("POST", f"{V1}/auth/refresh/", body).body
            # The first ones stay, and the latest.
            tokens = [*tokens[:FIRST], *tokens[FIRST:][-LATEST:], session["token"]]
            self.kids.add(jwt.get_unverified_header(session["token"])["kid"])
            for token in tokens:
                self._once(token, audience)

    def _once(self, token: str, audience: str) -> None:
        answer = self.server.ask("POST", "/api/token/verify/", {"token": token})
        if answer.status != HTTPStatus.OK:
            self.failures.append(f"{audience}: {answer.status} {answer.body.get('code')}")
        try:
            self._kept.claims_of(token, audience)
        except (jwt.PyJWTError, KeyError) as error:
            self.failures.append(f"{audience}: {type(error).__name__} {error}")
        self.verified += 2
