"""Passwords by a link in a mail: a reset that somebody asks for, an invitation, and what they open."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import conf
from accounts.audit.actors import Actor, Origin
from accounts.audit.event_types import EventType
from accounts.audit.services import record_event
from accounts.authority import authority_of
from accounts.mail_links.errors import InvalidLinkError
from accounts.mail_links.models import Purpose
from accounts.mail_links.services import LIFETIME, make_link, read_link, use_link
from accounts.mails.services import send_mail_to
from accounts.models import Role, User
from accounts.models.emails import normalise_email
from accounts.refresh_sessions.models import EndReason
from accounts.refresh_sessions.services import end_refresh_sessions
from accounts.services.after_answer import after_answer
from accounts.services.attempts import count_password_reset
from accounts.services.credentials import encode_new_password
from accounts.services.users import UserFields, create_user

#: Where the link of a mail leads; ``api`` serves it.
LINK_PATH = "/account/password/link/"
MINUTES = int(LIFETIME.total_seconds() // 60)

_PURPOSES = (Purpose.SET_PASSWORD,)


def request_password_reset(*, email: str, origin: Origin, now: datetime) -> None:
    """Have a link mailed, if the address is of somebody who may log in; the answer is the same for all.

    The account is looked up after the answer, by another thread: no time and no query of the request
    depends on it.

    :raise ThrottledError: too many for this address, or from this network
    """
    count_password_reset(email=email, user=None, origin=origin, now=now)
    after_answer.do(partial(_send_reset, email=email, origin=origin, now=now), what="password reset")


def create_invited_user(
    *,
    actor: Actor,
    now: datetime,
    roles: Collection[Role] = (),
    id: UUID | None = None,  # noqa: A002 - the field's name
    **fields: Unpack[UserFields],
) -> User:
    """Create a person, and mail them a link to choose their first password, unless they may not log in.

    :raise ValidationError: by field
    :raise NotPermittedError: the actor may not grant this, or not in this tenant
    """
    with transaction.atomic():
        user = create_user(actor=actor, now=now, roles=roles, id=id, **fields)
        if user.may_log_in():
            _invite(user, actor, now)
    return user


def invite_user(*, user_id: UUID, actor: Actor, now: datetime) -> User:
    """Mail a person a link to choose their password, the first one or another; older links are void.

    :raise ValidationError: the person may not log in
    :raise NotPermittedError: the actor may not change this account
    """
    with transaction.atomic():
        authority = authority_of(actor)
        user: User = User.objects.select_for_update().get(pk=user_id)
        authority.require_over_user(user)
        if not user.may_log_in():
            raise ValidationError(_("This person may not log in; a link would open nothing."))
        _invite(user, actor, now)
    return user


def read_password_link(*, token: str, now: datetime) -> User:
    """Return whose password a link would set; it is not used up.

    :raise InvalidLinkError: it opens nothing, or nothing any more
    """
    return read_link(token=token, purposes=_PURPOSES, now=now).user


def reset_password(*, token: str, new_password: str, origin: Origin, now: datetime) -> User:
    """Set the password of the person whose link it is; all their sessions end, in browsers, too.

    A password that breaks a rule leaves the link good for another try.

    :raise InvalidLinkError: it opens nothing, or nothing any more
    :raise ValidationError: beside ``new_password``
    """
    link = read_link(token=token, purposes=_PURPOSES, now=now)
    user: User = link.user
    encoded, actor = encode_new_password(new_password, user, field="new_password"), user.as_actor(origin)
    with transaction.atomic():
        # Only where it still is the account that the link was made for: the hashing took its time. The person
        # first, then the link, as deleting a person does: two that wait for each other would end in neither.
        same = User.objects.filter(pk=user.pk, password=user.password, email=user.email, is_active=True)
        if not same.update(password=encoded):
            raise InvalidLinkError(reason="the account has changed meanwhile", sub=user.pk)
        use_link(link)
        record_event(
            type=EventType.PASSWORD_RESET,
            actor=actor,
            subject=user.as_audit_subject(),
            now=now,
            facts={"first": not user.has_usable_password()},
        )
        end_refresh_sessions(user=user, reason=EndReason.PASSWORD_RESET, actor=actor, now=now)
        send_mail_to(user, template="password_was_set", context={"at": now, "ip": origin.ip})
    return user


def _send_reset(*, email: str, origin: Origin, now: datetime) -> None:
    user = User.objects.with_directory().filter(email=normalise_email(email)).first()
    if user is None or not user.may_log_in():
        return
    whoever = Actor(sub=None, label="", origin=origin)
    with transaction.atomic():
        _send(user, "password_reset", EventType.PASSWORD_RESET_REQUESTED, whoever, now)


def _invite(user: User, actor: Actor, now: datetime) -> None:
    if user.has_usable_password():
        _send(user, "password_reset_by_administrator", EventType.PASSWORD_RESET_REQUESTED, actor, now)
    else:
        _send(user, "invitation", EventType.INVITATION_SENT, actor, now)


def _send(user: User, template: str, type_: EventType, actor: Actor, now: datetime) -> None:
    token = make_link(user=user, purpose=Purpose.SET_PASSWORD, now=now)
    record_event(type=type_, actor=actor, subject=user.as_audit_subject(), now=now)
    link = f"{conf.issuer()}{LINK_PATH}{token}"
    send_mail_to(user, template=template, context={"link": link, "minutes": MINUTES})
