"""What the admin does beyond Django's own pages is declared: who may, and what a page says before (ADR 0035).

The decorators of ``actions.py`` and ``pages.py`` declare; nothing else is served.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.utils.functional import Promise

Sentence = str | Promise

_DECLARED: Final = "authsite_declared"
_SAFE: Final = frozenset({"GET", "HEAD"})
#: What Django's own permissions may be asked of one row.
_OF_A_ROW: Final = frozenset({"view", "add", "change", "delete"})


class Kind(StrEnum):
    """Where it is found."""

    BULK = "an action on a list"
    ROW = "a page of one row"
    MODEL = "a page of one model"
    SITE = "a page of the site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One action or page. All ``permissions`` are needed.

    ``"change"`` asks the page's ``has_change_permission``; ``"accounts.view_user"`` the person's permissions.
    ``says`` is what stands on the page before anything happens; none for what only reads, in so many words.

    :raise ImproperlyConfigured: there is no permission, or neither a sentence nor the promise to read only
    """

    name: str
    kind: Kind
    permissions: tuple[str, ...]
    says: Sentence | Callable[[Any], Sentence] | None = None
    reads_only: bool = False
    #: A question that is too long for an address, such as a whole contract; it reads all the same.
    is_asked_by_post: bool = False
    #: Where it is served, below its model or the site.
    route: str = ""

    def __post_init__(self) -> None:
        if not all(self.permissions) or not self.permissions:
            raise ImproperlyConfigured(f"{self.name}: {self.kind} needs permissions.")
        if self.reads_only and self.says is not None:
            raise ImproperlyConfigured(f"{self.name}: what only reads has nothing to confirm.")
        if not self.reads_only and not self.says:
            raise ImproperlyConfigured(
                f"{self.name}: {self.kind} says what happens before it does, or declares reads_only=True."
            )
        if self.is_asked_by_post and not self.reads_only:
            raise ImproperlyConfigured(f"{self.name}: a page that changes something is shown before.")

    @property
    def methods(self) -> frozenset[str]:
        """Return the methods of HTTP that it answers."""
        if self.is_asked_by_post:
            return frozenset({"POST"})
        return _SAFE if self.reads_only else _SAFE | {"POST"}

    def is_permitted(self, request: HttpRequest, page: Any = None, row: Any = None) -> bool:
        """Tell whether the person may do it: on these pages, and to this row where one is given."""
        return all(self._has(name, request, page, row) for name in self.permissions)

    def require_permitted(self, request: HttpRequest, page: Any = None, row: Any = None) -> None:
        """Let pass who may.

        :raise PermissionDenied: they may not
        """
        if not self.is_permitted(request, page, row):
            raise PermissionDenied

    def _has(self, name: str, request: HttpRequest, page: Any, row: Any) -> bool:
        if "." in name:
            return bool(getattr(request.user, "is_active", False) and request.user.has_perm(name))
        has = getattr(page, f"has_{name}_permission")
        return bool(has(request, row) if row is not None and name in _OF_A_ROW - {"add"} else has(request))


def declare(function: Any, declared: Declared) -> None:
    """Mark a function as declared."""
    setattr(function, _DECLARED, declared)


def declared_of(function: Any) -> Declared | None:
    """Return what a function is declared as; none where it is not."""
    found: Declared | None = getattr(function, _DECLARED, None)
    return found


def declared_on(page: Any) -> Iterator[tuple[str, Declared]]:
    """Yield what the class of ``page`` declares, by the names of its methods."""
    for name in dir(type(page)):
        declared = declared_of(getattr(type(page), name, None))
        if declared is not None:
            yield name, declared


def said_by(sentence: Sentence | Callable[[Any], Sentence] | None, page: Any) -> Sentence:
    """Return the sentence, which may depend on whose page says it."""
    if callable(sentence) and not isinstance(sentence, Promise):
        return sentence(page)
    return sentence or ""


def as_permissions(permissions: Sequence[str]) -> tuple[str, ...]:
    """Return the names as a tuple.

    :raise ImproperlyConfigured: for a lone text, which would be one permission per letter
    """
    if isinstance(permissions, str):
        raise ImproperlyConfigured(f"Permissions are a list: [{permissions!r}].")
    return tuple(permissions)
