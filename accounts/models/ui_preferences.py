"""A user's preferences for user interfaces: a small JSON object that may travel in tokens."""

import json
import math
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: UTF-8 bytes of the compact JSON. Tokens carry it in every request, so it stays small.
MAX_BYTES = 1024
MAX_DEPTH = 4


def validate_ui_preferences(value: object) -> None:
    """Accept a JSON object of at most ``MAX_BYTES`` and ``MAX_DEPTH``.

    :raise ValidationError: with a sentence that says what to do
    """
    if not isinstance(value, dict):
        raise ValidationError(_("Write a JSON object, such as {“theme”: “dark”}."), code="not_an_object")
    nodes = list(_nodes(value))
    if max(level for _node, level in nodes) > MAX_DEPTH:
        raise ValidationError(
            _("Nest objects and lists at most %(limit)d deep."), code="too_deep", params={"limit": MAX_DEPTH}
        )
    if not all(_is_storable(node) for node, _level in nodes):
        raise ValidationError(
            _("Write texts without null characters, and finite numbers."), code="not_storable"
        )
    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MAX_BYTES:
        raise ValidationError(
            _("Keep it within %(limit)d bytes; it has %(size)d."),
            code="too_big",
            params={"limit": MAX_BYTES, "size": size},
        )


def _nodes(value: object) -> Iterator[tuple[object, int]]:
    """Walk values and names, each with the number of objects and lists around it, itself included."""
    pending: list[tuple[object, int]] = [(value, 1)]
    while pending:
        node, level = pending.pop()
        is_container = isinstance(node, dict | list)
        yield node, level if is_container else level - 1
        if isinstance(node, dict):
            pending += [(inner, level + 1) for pair in node.items() for inner in pair]
        elif isinstance(node, list):
            pending += [(inner, level + 1) for inner in node]


def _is_storable(node: object) -> bool:
    """Tell whether every database takes it: PostgreSQL knows no null character, and JSON no infinity."""
    if isinstance(node, str):
        return "\x00" not in node and not any("\ud800" <= character <= "\udfff" for character in node)
    return not isinstance(node, float) or math.isfinite(node)
