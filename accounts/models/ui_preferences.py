"""A user's preferences for user interfaces: a small JSON object that may travel in tokens."""

import json

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
    if _depth(value) > MAX_DEPTH:
        raise ValidationError(
            _("Nest objects and lists at most %(limit)d deep."), code="too_deep", params={"limit": MAX_DEPTH}
        )
    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode())
    if size > MAX_BYTES:
        raise ValidationError(
            _("Keep it within %(limit)d bytes; it has %(size)d."),
            code="too_big",
            params={"limit": MAX_BYTES, "size": size},
        )


def _depth(value: object) -> int:
    deepest, pending = 0, [(value, 1)]
    while pending:
        node, level = pending.pop()
        deepest = max(deepest, level if isinstance(node, dict | list) else level - 1)
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        pending += [(child, level + 1) for child in children]
    return deepest
