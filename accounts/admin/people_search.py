"""Finding people by words: those of a list, and those whose sessions or events are searched for."""

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.emails import normalise_email

if TYPE_CHECKING:
    from django.contrib import admin

#: Whose sessions or events are looked for at once.
MOST_PEOPLE: Final = 100
#: Without trigrams each word is compared with everybody; among more people SQLite finds beginnings only.
MOST_COMPARED: Final = 50_000
_AFTER_ALL: Final = "\U0010ffff"


def are_too_many_to_compare(people: QuerySet[User]) -> bool:
    """Tell whether people are searched for by how their address or name begins."""
    if connection.vendor != "sqlite":
        return False
    return bool(people.order_by().values_list("pk")[MOST_COMPARED : MOST_COMPARED + 1])


def beginning_with(people: QuerySet[User], term: str) -> QuerySet[User]:
    """Return whose address or name begins so, in the ways in which people write names; by indexes."""
    spellings = {term, term.lower(), term.upper(), term.title(), term.capitalize()}
    email = normalise_email(term)
    found = Q(email__gte=email, email__lt=email + _AFTER_ALL)
    for name in sorted(spellings):
        found |= Q(name__gte=name, name__lt=name + _AFTER_ALL)
    return people.filter(found)


def first_people(
    pages: "admin.ModelAdmin[Any]", request: HttpRequest, term: str, *, if_more: str | Promise
) -> list[UUID]:
    """Return the first of those whom the list of people finds, and say so where there are more."""
    people = pages.admin_site.get_model_admin(User)
    found, _duplicates = people.get_search_results(request, people.get_queryset(request), term)
    keys = list(found.order_by("email").values_list("pk", flat=True)[: MOST_PEOPLE + 1])
    if len(keys) > MOST_PEOPLE:
        say_once(request, messages.WARNING, str(if_more) % {"limit": MOST_PEOPLE})
    return keys[:MOST_PEOPLE]


def say_once(request: HttpRequest, level: int, words: str) -> None:
    """Tell something; not twice where a page searches for people twice."""
    said: set[str] = getattr(request, "authsite_said", set())
    if words not in said:
        messages.add_message(request, level, words)
    request.authsite_said = said | {words}  # type: ignore[attr-defined] # our own


def say_beginnings(request: HttpRequest) -> None:
    """Tell that among so many people only beginnings are found."""
    said = _("Among so many people, this database finds how an e-mail or a name begins.")
    say_once(request, messages.INFO, said)
