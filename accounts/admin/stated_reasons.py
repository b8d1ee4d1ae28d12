"""Why an administrator makes a change: one sentence, asked on the pages between a form and its saving."""

from typing import Any, Final

from django.http import HttpRequest

#: The name of the field; no form of a model has one like it.
FIELD: Final = "audit_why"
MAX_LENGTH: Final = 300


def stated_why(request: HttpRequest) -> str:
    """Return what was typed, as one line of plain text; nothing where nobody asked.

    Characters that are not seen are left out: they could make the line read otherwise than it was written.
    """
    typed = request.POST.get(FIELD, "")[: 4 * MAX_LENGTH]
    visible = "".join(character if character.isprintable() else " " for character in typed)
    return " ".join(visible.split())[:MAX_LENGTH]


def why_context(request: HttpRequest) -> dict[str, Any]:
    """Return what ``admin/why_field.html`` shows: the field as it was typed."""
    return {"why_field": FIELD, "why": stated_why(request), "max_why": MAX_LENGTH}
