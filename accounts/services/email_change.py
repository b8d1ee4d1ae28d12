"""Another address for one's own account: it takes effect when the old and the new one have confirmed it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import conf
from accounts.audit.actors import Origin
from accounts.audit.event_types import EventType
from accounts.audit.services import record_event
from accounts.mail_links.models import Purpose
from accounts.mail_links.services import LIFETIME, confirm_link, make_link, read_link
from accounts.mails.services import send_mail_to
from accounts.models import User
from accounts.models.emails import normalise_email
from accounts.services.credentials import require_current_password
from accounts.services.users import change_user, read_active_user

#: Where the links of the mails lead; ``api`` serves it.
LINK_PATH = "/account/email/link/"
MINUTES = int(LIFETIME.total_seconds() // 60)

_PURPOSES = (Purpose.CONFIRM_OLD_EMAIL, Purpose.CONFIRM_NEW_EMAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChange:
    """What a link confirms."""

    old_email: str
    new_email: str


def request_email_change(
    *, user_id: UUID, new_email: str, current_password: str, origin: Origin, now: datetime
) -> None:
    """Mail a link to the old and to the new address; nothing changes yet, and an older request is void.

    Where the new address has an account already, its owner is told instead, and whoever asked is not.

    :raise ValidationError: by field: the current password is wrong, the address is none or is the same
    :raise SessionEndedError: the account is gone or inactive, though a token of it lives
    """
    user = read_active_user(user_id)
    require_current_password(user=user, current_password=current_password, origin=origin, now=now)
    new_email = _valid_address(new_email, user)
    with transaction.atomic():
        record_event(
            type=EventType.EMAIL_CHANGE_REQUESTED,
            actor=user.as_actor(origin),
            subject=user.as_audit_subject(),
            now=now,
            facts={"new_email": new_email},
        )
        links = {purpose: _link(user, purpose, new_email, now) for purpose in _PURPOSES}
        about = {"old_email": user.email, "new_email": new_email, "minutes": MINUTES}
        send_mail_to(
            user, template="email_change_old", context=about | {"link": links[Purpose.CONFIRM_OLD_EMAIL]}
        )
        owner = User.objects.filter(email=new_email).first()
        if owner is None:
            send_mail_to(
                user,
                template="email_change_new",
                context=about | {"link": links[Purpose.CONFIRM_NEW_EMAIL]},
                address=new_email,
            )
        else:
            send_mail_to(owner, template="email_change_taken", context={})


def read_email_change(*, token: str, now: datetime) -> EmailChange:
    """Return what a link would confirm; it is not used up.

    :raise InvalidLinkError: it opens nothing, or nothing any more
    """
    link = read_link(token=token, purposes=_PURPOSES, now=now)
    return EmailChange(old_email=link.user.email, new_email=link.new_email)


def confirm_email_change(*, token: str, origin: Origin, now: datetime) -> bool:
    """Confirm for one of the two addresses; tell whether the change has taken effect with it.

    :raise InvalidLinkError: it opens nothing, or nothing any more
    :raise ValidationError: somebody else has taken the address meanwhile
    """
    link = read_link(token=token, purposes=_PURPOSES, now=now)
    user: User = link.user
    actor = user.as_actor(origin)
    with transaction.atomic():
        # The person first, then the links, as deleting a person does.
        User.objects.select_for_update().filter(pk=user.pk).values_list("pk").first()
        is_whole = confirm_link(link, now=now)
        record_event(
            type=EventType.EMAIL_CHANGE_CONFIRMED,
            actor=actor,
            subject=user.as_audit_subject(),
            now=now,
            facts={"by": "old" if link.purpose == Purpose.CONFIRM_OLD_EMAIL else "new"},
        )
        if is_whole:
            change_user(user_id=user.pk, email=link.new_email, actor=actor, now=now)
    return is_whole


def _link(user: User, purpose: Purpose, new_email: str, now: datetime) -> str:
    token = make_link(user=user, purpose=purpose, now=now, new_email=new_email)
    return f"{conf.issuer()}{LINK_PATH}{token}"


def _valid_address(written: str, user: User) -> str:
    address = normalise_email(written)
    try:
        validate_email(address)
        User._meta.get_field("email").run_validators(address)
    except ValidationError as error:
        raise ValidationError({"new_email": error.error_list}) from error
    if address == user.email:
        raise ValidationError({"new_email": _("This is your address already.")})
    return address
