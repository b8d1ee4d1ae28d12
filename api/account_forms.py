"""The forms of the account pages: they ask for words, and the services judge them."""

from typing import Any, Final

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from api.serializers.tokens import MAX_PASSWORD_LENGTH

_EMAIL_LENGTH: Final = 254


def _password(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=MAX_PASSWORD_LENGTH, widget=widget, **more)


def _email(label: Any) -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"})
    return forms.EmailField(label=label, max_length=_EMAIL_LENGTH, widget=widget)


class ResetForm(forms.Form):
    """Whose password."""

    email = _email(_("E-mail"))


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    new_password = _password(_("New password"), "new-password", help_text=password_validators_help_text_html)
    again = _password(_("New password again"), "new-password")

    @override
    def clean(self) -> dict[str, Any] | None:
        """Refuse two different passwords."""
        cleaned = super().clean()
        first, second = self.cleaned_data.get("new_password"), self.cleaned_data.get("again")
        if first and second and first != second:
            self.add_error("again", ValidationError(_("The two passwords differ."), code="different"))
        return cleaned


class OwnPasswordForm(NewPasswordForm):
    """The same with the current one."""

    field_order = ("current_password", "new_password", "again")

    current_password = _password(_("Current password"), "current-password")


class NewEmailForm(forms.Form):
    """Another address, with the current password."""

    new_email = _email(_("New e-mail"))
    current_password = _password(_("Current password"), "current-password")


def add_errors(form: forms.BaseForm, refusal: ValidationError) -> None:
    """Show what a service refused, each error beside its field where the form has that field."""
    by_field = (
        refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.error_list}
    )
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, errors)
