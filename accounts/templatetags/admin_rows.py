"""Names the columns in each cell of Django's lists, so that on a phone a row can stand as a card."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import template
from django.template.defaultfilters import capfirst
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def labelled(cells: Iterable[SafeString], headers: Iterable[Mapping[str, Any]]) -> Iterator[SafeString]:
    """Yield the cells of a row, with ``data-label`` where the column has a name, and its signs translated."""
    for cell, header in zip(map(_translated, cells), headers, strict=True):
        is_named = header.get("class_attrib") != mark_safe(' class="action-checkbox-column"')
        yield _with_label(cell, str(header["text"])) if is_named else cell


def _translated(cell: SafeString) -> SafeString:
    """Say yes or no in the reader's language: Django's pictures of them are called True and False."""
    said = cell.replace('alt="True"', f'alt="{escape(_("Yes"))}"').replace(
        'alt="False"', f'alt="{escape(_("No"))}"'
    )
    return mark_safe(said)  # noqa: S308 - what Django escaped


def _with_label(cell: SafeString, name: str) -> SafeString:
    tag, rest = cell[:3], cell[3:]
    if tag not in {"<td", "<th"}:
        return cell
    return format_html('{} data-label="{}"{}', mark_safe(tag), capfirst(name), mark_safe(rest))  # noqa: S308 - what Django escaped
