"""The admin's pages of audiences."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import Act, act_of, is_tenant_staff, staff_of
from accounts.admin.audiences.audience_form import AudienceForm
from accounts.admin.audiences.contract_check import check_contract
from accounts.admin.audiences.contract_rows import ContractClaimInline, ContractRows
from accounts.admin.pages import model_page
from accounts.admin.retirement import InForceFilter, RetirableAdmin
from accounts.audiences import services
from accounts.audiences.claim_sources import Sensitivity
from accounts.audiences.models import Audience, ContractClaim
from accounts.audiences.source_registry import CLAIM_SOURCES
from accounts.explanations.impact.people import Touched
from accounts.explanations.impact.reach import everybody

#: The fields of who may log in.
OPEN_TO = ("open_to_roles", "open_to_departments", "open_to_tenants")
_DANGEROUS = {"is_encrypted", *OPEN_TO}


@admin.register(Audience)
class AudienceAdmin(RetirableAdmin):
    """Audiences, each with its claim contract; staff of a tenant only look at them."""

    form = AudienceForm
    audit_kind = "audience"
    fieldsets = (
        (None, {"fields": ("code", "label", "contract_version", "retired_at")}),
        (
            _("Tokens"),
            {"fields": ("access_lifetime", "max_token_bytes", "signing_algorithm", "is_encrypted")},
        ),
        (_("Who may log in"), {"fields": OPEN_TO}),
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
    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what the page shows; staff of a tenant are not told of others."""
        return super().get_fieldsets(request, obj)[: 2 if is_tenant_staff(request) else None]

    @admin.display(description=_("roles"))
    def open_to_roles(self, obj: Any) -> str:
        """Return the codes, for people who only look."""
        return _codes(obj, "role")

    @admin.display(description=_("departments"))
    def open_to_departments(self, obj: Any) -> str:
        """Return the codes, for people who only look."""
        return _codes(obj, "department")

    @admin.display(description=_("tenants"))
    def open_to_tenants(self, obj: Any) -> str:
        """Return the codes, for people who only look."""
        return _codes(obj, "tenant")

    @override
    def is_dangerous(self, form: Any, *, change: bool) -> bool:
        """Ask for the password where tokens become readable, or others may log in."""
        return change and not _DANGEROUS.isdisjoint(form.changed_data)

    def has_write_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may write a contract at all."""
        return self.has_add_permission(request) or self.has_change_permission(request)

    @model_page("check-contract", permissions=["write"], reads_only=True, is_asked_by_post=True)
    def check_contract_view(self, request: HttpRequest) -> HttpResponse:
        """Say what the posted rows of a contract would come to, as the script of the rows asks."""
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
    def touched_by(self, request: HttpRequest, rows: QuerySet[Any]) -> Touched:
        """Return that everybody who may log in gets other tokens."""
        return everybody(list(rows.values_list("code", flat=True)), viewer=staff_of(request))

    @override
    def write_row(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> None:
        """Write nothing yet: an audience is written together with its contract."""

    @override
    def write_related(self, request: HttpRequest, form: Any, formsets: Any, *, change: bool) -> None:
        """Write the audience with its contract as a whole: what must fit together is judged together."""
        act, pk = act_of(request), form.instance.pk
        rows = _contract_rows(formsets)
        contract = rows.contract() if rows else []
        if not change:
            form.instance.pk = services.create_audience(
                rows=contract, actor=act.actor, now=act.now, **form.cleaned_data
            ).pk
            return
        rewritten = contract if rows and rows.has_changed() else None
        chosen = {name: form.cleaned_data[name] for name in form.changed_data}
        self.change_by_service(pk=pk, chosen=chosen | {"rows": rewritten}, act=act)

    @override
    def below(self, obj: Any) -> dict[str, str]:
        """Return the claims of the contract."""
        return {_now_("contract"): ", ".join(map(_said, obj.contract_claims.all()))}

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


def _codes(audience: Audience, kind: str) -> str:
    rules = audience.access_rules.filter(**{f"{kind}__isnull": False}).select_related(kind)
    return ", ".join(sorted(rule.code for rule in rules))


def _said(claim: ContractClaim) -> str:
    return str(claim) if claim.required else f"{claim} ({_now_('optional')})"


def _contract_rows(formsets: Any) -> ContractRows | None:
    return next((formset for formset in formsets if isinstance(formset, ContractRows)), None)
