"""Private keys are encrypted anew, and the command says which versions must stay."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from accounts.audiences.encryption_keys import create_encryption_key, revoke_encryption_key
from accounts.audiences.models import Audience, EncryptionKey
from accounts.audit.models import AuditEvent
from accounts.audit.sealing import seal_settled_events
from accounts.audit.verification import verify_audit_log
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.keys.keyring import keyring
from accounts.keys.models import SigningKey
from accounts.keys.revocation import revoke_key
from accounts.services.resealing import reseal_keys
from accounts.tokens.decryption_keys import DecryptionKey
from tests.accounts.journeys import NOW, SYSTEM, claims_of, start_session
from tests.accounts.keys.stages import current, promoted
from tests.factories import UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

NEW = {2: b"a new key-encryption key, so new"}


@pytest.fixture
def both(settings: Settings) -> None:
    """Fill the tables with keys of version 1, and make version 2 the newest."""
    promoted()
    for _twice in range(2):
        create_encryption_key(
            audience_id=Audience.objects.get().pk,
            algorithm=EncryptionAlgorithm.ECDH_ES_A256KW,
            actor=SYSTEM,
            now=NOW,
        )
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = NEW | settings.AUTHSITE_KEY_ENCRYPTION_KEYS


def output_of() -> str:
    written = StringIO()
    call_command("reseal_keys", stdout=written)
    return written.getvalue()


@pytest.mark.usefixtures("both")
def test_every_private_key_opens_with_the_newest_version_alone(settings: Settings) -> None:
    resealed = list(reseal_keys(actor=SYSTEM, now=NOW))

    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = NEW
    keyring.forget()
    assert [(each.before, each.after) for each in resealed] == [(1, 2)] * 5
    for signing in keyring.keys().values():
        assert signing.private.thumbprint() == signing.kid
    for row in EncryptionKey.objects.all():
        assert DecryptionKey(row, "any").private.thumbprint() == row.kid
    assert claims_of(start_session(UserFactory.create()).access_token)


@pytest.mark.usefixtures("both")
def test_each_key_has_its_event_and_a_second_time_nothing_is_done() -> None:
    list(reseal_keys(actor=SYSTEM, now=NOW))

    assert list(reseal_keys(actor=SYSTEM, now=NOW)) == []
    events = AuditEvent.objects.filter(type__in=["signing_key.resealed", "encryption_key.resealed"])
    assert [event.changes for event in events] == [{"sealed_with": [1, 2]}] * 5


@pytest.mark.usefixtures("both")
def test_a_revoked_encryption_key_is_encrypted_anew_and_of_a_signing_key_nothing_is_left() -> None:
    revoke_encryption_key(kid=EncryptionKey.objects.current().get().kid, actor=SYSTEM, now=NOW)
    revoke_key(kid=current().kid, actor=SYSTEM, now=NOW)

    assert len(list(reseal_keys(actor=SYSTEM, now=NOW))) == 4
    assert set(EncryptionKey.objects.values_list("sealed_with", flat=True)) == {2}


@pytest.mark.usefixtures("both")
def test_a_key_that_does_not_open_stays_as_it_was_and_is_an_exit_of_1() -> None:
    broken = current().kid
    SigningKey.objects.filter(pk=broken).update(sealed_private_jwk=b"altered")
    written = StringIO()

    with pytest.raises(CommandError, match=f"{broken} .version 1."):
        call_command("reseal_keys", stdout=written)

    assert bytes(SigningKey.objects.get(pk=broken).sealed_private_jwk) == b"altered"
    assert "4 private keys were encrypted anew" in written.getvalue()
    assert "Version 1 must stay: private keys" in written.getvalue()


@pytest.mark.usefixtures("both")
def test_a_version_may_go_once_no_key_and_not_the_newest_seal_needs_it(settings: Settings) -> None:
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = {1: settings.AUTHSITE_KEY_ENCRYPTION_KEYS[1]}
    list(seal_settled_events(now=NOW))
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = NEW | settings.AUTHSITE_KEY_ENCRYPTION_KEYS

    said = output_of()
    assert "Version 1 must stay: it vouches for the audit log." in said
    assert "Version 2 must stay: it is the newest." in said

    list(seal_settled_events(now=NOW))
    assert "Version 1 may be removed" in output_of()
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = NEW
    assert verify_audit_log().finding is None
