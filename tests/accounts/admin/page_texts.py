"""What a person reads or hears of a page: its texts, and the attributes that are shown or read out."""

from __future__ import annotations

from html.parser import HTMLParser

from typing_extensions import override

_SHOWN = {"alt", "aria-label", "placeholder", "title", "data-label"}
_SILENT = {"script", "style", "code", "pre", "kbd", "textarea"}


class _Reader(HTMLParser):
    """Collects texts; code, tokens and the like say the same in every language."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silence = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silence += tag in _SILENT
        values = dict(attrs)
        self.texts += [value for name, value in attrs if name in _SHOWN and value]
        if tag == "input" and values.get("type") == "submit":
            self.texts.append(values.get("value") or "")

    @override
    def handle_endtag(self, tag: str) -> None:
        self._silence -= tag in _SILENT

    @override
    def handle_data(self, data: str) -> None:
        if not self._silence and data.strip():
            self.texts.append(" ".join(data.split()))


def texts_of(html: str) -> list[str]:
    """Return the texts of a page, in their order."""
    reader = _Reader()
    reader.feed(html)
    return reader.texts
