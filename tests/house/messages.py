"""The catalogue of messages: `make messages` writes it with this, and test_translations.py compares."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import template

from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PO = ROOT / "locale/es/LC_MESSAGES/django.po"
MO = PO.with_suffix(".mo")

#: In the header, so that the same messages are the same bytes whenever they are written.
NEVER_CHANGES = datetime(2026, 11, 23, tzinfo=UTC)

_PLAIN = ("_", "_now_", "gettext", "gettext_lazy", "gettext_noop")
_KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(_PLAIN),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


def extract_template(fileobj: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Extract from a Django template; in parentheses, because its indentation is not Python's."""
    python = template.templatize(fileobj.read().decode("utf-8"))
    yield from extract_python(io.BytesIO(f"({python}\n)".encode()), keywords, comment_tags, options)


def extracted() -> Catalog:
    """Return every message that the code and the templates hold, without translations."""
    catalog = Catalog(locale="es", domain="django", project="authsite", fuzzy=False)
    for path in _sources():
        method = "python" if path.suffix == ".py" else "tests.house.messages:extract_template"
        for _line, message, _comments, context in extract_from_file(method, path, keywords=_KEYWORDS):
            catalog.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)], context=context)
    return catalog


def translated() -> Catalog:
    """Return the Spanish catalogue."""
    with PO.open("rb") as file:
        return read_po(file, locale="es", domain="django")


def compiled(catalog: Catalog) -> bytes:
    """Return what django.mo has to hold."""
    buffer = io.BytesIO()
    write_mo(buffer, _with_fixed_header(catalog))
    return buffer.getvalue()


def update() -> list[str]:
    """Bring django.po and django.mo up to date with the code; return what lacks a translation."""
    catalog = translated() if PO.exists() else Catalog(locale="es", domain="django")
    catalog.update(extracted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    with PO.open("wb") as file:
        write_po(file, _with_fixed_header(catalog), width=110, include_lineno=False, sort_output=True)
    MO.write_bytes(compiled(translated()))
    return untranslated(catalog)


def untranslated(catalog: Catalog) -> list[str]:
    """Return the messages of ``catalog`` that lack a translation, or have one that nobody has read."""
    return [
        str(message.id)
        for message in catalog
        if message.id and (message.fuzzy or not _is_complete(message.string))
    ]


def _is_complete(string: str | tuple[str, ...] | list[str] | None) -> bool:
    if not string:
        return False
    return isinstance(string, str) or all(string)


def _sources() -> list[Path]:
    found = [path for room in ("accounts", "api", "authsite") for path in (ROOT / room).rglob("*.py")]
    for room in ("accounts", "api"):
        found += (ROOT / room / "templates").rglob("*.html")
        found += (ROOT / room / "templates").rglob("*.txt")
    return sorted(path for path in found if "migrations" not in path.parts)


def _with_fixed_header(catalog: Catalog) -> Catalog:
    catalog.fuzzy = False
    catalog.project, catalog.version = "authsite", "1"
    catalog.header_comment = "# The Spanish of authsite. `make messages` writes this file from the code."
    catalog.creation_date = catalog.revision_date = NEVER_CHANGES
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = "authsite"
    return catalog


if __name__ == "__main__":
    missing = update()
    if missing:
        raise SystemExit("\n".join([f"Translate in {PO.relative_to(ROOT)}:", *missing]))
