"""Every address and every action of the admin: the resolver and the registry know them all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as url_quote

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import quote
from django.urls import URLResolver, reverse

from tests.accounts.admin.browsing import list_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django.db.models import Model

#: What an address holds besides the words that stand in it: ``<path:object_id>`` or ``(?P<url>.*)``.
_PARAMETER = re.compile(r"<(?:\w+:)?(?P<path>\w+)>|\(\?P<(?P<regex>\w+)>[^)]*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One pattern of the admin, not yet filled in."""

    route: str
    name: str
    #: Whose rows it is about; none for the pages of the site.
    model: type[Model] | None

    @property
    def parameters(self) -> list[str]:
        """Return the names of what has to be filled in."""
        return [found["path"] or found["regex"] for found in _PARAMETER.finditer(self.route)]

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the address with these values."""
        path = _PARAMETER.sub(lambda found: values[found["path"] or found["regex"]], self.route)
        return reverse("admin:index") + path.replace("^", "").replace("$", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of the walk, without its method."""

    address: Address
    url: str


def addresses() -> list[Address]:
    """Return every pattern of the admin."""
    return list(_addresses(admin.site.urls[0], ""))


def _addresses(patterns: Iterable[Any], prefix: str) -> Iterator[Address]:
    of_model = {
        f"{model._meta.app_label}/{model._meta.model_name}/": model
        for model in admin.site._registry  # noqa: SLF001 - no public way
    }
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, route)
        else:
            model = next((model for start, model in of_model.items() if route.startswith(start)), None)
            yield Address(route=route, name=pattern.name or "", model=model)


def visits(rows: Mapping[type[Model], Model], more: Mapping[str, str]) -> Iterator[Visit]:
    """Yield every address with these rows, of each kind one; ``more`` fills what is no ``object_id``.

    :raise LookupError: an address holds something that nobody has said how to fill
    """
    for address in addresses():
        if address.model is not None and "object_id" in address.parameters and address.model not in rows:
            continue
        choices = [_choices(name, address, rows, more) for name in address.parameters]
        for values in product(*choices):
            filled = dict(zip(address.parameters, values, strict=True))
            yield Visit(address=address, url=address.filled(filled))
    for query in _autocompletes():
        yield Visit(
            address=Address(route="autocomplete/", name="autocomplete", model=None),
            url=f"{reverse('admin:autocomplete')}?{query}",
        )


def _choices(
    name: str, address: Address, rows: Mapping[type[Model], Model], more: Mapping[str, str]
) -> list[str]:
    if name == "app_label":
        return sorted({model._meta.app_label for model in admin.site._registry})  # noqa: SLF001 - as above
    if name == "object_id" and address.model is not None:
        return [url_quote(str(quote(rows[address.model].pk)))]
    if name not in more:
        raise LookupError(f"Say how to fill {name!r} of {address.route}.")
    return [url_quote(more[name])]


def _autocompletes() -> Iterator[str]:
    """Yield what asks for the choices of each relation."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if field.remote_field and not field.auto_created:
                meta = model._meta
                yield f"app_label={meta.app_label}&model_name={meta.model_name}&field_name={field.name}&term="


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action of one list."""

    model: type[Model]
    name: str

    @property
    def url(self) -> str:
        """Return where it is posted to."""
        return list_url(self.model)

    def on(self, row: Model, **more: str) -> dict[str, Any]:
        """Return what the confirmed action sends for one row."""
        return {
            "action": self.name,
            "index": "0",
            ACTION_CHECKBOX_NAME: [str(row.pk)],
            "select_across": "0",
            "expected": "1",
            "confirmed": "yes",
            **more,
        }


def actions() -> list[Action]:
    """Return every action of every list, whoever may do it."""
    return [
        Action(model=model, name=name)
        for model, page in admin.site._registry.items()  # noqa: SLF001 - as above
        for _function, name, _label in page._get_base_actions()  # type: ignore[attr-defined] # noqa: SLF001
    ]


#: Tables that are not compared, or not wholly, and why.
NOT_COMPARED = {
    "django_session": "a browser's last use, its messages and its next key; only the keys are compared",
    "limits_bucket": "an attempt is counted, whatever becomes of it",
    "statistics_figure": "the dashboard sums up what the audit log holds already, once for all readers",
}


def everything() -> dict[str, str]:
    """Return a digest of each table."""
    return {
        model._meta.db_table: _digest(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def _digest(model: type[Model]) -> str:
    manager = model._meta.default_manager
    assert manager is not None
    rows = manager.order_by("pk")
    if model._meta.db_table in NOT_COMPARED:
        return str(list(rows.values_list("pk"))) if model._meta.db_table == "django_session" else ""
    return sha256(repr(list(rows.values_list())).encode()).hexdigest()


def changed(before: dict[str, str]) -> list[str]:
    """Return the tables that are no longer as they were."""
    after = everything()
    return [table for table in after if after[table] != before[table]]
