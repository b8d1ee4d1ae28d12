"""A person, their devices, an administrator and the clock in any order, against a simple model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest
from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from typing_extensions import override

from accounts.change_log.errors import EndedSessionError, StaleTokenError
from accounts.change_log.live_log import live_log
from accounts.models import Role
from accounts.refresh_sessions.errors import RefreshError, ReuseDetectedError, SessionEndedError
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.refresh_sessions.opaque_tokens import make_refresh_token
from accounts.refresh_sessions.services import end_presented_session, end_refresh_session
from accounts.services.credentials import change_password, set_password
from accounts.services.errors import InvalidCredentialsError
from accounts.services.login import log_in
from accounts.services.users import change_user
from accounts.tokens.errors import ExpiredTokenError
from tests.accounts.journeys import DAY, GRACE, NOW, ORIGIN, SYSTEM, claims_of, refresh

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.refresh_sessions.session_tokens import IssuedTokens

LIFETIME = timedelta(hours=8)
IDLE, ABSOLUTE = 30 * DAY, 90 * DAY
ROLES = ("admin", "editor", "lector")
PASSWORDS = ("correct horse battery staple", "another horse of some length", "a third horse, still longer")

which = st.integers(0, 99)


@dataclass
class AccessToken:
    """What was issued, and what has happened to it since."""

    text: str
    issued_at: datetime
    roles: list[str]
    is_stale: bool = False


@dataclass
class Device:
    """A session as it should be."""

    tokens: IssuedTokens
    started_at: datetime
    rotated_at: datetime
    used_at: datetime
    generation: int = 1
    late_at: int = 0
    is_ended: bool = False
    access: list[AccessToken] = field(default_factory=list)

    def is_expired(self, at: datetime) -> bool:
        """Tell whether it was idle too long, or is too old."""
        return at >= min(self.used_at + IDLE, self.started_at + ABSOLUTE)


class AnyStory(RuleBasedStateMachine):
    """Ada and her devices."""

    ada: ClassVar[User]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.now, self.devices = NOW, list[Device]()
        self.is_active, self.password, self.roles = True, 0, {"editor"}
        change_user(
            user_id=self.ada.pk,
            is_active=True,
            roles=self._rows(self.roles),
            actor=SYSTEM,
            now=self.now,
        )
        set_password(user_id=self.ada.pk, new_password=PASSWORDS[0], actor=SYSTEM, now=self.now)

    # --- Ada.

    @rule()
    def log_in(self) -> None:
        """Begin a session with the right password."""
        if not self.is_active:
            with pytest.raises(InvalidCredentialsError):
                self._log_in(self.password)
            return
        tokens = self._log_in(self.password)
        device = Device(tokens, self.now, self.now, self.now)
        self.devices.append(device)
        self._issued(device, tokens.access_token)

    @rule()
    def log_in_with_an_old_password(self) -> None:
        """Try the password before the last change."""
        with pytest.raises(InvalidCredentialsError):
            self._log_in((self.password + 1) % len(PASSWORDS))

    @precondition(lambda self: self.devices)
    @rule(
        number=which,
        behind=st.sampled_from([-1, 0, 0, 0, 0, 1, 1, 1, 2, 3]),
        knows_device=st.booleans(),
    )
    def refresh(self, number: int, behind: int, *, knows_device: bool) -> None:
        """Present a token of some generation: the current one, a retry, or a replay."""
        device = self._device(number)
        presented = max(1, device.generation - behind)
        token = make_refresh_token(sid=device.tokens.sid, generation=presented, secret_version=1)
        device_token = device.tokens.device_token if knows_device else None
        refusal = self._refusal(device, presented, knows_device=knows_device)
        if refusal is not None:
            with pytest.raises(refusal):
                refresh(token, now=self.now, device_token=device_token)
            return
        answer = refresh(token, now=self.now, device_token=device_token)
        successor = make_refresh_token(sid=device.tokens.sid, generation=device.generation, secret_version=1)
        assert answer.refresh_token == successor
        self._issued(device, answer.access_token)

    @precondition(lambda self: self.devices)
    @rule(number=which)
    def present_an_altered_token(self, number: int) -> None:
        """Change the MAC: it ends nothing."""
        device = self._device(number)
        token = make_refresh_token(sid=device.tokens.sid, generation=device.generation, secret_version=1)
        with pytest.raises(RefreshError):
            refresh(token[:-2] + ("AA" if not token.endswith("AA") else "BB"), now=self.now)

    @precondition(lambda self: self.devices)
    @rule(number=which)
    def log_out(self, number: int) -> None:
        """End one session."""
        device = self._device(number)
        token = make_refresh_token(sid=device.tokens.sid, generation=device.generation, secret_version=1)
        end_presented_session(presented=token, origin=ORIGIN, now=self.now)
        device.is_ended = True

    @precondition(lambda self: self.devices and self.is_active)
    @rule(number=which)
    def change_password(self, number: int) -> None:
        """Change it on one device: all others end."""
        keep = self._device(number)
        new = (self.password + 1) % len(PASSWORDS)
        change_password(
            user_id=self.ada.pk,
            current_password=PASSWORDS[self.password],
            new_password=PASSWORDS[new],
            keep=keep.tokens.sid,
            origin=ORIGIN,
            now=self.now,
        )
        self.password = new
        self._end_all(but=keep)

    # --- An administrator.

    @rule(roles=st.sets(st.sampled_from(ROLES)))
    def change_roles(self, roles: set[str]) -> None:
        """Give and take roles."""
        change_user(user_id=self.ada.pk, roles=self._rows(roles), actor=SYSTEM, now=self.now)
        if self.roles - roles:
            self._make_stale()
        self.roles = roles

    @rule(is_active=st.booleans())
    def activate(self, *, is_active: bool) -> None:
        """Deactivate the account, or activate it again."""
        change_user(user_id=self.ada.pk, is_active=is_active, actor=SYSTEM, now=self.now)
        if self.is_active and not is_active:
            self._end_all()
        self.is_active = is_active

    @rule()
    def reset_password(self) -> None:
        """Set another password: all sessions end."""
        self.password = (self.password + 1) % len(PASSWORDS)
        set_password(user_id=self.ada.pk, new_password=PASSWORDS[self.password], actor=SYSTEM, now=self.now)
        self._end_all()

    @precondition(lambda self: self.devices)
    @rule(number=which)
    def end_a_session(self, number: int) -> None:
        """End one from the list."""
        device = self._device(number)
        end_refresh_session(
            user_id=self.ada.pk,
            sid=device.tokens.sid,
            reason=EndReason.ENDED_BY_ADMINISTRATOR,
            actor=SYSTEM,
            now=self.now,
        )
        device.is_ended = True

    @rule(passed=st.sampled_from([timedelta(seconds=1), GRACE, timedelta(hours=3), DAY, 20 * DAY]))
    def wait(self, passed: timedelta) -> None:
        """Let time pass."""
        self.now += passed

    # --- What must be true after each step.

    @invariant()
    def tokens_are_judged_as_the_model_says(self) -> None:
        """Verify the newest tokens of every device."""
        type(self).steps += 1
        connection.check_constraints()
        live_log.forget()
        for device in self.devices:
            for token in device.access[-2:]:
                self._judge(device, token)

    @invariant()
    def rows_agree(self) -> None:
        """Compare the rows with the model."""
        rows = {row.sid: row for row in RefreshSession.objects.filter(user=self.ada)}
        assert rows.keys() == {device.tokens.sid for device in self.devices}
        for device in self.devices:
            row = rows[device.tokens.sid]
            assert (row.generation, row.ended_at is not None) == (device.generation, device.is_ended)
            assert row.expires_at == device.started_at + ABSOLUTE

    @override
    def teardown(self) -> None:
        """Make room for the next example."""
        RefreshSession.objects.all().delete()

    # --- The model.

    def _refusal(self, device: Device, presented: int, *, knows_device: bool) -> type[RefreshError] | None:
        if device.is_ended:
            return SessionEndedError
        if device.is_expired(self.now):
            return RefreshError
        behind = device.generation - presented
        if behind <= 0:
            device.generation, device.rotated_at, device.used_at = presented + 1, self.now, self.now
            return None
        if behind == 1 and self.now - device.rotated_at <= GRACE:
            return None
        if behind == 1 and knows_device and device.late_at != device.generation - 1:
            device.late_at = device.generation
            return None
        device.is_ended = True
        return ReuseDetectedError

    def _judge(self, device: Device, token: AccessToken) -> None:
        if self.now >= token.issued_at + LIFETIME:
            with pytest.raises(ExpiredTokenError):
                claims_of(token.text, now=self.now)
        elif device.is_ended:
            with pytest.raises(EndedSessionError):
                claims_of(token.text, now=self.now)
        elif token.is_stale:
            with pytest.raises(StaleTokenError):
                claims_of(token.text, now=self.now)
        else:
            assert claims_of(token.text, now=self.now)["user_roles"] == token.roles

    def _issued(self, device: Device, text: str) -> None:
        device.access.append(AccessToken(text, self.now, sorted(self.roles)))

    def _make_stale(self) -> None:
        for device in self.devices:
            for token in device.access:
                token.is_stale = True

    def _end_all(self, but: Device | None = None) -> None:
        for device in self.devices:
            device.is_ended = device.is_ended or device is not but

    def _log_in(self, password: int) -> IssuedTokens:
        return log_in(email=self.ada.email, password=PASSWORDS[password], origin=ORIGIN, now=self.now).tokens

    def _device(self, number: int) -> Device:
        return self.devices[number % len(self.devices)]

    def _rows(self, codes: set[str]) -> list[Role]:
        return list(Role.objects.filter(code__in=codes))
