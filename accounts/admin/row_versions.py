"""What a row was when its form was shown: nobody overwrites what they have not seen (ADR 0035)."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, cast

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from typing_extensions import override

if TYPE_CHECKING:
    from django.http import QueryDict

    from accounts.admin.service_admin import ServiceModelAdmin

#: The hidden field; it holds a short digest of each value that the form showed.
VERSION: Final = "row_version"
_NOTHING: Final = "—"


class VersionField(forms.CharField):
    """The versions as they were shown; no value of the row."""

    def __init__(self) -> None:
        super().__init__(required=False, label="", widget=forms.HiddenInput)

    @override
    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return false: it is never saved."""
        return False


class RowGuard:
    """Compares a form that is sent with the row as it is stored."""

    def __init__(self, page: "ServiceModelAdmin", request: HttpRequest) -> None:
        self._page = page
        self._request = request

    def version_of(self, form: "forms.ModelForm[Any]") -> str:
        """Return the digests of what is stored, for the hidden field."""
        digests = {name: _digest(value) for name, value in self._stored(form).items()}
        return json.dumps(digests, separators=(",", ":"), sort_keys=True)

    def refuse_stale(self, form: "forms.ModelForm[Any]") -> None:
        """Add an error for each value that somebody else has changed since the form was shown.

        A form that carries no version, such as one that a program sends, is taken as it is.
        """
        sent = form.data.get(form.add_prefix(VERSION))
        if not sent:
            return
        known, stored = _read(sent), self._stored(form)
        changed = [name for name, value in stored.items() if known.get(name) != _digest(value)]
        if not changed:
            return
        form.add_error(None, self._sentence(form.instance))
        for name in changed:
            self._tell(form, name, stored[name])
        # What was typed stays; the next time it is saved over what has been told now.
        data = cast("QueryDict", form.data).copy()
        data[form.add_prefix(VERSION)] = self.version_of(form)
        form.data = data

    def _stored(self, form: "forms.ModelForm[Any]") -> dict[str, Any]:
        values = {name: form.initial.get(name) for name in form.fields if name != VERSION}
        return values | self._page.below(form.instance)

    def _tell(self, form: "forms.ModelForm[Any]", name: str, value: Any) -> None:
        said = _("Meanwhile this has become: %(value)s")
        if name in form.fields:
            form.add_error(name, said % {"value": _shown(form.fields[name], value)})
        else:
            form.add_error(None, f"{name}: {said % {'value': value or _NOTHING}}")

    def _sentence(self, row: Model) -> str:
        event = self._page.events_shown(self._request, row).exclude(changes={}).first()
        advice = _("Nothing was saved. Look at what is stored now; if you save again, yours takes its place.")
        if event is None:
            return f"{_('Somebody else has changed this after you opened it.')} {advice}"
        said = _("%(who)s has changed this after you opened it, on %(when)s.") % {
            "who": event.actor_label,
            "when": date_format(timezone.localtime(event.at), "DATETIME_FORMAT"),
        }
        return f"{said} {advice}"


def _read(sent: str) -> Mapping[str, Any]:
    try:
        read = json.loads(sent)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _digest(value: Any) -> str:
    return sha256(json.dumps(_plain(value), sort_keys=True, default=str).encode()).hexdigest()[:12]


def _plain(value: Any) -> Any:
    match value:
        case Model():
            return str(value.pk)
        case list() | tuple() | set() | QuerySet():
            return sorted(str(_plain(item)) for item in value)
        case None | "":
            return None
        case dict():
            return value
        case _:
            return str(value)


def _shown(field: forms.Field, value: Any) -> str:
    """Return a stored value as its field shows it to people."""
    match field:
        case forms.ModelMultipleChoiceField():
            pks = [item.pk if isinstance(item, Model) else item for item in value or ()]
            return ", ".join(_names(field, pks)) or _NOTHING
        case forms.ModelChoiceField():
            return ", ".join(_names(field, [value])) if value else _NOTHING
        case forms.BooleanField():
            return _("yes") if value else _("no")
        case forms.ChoiceField():
            choices: Any = field.choices
            labels = {str(key): str(label) for key, label in choices}
            return labels.get(str(value), str(value))
        case _:
            return str(field.prepare_value(value)) if value not in (None, "") else _NOTHING


def _names(field: Any, pks: list[Any]) -> Iterator[str]:
    for row in field.queryset.filter(pk__in=pks):
        yield field.label_from_instance(row)
