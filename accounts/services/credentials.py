"""Verifying and changing passwords, compared in one form, NFC, and else as they were typed."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actors import Actor, Origin
from accounts.audit.event_types import EventType
from accounts.audit.services import record_event
from accounts.authority import authority_of
from accounts.change_log.epoch import current_epoch
from accounts.hashers import encode_password, matches_password, normalise_password
from accounts.models import User
from accounts.models.emails import normalise_email
from accounts.refresh_sessions.models import EndReason
from accounts.refresh_sessions.services import end_refresh_sessions
from accounts.services.attempts import attempt, current_password_buckets, login_buckets, subject_of
from accounts.services.errors import InvalidCredentialsError
from accounts.services.users import read_active_user

#: No password has this hash; Django spends the time of a real comparison on it.
UNUSABLE = "!"


def verify_credentials(
    *, email: str, password: str, device_token: str | None = None, origin: Origin, now: datetime
) -> User:
    """Return the person whose password this is, with ``epoch`` read in the same statement.

    Unknown, inactive and password-less accounts take the same statements and the same hashing as a
    wrong password. The hash is computed outside of any transaction, and only where the limits allow it.

    :raise InvalidCredentialsError: one answer for all of these
    :raise ThrottledError: too many failed; the password was not looked at
    """
    email = normalise_email(email)
    user: User | None = (
        User.objects.with_directory()
        # Read with the password: what ends browser sessions from here on ends the one that begins now.
        .with_browser_session_marker()
        .annotate(epoch=current_epoch())
        .filter(email=email)
        .first()
    )
    buckets = login_buckets(email=email, user=user, device_token=device_token, origin=origin)
    upgraded: list[str] = []
    with attempt(buckets, subject=subject_of(user), origin=origin, now=now):
        matches = matches_password(password, user.password if user else UNUSABLE, upgrade=upgraded.append)
        if user is None or not matches or not user.may_log_in():
            _record_rejection(user, origin, now)
            raise InvalidCredentialsError(sub=user.id if user else None)
    # Only over the hash that was compared: a password changed in between stays changed.
    same = User.objects.filter(pk=user.pk, password=user.password)
    if upgraded and same.update(password=upgraded[0]):
        user.password = upgraded[0]
    return user


def require_unchanged_credentials(user: User) -> None:
    """Lock the person's row until the transaction ends, if it still is what ``verify_credentials`` read.

    Whoever changes the password or deactivates the account meanwhile then ends the new session too:
    otherwise a login in flight would outlive the password that it was made with.

    :raise InvalidCredentialsError: the password was changed, or the account deactivated or deleted
    """
    same = User.objects.select_for_update().filter(pk=user.pk, password=user.password, is_active=True)
    if same.values_list("pk").first() is None:
        raise InvalidCredentialsError(sub=user.pk)


def change_password(
    *,
    user_id: UUID,
    current_password: str,
    new_password: str,
    keep: UUID | None,
    origin: Origin,
    now: datetime,
) -> None:
    """Change one's own password; all sessions but ``keep`` end.

    :raise ValidationError: by field: the current password is wrong, or the new one breaks a rule
    :raise SessionEndedError: the account is gone or inactive, though a token of it lives
    :raise ThrottledError: the current password was wrong too often
    """
    user = read_active_user(user_id)
    require_current_password(user=user, current_password=current_password, origin=origin, now=now)
    encoded, actor = encode_new_password(new_password, user, field="new_password"), user.as_actor(origin)
    with transaction.atomic():
        if not User.objects.filter(pk=user_id, password=user.password).update(password=encoded):
            raise ValidationError({"current_password": _("The password has just been changed elsewhere.")})
        record_event(type=EventType.PASSWORD_CHANGED, actor=actor, subject=user.as_audit_subject(), now=now)
        end_refresh_sessions(user=user, reason=EndReason.PASSWORD_CHANGED, actor=actor, now=now, keep=keep)


def require_current_password(*, user: User, current_password: str, origin: Origin, now: datetime) -> None:
    """Accept the person's own password, before what only they may do.

    :raise ValidationError: beside ``current_password``
    :raise ThrottledError: it was wrong too often
    """
    with attempt(current_password_buckets(user), subject=subject_of(user), origin=origin, now=now):
        if not matches_password(current_password, user.password):
            _record_rejection(user, origin, now)
            raise ValidationError({"current_password": _("This is not your current password.")})


def set_password(*, user_id: UUID, new_password: str, actor: Actor, now: datetime) -> None:
    """Set somebody's password as the operator of this installation; all their sessions end.

    :raise ValidationError: the password breaks a rule
    :raise NotPermittedError: the actor may not change this account
    """
    user = User.objects.get(pk=user_id)
    encoded = encode_new_password(new_password, user, field="new_password")
    with transaction.atomic():
        authority_of(actor).require_over_user(user)
        User.objects.filter(pk=user_id).update(password=encoded)
        record_event(type=EventType.PASSWORD_SET, actor=actor, subject=user.as_audit_subject(), now=now)
        end_refresh_sessions(user=user, reason=EndReason.PASSWORD_SET, actor=actor, now=now)


def encode_new_password(password: str, user: User, *, field: str) -> str:
    """Return the hash of a new password that keeps the rules.

    :raise ValidationError: beside ``field``
    """
    try:
        validate_password(normalise_password(password), user)
    except ValidationError as error:
        raise ValidationError({field: error.error_list}) from error
    return encode_password(password)


def _record_rejection(user: User | None, origin: Origin, now: datetime) -> None:
    # What was typed is not recorded for unknown accounts: people type passwords into the wrong field.
    record_event(
        type=EventType.CREDENTIALS_REJECTED,
        actor=Actor(sub=None, label="", origin=origin),
        subject=subject_of(user),
        now=now,
    )
