"""The emergency: one act revokes a key, and another signs in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.audit.models import AuditEvent
from accounts.change_log.errors import StaleTokenError
from accounts.change_log.live_log import live_log
from accounts.keys.keyring import keyring
from accounts.keys.models import SigningKey
from accounts.keys.revocation import revoke_key
from accounts.tokens.errors import InvalidTokenError
from tests.accounts.journeys import NOW, SECOND, SYSTEM, claims_of, start_session
from tests.accounts.keys.stages import PUBLISHED_LONG_ENOUGH, current, prepared, promoted, states
from tests.factories import UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

pytestmark = pytest.mark.django_db


def test_a_revoked_current_key_has_the_published_next_key_sign() -> None:
    key, waiting = current(now=NOW - PUBLISHED_LONG_ENOUGH), prepared(now=NOW - PUBLISHED_LONG_ENOUGH)

    revocation = revoke_key(kid=key.kid, actor=SYSTEM, now=NOW)

    assert states() == {key.kid: "revoked", waiting.kid: "current"}
    assert revocation.successor == waiting
    assert revocation.is_known_everywhere(at=NOW)


def test_without_a_next_key_one_is_made_and_what_breaks_is_known() -> None:
    key = current()

    revocation = revoke_key(kid=key.kid, actor=SYSTEM, now=NOW)

    assert revocation.successor is not None
    assert states() == {key.kid: "revoked", revocation.successor.kid: "current"}
    assert not revocation.is_known_everywhere(at=NOW)
    assert revocation.is_known_everywhere(at=NOW + PUBLISHED_LONG_ENOUGH)
    event = AuditEvent.objects.get(type="signing_key.created", subject_id=revocation.successor.kid)
    assert event.facts["although_unpublished"] is True


def test_a_next_key_that_does_not_open_is_passed_over() -> None:
    key, waiting = current(), prepared()
    SigningKey.objects.filter(pk=waiting.pk).update(sealed_with=7)

    successor = revoke_key(kid=key.kid, actor=SYSTEM, now=NOW).successor

    assert successor is not None
    assert states() == {key.kid: "revoked", waiting.kid: "next", successor.kid: "current"}


def test_a_previous_key_is_revoked_and_the_current_one_stays() -> None:
    key, before = promoted()

    assert revoke_key(kid=before.kid, actor=SYSTEM, now=NOW).successor is None
    assert states() == {key.kid: "current", before.kid: "revoked"}


def test_revoking_twice_changes_nothing_the_second_time() -> None:
    key = current()
    revoke_key(kid=key.kid, actor=SYSTEM, now=NOW)
    before = states()

    again = revoke_key(kid=key.kid, actor=SYSTEM, now=NOW + SECOND)

    assert not again.was_usable
    assert states() == before
    assert AuditEvent.objects.filter(type="signing_key.revoked").count() == 1


def test_tokens_of_a_revoked_key_are_refused_and_new_ones_are_good(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    alice = UserFactory.create()
    token = start_session(alice).access_token
    with django_capture_on_commit_callbacks(execute=True):
        revoke_key(kid=SigningKey.objects.get().kid, actor=SYSTEM, now=NOW)
    live_log.forget()

    with pytest.raises((InvalidTokenError, StaleTokenError)):
        claims_of(token)
    assert claims_of(start_session(alice).access_token)["sub"] == str(alice.pk)


def test_a_revoked_key_that_sql_makes_usable_again_accepts_nothing_old() -> None:
    token = start_session(UserFactory.create()).access_token
    key = SigningKey.objects.get()
    revoke_key(kid=key.kid, actor=SYSTEM, now=NOW)
    key.refresh_from_db()

    assert bytes(key.sealed_private_jwk) == b""
    keyring.forget()
    with pytest.raises(InvalidTokenError):
        claims_of(token)
