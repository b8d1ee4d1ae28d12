"""The admin's pages of audiences."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import Act, act_of, staff_of
from accounts.admin.audiences.contract_rows import ContractClaimInline, ContractRows
from accounts.admin.retirement import InForceFilter, RetirableAdmin
from accounts.audiences import services
from accounts.audiences.claim_sources import Sensitivity
from accounts.audiences.models import Audience
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.explanations.impact_people import Touched
from accounts.explanations.impact_reach import everybody


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
    def touched_by(self, request: HttpRequest, rows: QuerySet[Any]) -> Touched:
        """Return that everybody who may log in gets other tokens."""
        return everybody(list(rows.values_list("code", flat=True)), viewer=staff_of(request))

    @override
    def write_row(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> None:
        """Write through the service; a new audience only together with its contract, as one version."""
        if change:
            super().write_row(request, obj, form, change=change)

    @override
    def write_related(self, request: HttpRequest, form: Any, formsets: Any, *, change: bool) -> None:
        """Write the contract as a whole, through its service."""
        act, pk = act_of(request), form.instance.pk
        rows = _contract_rows(formsets)
        contract = rows.contract() if rows else []
        if not change:
            form.instance.pk = services.create_audience(
                rows=contract, actor=act.actor, now=act.now, **form.cleaned_data
            ).pk
        elif rows and rows.has_changed():
            services.change_contract(audience_id=pk, rows=contract, actor=act.actor, now=act.now)

    @override
    def is_dangerous_below(self, formsets: Any, *, change: bool) -> bool:
        """Ask for the password where another contract is written."""
        rows = _contract_rows(formsets)
        return change and rows is not None and rows.has_changed()

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


def _contract_rows(formsets: Any) -> ContractRows | None:
    return next((formset for formset in formsets if isinstance(formset, ContractRows)), None)
