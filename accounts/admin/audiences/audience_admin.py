"""The admin's pages of audiences."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import Act, act_of, is_tenant_staff, staff_of
from accounts.admin.audiences.audience_form import AudienceForm
from accounts.admin.audiences.audience_tabs import (
    access_of,
    credentials_of,
    head_of,
    recipe_of,
    sessions_of,
    versions_of,
)
from accounts.admin.audiences.contract_check import check_contract
from accounts.admin.audiences.contract_rows import ContractClaimInline, ContractRows
from accounts.admin.pages import model_page, row_page
from accounts.admin.retirement import InForceFilter, RetirableAdmin
from accounts.admin.row_head import FORM, HISTORY, tab_page
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
        (None, {"fields": (("code", "label"),)}),
        (
            _("Tokens"),
            {"fields": (("access_lifetime", "max_token_bytes"), ("signing_algorithm", "is_encrypted"))},
        ),
        (_("Who may log in"), {"fields": OPEN_TO}),
    )
    inlines = (ContractClaimInline,)
    list_display = ("label", "code", "access_lifetime", "max_token_bytes", "is_encrypted", "in_force")
    list_filter = (InForceFilter, "signing_algorithm")
    search_fields = ("code", "label")
    ordering = ("code",)
    retirement_is_dangerous = True
    retirement_explained = _("No tokens are issued for them any more; those that exist are refused.")

    @override
    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what the page shows; staff of a tenant are not told of others."""
        return super().get_fieldsets(request, obj)[: 2 if is_tenant_staff(request) else None]

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse lifetimes: Django does not read them from an address, and fails."""
        return not lookup.startswith("access_lifetime") and super().lookup_allowed(lookup, value, request)

    # --- The tabs.

    @override
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the form as the first of the tabs."""
        framed = self._framed(request, object_id, current=FORM)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **framed})

    @override
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the history as the last of the tabs."""
        framed = self._framed(request, object_id, current=HISTORY)
        return super().history_view(request, object_id, {**(extra_context or {}), **framed})

    def _framed(self, request: HttpRequest, object_id: str, *, current: str) -> dict[str, Any]:
        if not self.has_view_or_change_permission(request):
            return {}
        audience = self.get_object(request, unquote(object_id))
        return {} if audience is None else {"head": head_of(self, request, audience, current=current)}

    @row_page("access", permissions=["view", "accounts.view_user"], reads_only=True)
    def access_view(self, request: HttpRequest, audience: Any) -> HttpResponse:
        """Show who may log in, and how many people that lets in."""
        return self._tab(request, audience, "access", access_of(request, audience))

    @row_page("versions", permissions=["view"], reads_only=True)
    def versions_view(self, request: HttpRequest, audience: Any) -> HttpResponse:
        """Show what each version of the contract changed."""
        return self._tab(request, audience, "versions", versions_of(request, audience))

    @row_page(
        "credentials",
        permissions=["view", "audiences.view_encryptionkey", "audiences.view_audiencecredential"],
        reads_only=True,
    )
    def credentials_view(self, request: HttpRequest, audience: Any) -> HttpResponse:
        """Show what the audience's tokens are encrypted to, and how its servers prove who they are."""
        may = {
            "may_register": self._may_write(request) and request.user.has_perm("audiences.add_encryptionkey"),
            "may_revoke": self._may_write(request)
            and request.user.has_perm("audiences.change_encryptionkey"),
            "may_make": self._may_write(request)
            and request.user.has_perm("audiences.add_audiencecredential"),
            "may_end": self._may_write(request)
            and request.user.has_perm("audiences.change_audiencecredential"),
        }
        return self._tab(request, audience, "credentials", credentials_of(audience) | may)

    @row_page("sessions", permissions=["view", "refresh_sessions.view_refreshsession"], reads_only=True)
    def sessions_view(self, request: HttpRequest, audience: Any) -> HttpResponse:
        """Show how many sessions are live, and the latest."""
        return self._tab(request, audience, "sessions", sessions_of(request, audience))

    @row_page("developers", permissions=["view"], reads_only=True)
    def developers_view(self, request: HttpRequest, audience: Any) -> HttpResponse:
        """Show what a service needs to verify the audience's tokens."""
        return self._tab(request, audience, "developers", recipe_of(audience))

    def _tab(self, request: HttpRequest, audience: Any, name: str, found: dict[str, Any]) -> HttpResponse:
        context = {"head": head_of(self, request, audience, current=name), **found}
        return tab_page(self, request, audience, f"admin/audiences/audience/{name}.html", context)

    # --- The form.

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
