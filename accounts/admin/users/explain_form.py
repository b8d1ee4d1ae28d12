"""What is asked of the page that explains a token: which audience, from where, and about which role."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts import conf
from accounts.admin.sessions import device_of
from accounts.audiences.claim_sources import LoginContext
from accounts.audiences.models import Audience
from accounts.explanations.tokens.explained import assumed_context
from accounts.models.codes import CODE_MAX_LENGTH
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.session_tokens import login_context_of

#: As browsers send a moment.
_MOMENT = "%Y-%m-%dT%H:%M"


class ExplainForm(forms.Form):
    """An audience; and a session, or what a login would know. Everything has a default."""

    audience = forms.CharField(label=_("Audience"), required=False, max_length=CODE_MAX_LENGTH)
    session = forms.ChoiceField(
        label=_("Session"),
        required=False,
        help_text=_("What a refresh of it would say, with the address and the time of its login."),
    )
    ip = forms.GenericIPAddressField(
        label=_("Network address"), required=False, help_text=_("Of a login, where no session is chosen.")
    )
    login_at = forms.DateTimeField(
        label=_("Time of the login"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format=_MOMENT),
        help_text=_("Now, where nothing is written."),
    )
    role = forms.CharField(
        label=_("Why, or why not, the role"),
        required=False,
        max_length=CODE_MAX_LENGTH,
        widget=forms.TextInput(attrs={"list": "role-codes", "autocomplete": "off", "size": 24}),
        help_text=_("The code of a role, whether the person has it or not."),
    )

    def __init__(self, typed: Any, *, sessions: Sequence[RefreshSession] | None) -> None:
        """Take what was typed; ``sessions`` may be chosen, none where the viewer may not see them."""
        self._sessions = {str(session.sid): session for session in sessions or ()}
        chosen = self._sessions.get(typed.get("session", ""))
        default = chosen.audience_id if chosen else conf.own_audience()
        given = typed.dict()
        audience = given.get("audience") or default
        super().__init__(given | {"audience": audience})
        self.fields["audience"].widget = forms.Select(choices=_audiences(audience))
        if sessions is None:
            del self.fields["session"]
        else:
            field = self.fields["session"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - see above
            field.choices = [("", "---------"), *((sid, _named(row)) for sid, row in self._sessions.items())]

    @property
    def audience_code(self) -> str:
        """Return the audience that was chosen, of which nobody knows yet whether there is one."""
        return str(self.cleaned_data.get("audience") or conf.own_audience())

    def context(self, *, now: datetime) -> LoginContext:
        """Return what the login knew, or would know."""
        chosen = self._sessions.get(self.cleaned_data.get("session") or "")
        if chosen is not None:
            return login_context_of(chosen)
        return assumed_context(
            audience=self.audience_code,
            now=self.cleaned_data.get("login_at") or now,
            ip=self.cleaned_data.get("ip") or None,
        )


def _audiences(asked: str) -> list[tuple[str, str]]:
    """Return those in force; and what is asked about, which may be retired or nothing at all."""
    rows = Audience.objects.in_force().order_by("code").values_list("code", "label")
    found = {code: f"{label} ({code})" for code, label in rows}
    return list(({asked: asked} | found).items())


def _named(session: RefreshSession) -> str:
    at = date_format(timezone.localtime(session.last_used_at), "SHORT_DATETIME_FORMAT")
    return f"{device_of(session)} · {session.audience_id} · {at}"
