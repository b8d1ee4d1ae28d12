"""No token, secret or password is written where people read: the log, the audit log, the database."""

from __future__ import annotations

import base64
import json
import logging
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from accounts.audit.models import AuditEvent
from accounts.change_log.models import ChangeEntry
from accounts.keys.models import SigningKey
from accounts.models import User
from accounts.refresh_sessions.errors import RefreshError
from accounts.refresh_sessions.models import RefreshSession
from accounts.services.errors import InvalidCredentialsError
from accounts.services.login import log_in
from accounts.services.users import change_user
from tests.accounts.journeys import AFTER_GRACE, DAY, NOW, ORIGIN, SYSTEM, refresh, start_session
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from accounts.refresh_sessions.session_tokens import IssuedTokens

pytestmark = pytest.mark.django_db

READ = (AuditEvent, ChangeEntry, RefreshSession, User, SigningKey)
WRONG = "a wrong password that somebody typed"


def live_through_everything(alice: User, phone: IssuedTokens) -> list[IssuedTokens]:
    """Log in, refresh, retry, retry late, be robbed and be deactivated; return all tokens on the way."""
    seen = [phone, refresh(phone.refresh_token), refresh(phone.refresh_token)]
    seen.append(refresh(phone.refresh_token, now=NOW + DAY, device_token=phone.device_token))
    laptop = start_session(alice)
    seen += [laptop, refresh(laptop.refresh_token)]
    with pytest.raises(RefreshError):
        refresh(laptop.refresh_token, now=NOW + AFTER_GRACE)
    with pytest.raises(RefreshError):
        refresh(laptop.refresh_token[:-1])
    with pytest.raises(InvalidCredentialsError):
        log_in(email=alice.email, password=WRONG, origin=ORIGIN, now=NOW)
    change_user(user_id=alice.id, is_active=False, actor=SYSTEM, now=NOW)
    return seen


def test_no_token_secret_or_password_is_written_where_people_read(
    alice: User, phone: IssuedTokens, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        caplog.set_level(logging.WARNING, "django.db.backends")
        seen = live_through_everything(alice, phone)
    secrets = {PASSWORD, WRONG}
    for tokens in seen:
        secrets |= {tokens.access_token, tokens.access_token.rpartition(".")[2]}
        secrets |= {tokens.refresh_token, tokens.refresh_token.rpartition(".")[2]}
        secrets |= {tokens.device_token, tokens.device_token.rpartition(".")[2]}
    for secret in settings.AUTHSITE_REFRESH_SECRETS.values():
        secrets |= {secret.hex(), base64.b64encode(secret).decode(), repr(secret)}

    tables = {model.__name__: model.objects.values() for model in READ}
    written = {name: json.dumps(list(rows), default=repr) for name, rows in tables.items()}
    assert "refresh_session.reused" in written["AuditEvent"]
    for place, text in {**written, "log": caplog.text}.items():
        assert [secret for secret in secrets if secret in text] == [], place
