"""What stands in a mail, and using it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core import mail

from accounts.services.password_links import reset_password
from tests.accounts.journeys import NOW, ORIGIN

if TYPE_CHECKING:
    from django.core.mail import EmailMessage

    from accounts.models import User

#: A password that keeps the rules.
NEW_PASSWORD = "another long passphrase 2026"

_LINK = re.compile(r"^(https?://\S+)/account/\w+/link/(\S+)$", re.MULTILINE)


def link_in(message: EmailMessage) -> str:
    """Return the path of the link in a mail."""
    found = _LINK.search(str(message.body))
    assert found is not None, message.body
    return found[0].removeprefix(found[1])


def token_in(message: EmailMessage) -> str:
    """Return the token of the link in a mail."""
    return link_in(message).rpartition("/")[2]


def mail_to(address: str) -> EmailMessage:
    """Return the latest mail to an address."""
    return [sent for sent in mail.outbox if sent.to == [address]][-1]


def reset(token: str, password: str = NEW_PASSWORD, *, at: Any = NOW) -> User:
    """Set a password by the token of a mail."""
    return reset_password(token=token, new_password=password, origin=ORIGIN, now=at)
