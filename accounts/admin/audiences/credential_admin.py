"""The admin's pages of audience credentials: a secret shown once or a public key, and ending them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.actions import bulk_action
from accounts.admin.acts import Act
from accounts.admin.history import events_about
from accounts.admin.service_admin import ServiceModelAdmin
from accounts.admin.service_form import ServiceForm
from accounts.audiences import credentials
from accounts.audiences.models import AudienceCredential
from accounts.audit.models import AuditEvent
from accounts.keys.assertion_jwk import read_assertion_jwk


class CredentialForm(ServiceForm):
    """Which server of which audience, and its public key where it has one."""

    jwk = forms.CharField(
        label=_("Public key"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 80, "spellcheck": "false"}),
        help_text=_(
            "A JWK (RFC 7517) of type EC (P-256), OKP (Ed25519) or RSA: the server then signs what proves who"
            " it is (private_key_jwt). Left empty, a secret is made and shown once."
        ),
    )

    class Meta:
        model = AudienceCredential
        fields = ("audience", "label")

    def clean_jwk(self) -> str:
        """Refuse what is no new key to sign with, beside the field."""
        written = str(self.cleaned_data["jwk"]).strip()
        if written:
            credentials.require_new_key(read_assertion_jwk(written).kid)
        return written


@admin.register(AudienceCredential)
class AudienceCredentialAdmin(ServiceModelAdmin):
    """Credentials; staff of a tenant only look at them."""

    form = CredentialForm
    fields = ("audience", "label", "kind", "kid", "public_jwk", "created_at", "ended_at")
    written_once = ("audience", "label", "created_at", "ended_at")
    readonly_fields = ("kind", "kid", "public_jwk", "created_at", "ended_at")
    list_display = ("label", "audience", "kind", "created_at", "ended_at")
    list_filter = ("audience",)
    list_select_related = ("audience",)
    search_fields = ("label", "kid", "audience__code")
    autocomplete_fields = ("audience",)
    actions = ("end_selected",)

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what is asked for; once there is one, what it is, and of a secret nothing more."""
        if obj is None:
            return ("audience", "label", "jwk")
        of_keys = () if obj.is_key else ("kid", "public_jwk")
        return [name for name in self.fields if name not in of_keys]

    @override
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form; a credential that exists has nothing to write."""
        if obj is not None:
            kwargs["form"] = ServiceForm
        return super().get_form(request, obj, change, **kwargs)

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to search the digests: answers would tell them bit by bit."""
        return not lookup.startswith("digest") and super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("kind"))
    def kind(self, obj: Any) -> str:
        """Tell how the server proves who it is."""
        return f"{_now_('public key')} ({obj.algorithm})" if obj.is_key else _now_("secret")

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what was used is ended, and stays in the list."""
        return False

    @override
    def is_dangerous(self, form: Any, *, change: bool) -> bool:
        """Ask for the password before somebody gets a way to speak for the audience."""
        return not change

    @override
    def create_by_service(self, *, chosen: dict[str, Any], instance: Any, act: Act) -> Model:
        """Accept the key that was written, or make a secret: the row keeps it until the answer showed it."""
        instance.secret = None
        if chosen["jwk"]:
            return credentials.register_audience_key(
                audience_id=chosen["audience"].pk,
                label=chosen["label"],
                jwk=chosen["jwk"],
                actor=act.actor,
                now=act.now,
            )
        created, secret = credentials.create_audience_credential(
            audience_id=chosen["audience"].pk, label=chosen["label"], actor=act.actor, now=act.now
        )
        instance.secret = secret
        return created

    @override
    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show a secret in this very answer: a message would carry it in a cookie."""
        if obj.secret is None:
            return super().response_add(request, obj, post_url_continue)
        context = {
            **self.admin_site.each_context(request),
            "title": _now_("Credential of %s") % obj.audience.code,
            "secret": obj.secret,
            "credential": obj,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/audiences/secret.html", context)

    @override
    def events_of(self, obj: Any) -> QuerySet[AuditEvent]:
        """Return what happened to the credential."""
        return events_about(kind="audience", pk=obj.audience_id).filter(facts__credential=obj.pk)

    @bulk_action(
        _("End"),
        permissions=["change"],
        says=_("Servers that still use one of them are refused from now on."),
        asks_password=True,
    )
    def end_selected(self, row: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """End the selected credentials."""
        return credentials.end_audience_credential(credential_id=row.pk, actor=act.actor, now=act.now)
