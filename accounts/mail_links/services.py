"""Making, reading and using links in mails (OWASP Forgot Password Cheat Sheet, NIST SP 800-63B-4 §4.2)."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from accounts.mail_links.errors import InvalidLinkError
from accounts.mail_links.models import MailLink, Purpose, account_state_of
from accounts.models import User

LIFETIME: Final = timedelta(minutes=30)
_TOKEN_BYTES: Final = 32


def make_link(*, user: User, purpose: Purpose, now: datetime, new_email: str = "") -> str:
    """Return the token of a new link; the one that the person had for this purpose is void from now on.

    The token itself is written nowhere: it belongs into the mail alone. One statement.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    link = MailLink(
        user=user,
        purpose=purpose,
        digest=_digest_of(token),
        account_state=account_state_of(user),
        new_email=new_email,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    MailLink.objects.bulk_create(
        [link],
        update_conflicts=True,
        unique_fields=["user", "purpose"],
        update_fields=["digest", "account_state", "new_email", "created_at", "expires_at", "confirmed_at"],
    )
    return token


def read_link(*, token: str, purposes: Collection[Purpose], now: datetime) -> MailLink:
    """Return the live link of a token, with its person and their tenant. One query; nothing is used up.

    :raise InvalidLinkError: it opens nothing, or nothing any more
    """
    links = MailLink.objects.select_related("user__tenant", "user__department")
    link = links.filter(digest=_digest_of(token), purpose__in=purposes).first()
    if link is None:
        raise InvalidLinkError(reason="unknown, used or replaced")
    if link.expires_at <= now:
        raise InvalidLinkError(reason="expired", sub=link.user_id)
    if link.confirmed_at is not None:
        raise InvalidLinkError(reason="used", sub=link.user_id)
    if not link.fits_account():
        raise InvalidLinkError(reason="the account has changed", sub=link.user_id)
    if not link.user.may_log_in():
        raise InvalidLinkError(reason="no active account", sub=link.user_id)
    return link


def use_link(link: MailLink) -> None:
    """Use a link up, inside the transaction of what it opens: of two at once, one gets it.

    :raise InvalidLinkError: somebody else has used or replaced it meanwhile
    """
    deleted, _by_model = MailLink.objects.filter(pk=link.pk, digest=link.digest).delete()
    if not deleted:
        raise InvalidLinkError(reason="used meanwhile", sub=link.user_id)


def confirm_link(link: MailLink, *, now: datetime) -> bool:
    """Use up one of a pair, inside a transaction; tell whether the other has been confirmed, too.

    A pair that is whole is deleted.

    :raise InvalidLinkError: somebody else has used or replaced it meanwhile
    """
    pair = MailLink.objects.filter(
        user=link.user_id, purpose__in=(Purpose.CONFIRM_OLD_EMAIL, Purpose.CONFIRM_NEW_EMAIL)
    )
    rows = list(pair.select_for_update().order_by("pk"))
    mine = next((row for row in rows if row.digest == link.digest and row.confirmed_at is None), None)
    if mine is None:
        raise InvalidLinkError(reason="used meanwhile", sub=link.user_id)
    mine.confirmed_at = now
    mine.save(update_fields=["confirmed_at"])
    is_whole = len(rows) == len((Purpose.CONFIRM_OLD_EMAIL, Purpose.CONFIRM_NEW_EMAIL)) and all(
        row.confirmed_at is not None and row.new_email == mine.new_email for row in rows
    )
    if is_whole:
        pair.delete()
    return is_whole


def _digest_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
