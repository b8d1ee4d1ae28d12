"""The forms of a person: their fields, and their password."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.service_form import ServiceForm
from accounts.models import User
from accounts.models.ui_preferences import validate_ui_preferences


class UiPreferencesField(forms.JSONField):
    """A JSON object as the model wants it; whatever else somebody writes is an error of the field."""

    @override
    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what the form shows again, also of what Django's own cannot read."""
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)

    @override
    def to_python(self, value: Any) -> Any:
        """Return the object; nothing written is an empty one."""
        try:
            read = super().to_python(value)
            if read is None:
                return {}
            validate_ui_preferences(read)
        except (ValueError, RecursionError):
            # NaN, half a surrogate pair, a number of 5,000 digits, 10,000 brackets.
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if "\0" in str(value) or "\\u0000" in str(value):
            raise ValidationError(self.error_messages["invalid"], code="invalid")  # PostgreSQL stores no NUL
        return read


class UserForm(ServiceForm):
    """What may be written on a person."""

    ui_preferences = UiPreferencesField(
        label=_("UI preferences"),
        required=False,
        initial=dict,
        help_text=_("A JSON object, such as {“theme”: “dark”}; tokens may carry it, so keep it small."),
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
    )

    class Meta:
        model = User
        fields = (
            "email",
            "name",
            "tenant",
            "department",
            "roles",
            "special_permissions",
            "ui_preferences",
            "locale",
            "is_active",
            "is_staff",
            "is_superuser",
        )


class TypedTwice(forms.Form):
    """A new password, typed twice; the services judge it."""

    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )
    password2 = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    @override
    def clean(self) -> dict[str, Any] | None:
        """Refuse two different passwords."""
        cleaned = super().clean()
        if {"password1", "password2"} <= self.cleaned_data.keys():
            refuse_different(self, self.cleaned_data["password1"], self.cleaned_data["password2"])
        return cleaned


class OwnPassword(TypedTwice):
    """A new password of one's own, with the current one."""

    field_order = ("current_password", "password1", "password2")

    current_password = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


def refuse_different(form: forms.BaseForm, first: str | None, second: str | None) -> None:
    """Show an error beside the second field where the two differ."""
    if first != second:
        form.add_error("password2", ValidationError(_("The two passwords differ."), code="different"))
