"""What admin permissions open, in words: Django keeps their names in the database, in English."""

from collections.abc import Iterable

from django.contrib.auth.models import Permission
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

_VERBS: dict[str, Promise] = {
    "view": _("view"),
    "add": _("add"),
    "change": _("change"),
    "delete": _("delete"),
}


def permission_lines(permissions: Iterable[Permission]) -> list[str]:
    """Return one line for each kind of row, such as “Users: view, change”, with content types loaded."""
    by_kind: dict[str, list[str]] = {}
    for permission in permissions:
        kind = permission.content_type.model_class()
        verb, _sep, rest = permission.codename.partition("_")
        if kind is None or verb not in _VERBS or rest != kind._meta.model_name:
            by_kind.setdefault(permission.name, [])
        else:
            name = capfirst(str(kind._meta.verbose_name_plural))
            by_kind.setdefault(name, []).append(verb)
    return [_line(kind, verbs) for kind, verbs in sorted(by_kind.items())]


def _line(kind: str, verbs: list[str]) -> str:
    said = ", ".join(str(word) for verb, word in _VERBS.items() if verb in verbs)
    return f"{kind}: {said}" if said else kind
