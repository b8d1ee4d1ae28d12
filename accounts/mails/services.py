"""Writing a mail to a person: rendered at once, handed over when the transaction has committed."""

from collections.abc import Mapping
from functools import partial

from django.core.mail import EmailMessage
from django.db import transaction
from django.template import Context, engines
from django.utils import translation

from accounts import conf
from accounts.mails.outbox import outbox
from accounts.models import User


def send_mail_to(
    user: User, *, template: str, context: Mapping[str, object], address: str | None = None
) -> None:
    """Send ``mails/<template>.<language>.txt`` to a person, in their language, once the transaction commits.

    The template's first line is the subject. It is rendered with ``context``, ``user``, ``site`` (the URL of
    this installation, which is ``iss`` and never what a request asked for) and ``host`` (the same without
    its scheme). Texts of ``context`` come out on one line. ``address`` is another than the account's:
    one that the person had, or wants to have. Whoever calls neither waits for the mail server nor fails.

    :raise TemplateDoesNotExist: there is no such mail in the person's language
    """
    message = _message_to(user, template, context, address or user.email)
    transaction.on_commit(partial(outbox.send, message, template=template, sub=user.pk))


def _message_to(user: User, template: str, context: Mapping[str, object], address: str) -> EmailMessage:
    site = conf.issuer()
    values = {name: _on_one_line(value) for name, value in context.items()}
    values |= {"user": user, "site": site, "host": site.partition("://")[2]}
    engine = engines["django"].engine  # type: ignore[attr-defined] # the one of Django's own templates
    with translation.override(user.locale):
        written = engine.get_template(f"mails/{template}.{user.locale}.txt")
        # Plain text: an escaped “&” would be read as “&amp;”.
        text = str(written.render(Context(values, autoescape=False)))
    subject, _newline, body = text.strip().partition("\n")
    return EmailMessage(subject=subject.strip(), body=body.strip() + "\n", to=[address])


def _on_one_line(value: object) -> object:
    """Return a text without line breaks: what an app calls its device must not write our paragraphs."""
    if not isinstance(value, str):
        return value
    return " ".join("".join(character if character.isprintable() else " " for character in value).split())
