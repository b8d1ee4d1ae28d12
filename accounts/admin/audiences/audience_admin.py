"""The admin's pages of audiences."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from typing_extensions import override

from accounts.admin.acts import Act, act_of
from accounts.admin.audiences.contract_check import check_contract
from accounts.admin.audiences.contract_rows import ContractClaimInline, ContractRows
from accounts.admin.recent_password import require_recent_password
from accounts.admin.retirement import InForceFilter, RetirableAdmin
from accounts.audiences import services
from accounts.audiences.claim_sources import Sensitivity
from accounts.audiences.models import Audience
from accounts.audiences.source_registry import CLAIM_SOURCES


@admin.register(Audience)
class AudienceAdmin(RetirableAdmin):
    """Audiences, each with its claim contract; staff of a tenant only look at them."""

    audit_kind = "audience"
    fieldsets = (
        (None, {"fields": ("code", "label", "contract_version", "retired_at")}),
        (_("Tokens"), {"fields": ("access_lifetime", "max_token_bytes", "signing_algorithm")}),
    )
    readonly_fields = ("contract_version",)
    inlines = (ContractClaimInline,)
    list_display = (
        "label",
        "code",
        "access_lifetime",
        "max_token_bytes",
        "in_force",
    )
    list_filter = (InForceFilter, "signing_algorithm")
    search_fields = ("code", "label")
    ordering = ("code",)
    retirement_is_dangerous = True
    retirement_explained = _("No tokens are issued for them any more; those that exist are refused.")

    @override
    def get_urls(self) -> list[URLPattern]:
        """Add what the script of the contract's rows asks."""
        check = path(
            "check-contract/",
            self.admin_site.admin_view(require_POST(self.check_contract_view)),
            name="audiences_audience_check_contract",
        )
        return [check, *super().get_urls()]

    def check_contract_view(self, request: HttpRequest) -> HttpResponse:
        """Say what the posted rows of a contract would come to."""
        return check_contract(self, request)

    @override
    def change_by_service(self, *, pk: Any, chosen: dict[str, Any], act: Act) -> None:
        """Change how an audience's tokens are issued."""
        services.change_audience(audience_id=pk, actor=act.actor, now=act.now, **chosen)

    @override
    def retire_by_service(self, *, pk: Any, act: Act) -> None:
        """Retire an audience."""
        services.retire_audience(audience_id=pk, actor=act.actor, now=act.now)

    @override
    def restore_by_service(self, *, pk: Any, act: Act) -> None:
        """Put an audience in force again."""
        services.restore_audience(audience_id=pk, actor=act.actor, now=act.now)

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Write through the service; a new audience only together with its contract, as one version."""
        if change:
            super().save_model(request, obj, form, change)

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Write the contract as a whole, through its service."""
        act, pk = act_of(request), form.instance.pk
        rows = next((formset for formset in formsets if isinstance(formset, ContractRows)), None)
        contract = rows.contract() if rows else []
        if not change:
            form.instance.pk = services.create_audience(
                rows=contract, actor=act.actor, now=act.now, **form.cleaned_data
            ).pk
        elif rows and rows.has_changed():
            require_recent_password(request)
            services.change_contract(audience_id=pk, rows=contract, actor=act.actor, now=act.now)

    @override
    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Warn of personal claims, beside Django's answer."""
        self._warn_of_personal_claims(request, obj)
        return super().response_add(request, obj, post_url_continue)

    @override
    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Warn of personal claims, beside Django's answer."""
        self._warn_of_personal_claims(request, obj)
        return super().response_change(request, obj)

    def _warn_of_personal_claims(self, request: HttpRequest, obj: Any) -> None:
        personal = [
            name for name, source in CLAIM_SOURCES.items() if source.sensitivity is Sensitivity.PERSONAL
        ]
        audience = Audience.objects.get(pk=obj.pk)
        paths = list(audience.contract_claims.filter(source__in=personal).values_list("path", flat=True))
        if paths:
            said = _now_("These claims are personal: whoever holds such a token can read them: %s.")
            self.message_user(request, said % ", ".join(paths), messages.WARNING)
