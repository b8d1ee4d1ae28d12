"""The admin's pages of encryption keys: one is written as a JWK or made here, and revoked."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.actions import bulk_action
from accounts.admin.acts import Act
from accounts.admin.history import events_about
from accounts.admin.service_admin import ServiceModelAdmin
from accounts.admin.service_form import ServiceForm
from accounts.audiences import encryption_keys
from accounts.audiences.models import EncryptionKey
from accounts.audit.models import AuditEvent
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.keys.encryption_jwk import read_encryption_jwk


class EncryptionKeyForm(ServiceForm):
    """Whose key, and either the public key itself or how authsite makes one."""

    jwk = forms.CharField(
        label=_("public key"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 80, "spellcheck": "false"}),
        help_text=_("A JWK (RFC 7517) of type RSA, EC or OKP (X25519); the private key stays where it is."),
    )
    make = forms.ChoiceField(
        label=_("or make a key pair here"),
        required=False,
        choices=[("", "---------"), *EncryptionAlgorithm.choices],
        help_text=_(
            "authsite keeps the private key: only for an audience whose tokens it has to read itself."
        ),
    )

    class Meta:
        model = EncryptionKey
        fields = ("audience",)

    def clean_jwk(self) -> str:
        """Refuse what tokens cannot be encrypted to, beside the field."""
        written = str(self.cleaned_data["jwk"]).strip()
        try:
            if written:
                read_encryption_jwk(written)
        except ValidationError as error:
            if error.code == "private_key":
                # It has travelled far enough: the form comes back without it.
                self.data = {
                    name: value for name, value in self.data.items() if name != self.add_prefix("jwk")
                }
            raise
        return written

    @override
    def clean(self) -> dict[str, Any] | None:
        """Ask for one of the two."""
        cleaned = super().clean()
        if "jwk" in self.cleaned_data and bool(self.cleaned_data["jwk"]) == bool(
            self.cleaned_data.get("make")
        ):
            raise ValidationError(_("Write a public key, or have a key pair made: one of the two."))
        return cleaned


@admin.register(EncryptionKey)
class EncryptionKeyAdmin(ServiceModelAdmin):
    """Encryption keys; staff of a tenant only look at them."""

    form = EncryptionKeyForm
    fields = ("audience", "kid", "algorithm", "state", "is_held", "public_jwk", "created_at")
    readonly_fields = ("kid", "algorithm", "state", "is_held", "public_jwk", "created_at")
    written_once = ("audience",)
    list_display = ("kid", "audience", "algorithm", "state", "is_held", "created_at")
    list_filter = ("state", "audience")
    list_select_related = ("audience",)
    search_fields = ("kid", "audience__code")
    autocomplete_fields = ("audience",)
    actions = ("revoke_selected",)

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what is asked for, and what the key is once there is one."""
        return ("audience", "jwk", "make") if obj is None else self.fields

    @override
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form; a key that exists has nothing to write."""
        if obj is not None:
            kwargs["form"] = ServiceForm
        return super().get_form(request, obj, change, **kwargs)

    @override
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the key without buttons to save: nothing of it can be written."""
        no_button = {"show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | no_button)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the keys without their private half."""
        return super().get_queryset(request).defer("sealed_private_jwk")

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to search the private half: answers would tell it bit by bit."""
        return not lookup.startswith("sealed") and super().lookup_allowed(lookup, value, request)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a revoked key stays, so that it is never accepted again."""
        return False

    @admin.display(description=_("private key is here"))
    def is_held(self, obj: Any) -> str:
        """Say whether authsite can read what is encrypted to the key."""
        return _now_("yes") if obj.sealed_with is not None else _now_("no")

    @override
    def is_dangerous(self, form: Any, *, change: bool) -> bool:
        """Ask for the password: whoever has the private key reads all that is encrypted from now on."""
        return not change

    @override
    def create_by_service(self, *, chosen: dict[str, Any], instance: Any, act: Act) -> Model:
        """Register the key that was written, or make one."""
        audience_id = chosen["audience"].pk
        if chosen["jwk"]:
            return encryption_keys.register_encryption_key(
                audience_id=audience_id, jwk=chosen["jwk"], actor=act.actor, now=act.now
            )
        algorithm = EncryptionAlgorithm(chosen["make"])
        return encryption_keys.create_encryption_key(
            audience_id=audience_id, algorithm=algorithm, actor=act.actor, now=act.now
        )

    @override
    def events_of(self, obj: Any) -> QuerySet[AuditEvent]:
        """Return what happened to the key."""
        return events_about(kind="audience", pk=obj.audience_id).filter(facts__kid=obj.pk)

    @bulk_action(
        _("Revoke"),
        permissions=["change"],
        says=_(
            "These keys are never used again. An audience without another one gets no tokens until it has"
            " one, and its people have to refresh theirs."
        ),
        asks_password=True,
    )
    def revoke_selected(self, row: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """Revoke the selected keys."""
        return encryption_keys.revoke_encryption_key(kid=row.pk, actor=act.actor, now=act.now)
