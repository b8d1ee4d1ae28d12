"""JSON for people: as text in forms, and coloured, with links, in pages."""

import json
import re
from collections.abc import Iterator

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from rest_framework.utils.encoders import JSONEncoder

_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*")(?P<colon>\s*:)?'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<word>true|false|null)"
)
_LINK = re.compile(r"https?://[^\s\\]+")


def json_text(value: object, *, indent: int | None = None) -> str:
    """Return ``value`` as JSON, with DRF's ways of writing times and ids; a set becomes a list."""
    listed = sorted(value, key=str) if isinstance(value, set | frozenset) else value
    return json.dumps(listed, cls=JSONEncoder, ensure_ascii=False, indent=indent)


def highlighted(text: str) -> SafeString:
    """Return JSON ``text`` as HTML: names, texts, numbers and words in spans, addresses as links."""
    return mark_safe("".join(_pieces(text)))  # noqa: S308 - each piece is escaped below


def _pieces(text: str) -> Iterator[str]:
    end = 0
    for token in _TOKEN.finditer(text):
        yield escape(text[end : token.start()])
        end = token.end()
        if token["colon"]:
            yield format_html('<span class="json-name">{}</span>{}', token["string"], token["colon"])
        elif token["string"]:
            yield format_html('<span class="json-text">{}</span>', _linked(token["string"]))
        else:
            yield format_html('<span class="json-value">{}</span>', token[0])
    yield escape(text[end:])


def _linked(string: str) -> str:
    inner = string[1:-1]
    if _LINK.fullmatch(inner):
        return format_html('"<a href="{}" rel="nofollow noreferrer">{}</a>"', inner, inner)
    return string
