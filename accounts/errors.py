"""The base of all domain errors: a machine code, a sentence for logs, and structured facts."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class AuthsiteError(Exception):
    """A refusal of the domain.

    ``code`` is stable and may be shown to clients; ``facts`` are for logs and audit events and never
    hold a secret or a token.
    """

    code: ClassVar[str] = "authsite_error"
    description: ClassVar[str] = "The request was refused."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.description)

    @override
    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.description} ({details})" if details else self.description


class NotPermittedError(AuthsiteError):
    """The actor may not make this change (design.md §4, "Who may what"); ``reason`` says which rule."""

    code = "not_permitted"
    description = "The actor lacks the authority for this change."

    @property
    def sentence(self) -> str:
        """Return what the person who asked is told."""
        sentence = _SENTENCES.get(str(self.facts.get("reason")))
        return str(sentence) % self.facts if sentence else gettext("You may not make this change.")


#: By the reason of a ``NotPermittedError``.
_SENTENCES: dict[str, Promise] = {
    "belongs to one tenant": _(
        "Roles, tenants and audiences belong to everybody; people of one tenant cannot change them."
    ),
    "another tenant": _("This belongs to another tenant than you; you cannot change it."),
    "a more powerful account": _(
        "This account may do more than yours; ask an administrator who may do as much."
    ),
    "may not give this role": _(
        "You cannot give or take the role “%(role)s”: you neither hold it nor the role “admin”."
    ),
    "lacks this permission": _(
        "You cannot hand out or take away the permission “%(permission)s”, because you lack it."
    ),
    "lacks what they would grant": _(
        "You cannot grant special permissions, staff or superuser status that you lack."
    ),
    "no active account": _("Your account may not log in any more."),
    "no longer has the role": _("You no longer have the role “%(role)s”."),
}
