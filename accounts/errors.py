"""The base of all domain errors: a machine code, a sentence for logs, and structured facts."""

from typing import ClassVar

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
    """The actor may not make this change (design.md §4, "Who may what")."""

    code = "not_permitted"
    description = "The actor lacks the authority for this change."
