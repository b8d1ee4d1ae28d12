"""What a page says above its answer: what can be done here, or why something was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from api.browsable.form_fields import sentences

if TYPE_CHECKING:
    from api.browsable.answered import Answered
    from api.browsable.forms import MethodForm

_DONE = {
    "retire": gettext_lazy("It is retired now."),
    "restore": gettext_lazy("It is in force now."),
    "invite": gettext_lazy("A mail with a link is on its way."),
}
_DONE_ALREADY = {
    "retire": gettext_lazy("It is retired already: there is nothing to do."),
    "restore": gettext_lazy("It is in force already: there is nothing to do."),
    "invite": gettext_lazy("This person may not log in; a link would open nothing."),
}
_NOTHING_HERE = gettext_lazy("There is nothing at this address, or nothing that you may see.")
_BY_STATUS = {403: gettext_lazy("Your account lacks what this address asks for."), 404: _NOTHING_HERE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why something was refused; ``errors`` are those that no form shows."""

    title: str
    detail: str
    errors: tuple[str, ...]


def notice_of(answered: Answered, forms: list[MethodForm]) -> str:
    """Return what helps a person where nothing was refused, or nothing could be read."""
    if answered.action and not answered.is_refusal:
        return str(_DONE.get(answered.action, ""))
    if not answered.is_unread:
        return ""
    if answered.action:
        return "" if forms else _why_not(answered)
    return _("There is nothing to read at this address: fill in the form and send it.") if forms else ""


def problem_of(answered: Answered, forms: list[MethodForm]) -> Refusal | None:
    """Return why the request was refused; looking at an address that only takes something is no mistake."""
    if not answered.is_refusal or not isinstance(answered.data, Mapping):
        return None
    if answered.is_unread and (forms or answered.action):
        return None
    is_in_a_form = any(form.method == answered.request.method for form in forms)
    error = answered.data.get("error")
    return Refusal(
        title=str(answered.data.get("title", "")),
        detail=_detail(answered, has_fields=is_in_a_form),
        errors=sentences(error) if isinstance(error, Mapping) and not is_in_a_form else (),
    )


def _why_not(answered: Answered) -> str:
    row, view = answered.named_row, answered.view
    if row is None:
        return str(_NOTHING_HERE)
    if not view.is_due(answered.action, row):  # type: ignore[attr-defined] # a viewset with actions
        return str(_DONE_ALREADY.get(str(answered.action), ""))
    return _("You may not make this change.")


def _detail(answered: Answered, *, has_fields: bool) -> str:
    if "detail" in answered.data:
        return str(answered.data["detail"])
    if answered.status == 400 and has_fields:  # noqa: PLR2004 - an invalid request
        return _("See what is written beside the fields.")
    return str(_BY_STATUS.get(answered.status, ""))
