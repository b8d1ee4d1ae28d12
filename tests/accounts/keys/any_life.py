"""Signing keys, tokens and the clock in any order, against what design.md §2 promises of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from typing_extensions import override

from accounts.change_log.errors import StaleTokenError
from accounts.change_log.live_log import live_log
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.jwk_set import jwk_set
from accounts.keys.keyring import keyring
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.revocation import revoke_key
from accounts.keys.rotation import rotate_signing_keys
from accounts.keys.services import prepare_next_key, promote_next_key, retire_key, take_back_key
from accounts.refresh_sessions.errors import RefreshError
from accounts.tokens.errors import InvalidTokenError
from tests.accounts.journeys import NOW, SYSTEM, claims_of, start_session
from tests.accounts.keys.stages import PUBLISHED_LONG_ENOUGH

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

#: Audiences by their algorithm; RSA keys would only make it slower.
AUDIENCES = {"day": SigningAlgorithm.ES256, "hours": SigningAlgorithm.EDDSA}
LIFETIMES = {"day": timedelta(hours=24), "hours": timedelta(hours=8)}

which = st.integers(0, 99)
algorithms = st.sampled_from(list(AUDIENCES.values()))
whiles = st.sampled_from(
    [timedelta(seconds=1), timedelta(minutes=11), timedelta(hours=5), timedelta(hours=25)]
)


@dataclass(frozen=True)
class Issued:
    """A token, the key that signed it, and until when it lives."""

    text: str
    kid: str
    dies_at: datetime


class AnyLife(RuleBasedStateMachine):
    """Two algorithms, each with an audience, and whoever administers their keys."""

    ada: ClassVar[User]
    steps: ClassVar[dict[str, int]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        #: Of each key the token that lives longest.
        self.tokens: dict[str, Issued] = {}
        self.emergencies, self.revoked = set[str](), set[str]()
        self.published: dict[str, datetime] = {}
        # Back to the keys that the test began with.
        self._undo = transaction.atomic()
        self._undo.__enter__()
        self._forget()
        self._see_published()

    @override
    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._undo.__exit__(None, None, None)
        super().teardown()

    @rule(time=whiles)
    def wait(self, time: timedelta) -> None:
        """Have tokens signed until the last moment, and let time pass."""
        for audience, algorithm in AUDIENCES.items():
            token = start_session(self.ada, audience=audience, now=self.now).access_token
            kid = keyring.signing_key(algorithm).kid
            self.tokens[kid] = Issued(token, kid, self.now + LIFETIMES[audience])
        self.now += time

    @rule(algorithm=algorithms)
    def prepare(self, algorithm: SigningAlgorithm) -> None:
        """Make a next key."""
        self._try("prepare", prepare_next_key, algorithm=algorithm)

    @rule(number=which)
    def promote(self, number: int) -> None:
        """Have a key sign that may be of any state."""
        self._try("promote", promote_next_key, kid=self._kid(number, KeyState.NEXT))

    @rule(number=which)
    def promote_at_once(self, number: int) -> None:
        """Do not wait; rarely."""
        if number % 4 < 3:
            return
        kid = self._kid(number, KeyState.NEXT)
        if self._try("emergency", promote_next_key, kid=kid, although_unpublished=True):
            self.emergencies.add(kid)

    @rule(number=which)
    def take_back(self, number: int) -> None:
        """Have a previous key sign again."""
        self._try("take back", take_back_key, kid=self._kid(number, KeyState.PREVIOUS))

    @rule(number=which)
    def retire(self, number: int) -> None:
        """Drop a key whose tokens are dead."""
        self._try("retire", retire_key, kid=self._kid(number, KeyState.PREVIOUS))

    @rule(number=which)
    def revoke(self, number: int) -> None:
        """Refuse every token of a key; rarely, or no key would live to the end of its life."""
        if number % 4 < 3:
            return
        kid = self._kid(number)
        successor = revoke_key(kid=kid, actor=SYSTEM, now=self.now).successor
        self.revoked.add(kid)
        if successor is not None:
            self.emergencies.add(successor.kid)
        self._count("revoke")

    @rule(algorithm=algorithms, days=st.sampled_from([0, 1, 90]))
    def rotate(self, algorithm: SigningAlgorithm, days: int) -> None:
        """Run the timer, which is refused nothing."""
        every = timedelta(days=days)
        for _step in rotate_signing_keys(algorithm=algorithm, every=every, actor=SYSTEM, now=self.now):
            self._count("rotate")

    @invariant()
    def one_key_signs_for_each_algorithm(self) -> None:
        """Find never none, never two, and only a key that everybody may know."""
        self._forget()
        self._see_published()
        for algorithm in AUDIENCES.values():
            (kid,) = SigningKey.objects.current().filter(algorithm=algorithm).values_list("kid", flat=True)
            if kid not in self.emergencies:
                assert self.now >= self.published[kid] + PUBLISHED_LONG_ENOUGH

    @invariant()
    def tokens_live_until_they_die_or_their_key_is_revoked(self) -> None:
        """Verify what was signed, here and by the JWK Set, unless its very key was revoked."""
        kids = {key["kid"] for key in jwk_set()["keys"]}
        for issued in self.tokens.values():
            if issued.dies_at <= self.now:
                continue
            is_good = issued.kid not in self.revoked
            assert (issued.kid in kids) is is_good
            assert self._does_verify(issued) is is_good

    def _does_verify(self, issued: Issued) -> bool:
        try:
            claims_of(issued.text, now=self.now)
        except (InvalidTokenError, StaleTokenError, RefreshError):
            return False
        return True

    def _kid(self, number: int, state: KeyState | None = None) -> str:
        """Return any key, mostly one in ``state``."""
        keys = SigningKey.objects.order_by("published_at", "algorithm", "kid").values_list("kid", flat=True)
        fit = list(keys.filter(state=state)) if state and number % 4 < 3 else []
        kids = fit or list(keys)
        return kids[number % len(kids)]

    def _try(self, name: str, service: Callable[..., object], **asked: object) -> bool:
        try:
            service(**asked, actor=SYSTEM, now=self.now)
        except ValidationError:
            return False
        self._forget()
        self._count(name)
        return True

    def _see_published(self) -> None:
        """Note when a key stood in the JWK Set for the first time, as a verifier sees it."""
        for key in SigningKey.objects.exclude(state=KeyState.REVOKED):
            self.published.setdefault(key.kid, min(self.now, key.created_at))

    def _forget(self) -> None:
        keyring.forget()
        live_log.forget()

    def _count(self, name: str) -> None:
        self.steps[name] = self.steps.get(name, 0) + 1
