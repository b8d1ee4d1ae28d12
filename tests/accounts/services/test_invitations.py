"""People are invited by a mail, in which nobody but they find the link to their first password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.audit.models import AuditEvent
from accounts.errors import NotPermittedError
from accounts.mail_links.errors import InvalidLinkError
from accounts.mail_links.models import MailLink
from accounts.services.password_links import (
    create_invited_user,
    invite_user,
)
from tests.accounts.journeys import NOW, SYSTEM
from tests.accounts.mailed import NEW_PASSWORD, reset, token_in
from tests.factories import TenantFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

pytestmark = pytest.mark.django_db


def test_a_person_who_is_created_is_invited(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        alice = create_invited_user(email="alice@example.org", name="Alice", actor=SYSTEM, now=NOW)

    assert not alice.has_usable_password()
    (sent,) = mail.outbox
    assert sent.subject.startswith("Su cuenta")
    reset(token_in(sent))
    alice.refresh_from_db()
    assert alice.check_password(NEW_PASSWORD)


def test_a_person_who_is_created_inactive_is_not_invited() -> None:
    create_invited_user(email="alice@example.org", name="Alice", is_active=False, actor=SYSTEM, now=NOW)

    assert not MailLink.objects.exists()


def test_a_person_whose_creation_fails_is_not_invited(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    UserFactory.create(email="alice@example.org")

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ValidationError):
        create_invited_user(email="alice@example.org", name="Alice", actor=SYSTEM, now=NOW)

    assert mail.outbox == []


def test_an_invitation_is_sent_again_and_the_older_one_is_void(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    alice = UserFactory.create(password=make_password(None))
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(2):
            invite_user(user_id=alice.pk, actor=SYSTEM, now=NOW)

    first, second = (token_in(sent) for sent in mail.outbox)

    with pytest.raises(InvalidLinkError):
        reset(first)
    reset(second)
    assert AuditEvent.objects.filter(type="invitation.sent").count() == 2


def test_nobody_invites_people_of_another_tenant_or_those_who_may_do_more() -> None:
    ours = UserFactory.create(tenant=TenantFactory.create(), roles=["admin"])

    for other in (UserFactory.create(), UserFactory.create(tenant=ours.tenant, is_superuser=True)):
        with pytest.raises(NotPermittedError):
            invite_user(user_id=other.pk, actor=ours.as_actor(), now=NOW)
    assert not MailLink.objects.exists()


def test_who_may_not_log_in_is_not_invited() -> None:
    gone = UserFactory.create(is_active=False)

    with pytest.raises(ValidationError):
        invite_user(user_id=gone.pk, actor=SYSTEM, now=NOW)
