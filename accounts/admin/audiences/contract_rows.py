"""The rows of a claim contract inside the page of its audience."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import is_tenant_staff
from accounts.audiences.claim_paths import validate_claim_path
from accounts.audiences.claim_sources import ClaimSource, Sensitivity
from accounts.audiences.contract_rules import (
    ContractClaimInput,
    validate_contract,
    validate_own_claims,
    validate_secrecy,
    validate_source,
)
from accounts.audiences.models import ContractClaim
from accounts.audiences.registered_claims import validate_registered_name
from accounts.audiences.source_registry import CLAIM_SOURCES

#: Who may read a value, in words.
SENSITIVITIES = {
    Sensitivity.PUBLIC: _("public"),
    Sensitivity.PERSONAL: _("personal"),
    Sensitivity.CONFIDENTIAL: _("confidential"),
}


def source_choices() -> list[tuple[str, str]]:
    """Return every source with what it says and who may read it."""
    return [("", "---------"), *((source.name, _described(source)) for source in CLAIM_SOURCES.values())]


def _described(source: ClaimSource) -> str:
    return f"{source.name} ({SENSITIVITIES[source.sensitivity]}): {source.description}"


class ContractRowForm(forms.ModelForm):  # type: ignore[type-arg] # Django has no such subscript
    """One row as somebody writes it. Rows are written as a whole by the service, never one by one."""

    position = forms.IntegerField(
        label=_("order"), required=False, min_value=0, max_value=1000, widget=forms.NumberInput({"size": 4})
    )
    source = forms.ChoiceField(
        label=_("source"),
        choices=source_choices,
        widget=forms.Select({"class": "claim-source"}),
    )

    class Meta:
        model = ContractClaim
        fields = ("position", "path", "source", "required")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial["position"] = None
        elif self.instance.source not in CLAIM_SOURCES:
            field = self.fields["source"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - see above
            unknown = _("%s (not registered in this deployment)") % self.instance.source
            field.choices = [(self.instance.source, unknown), *source_choices()]

    def clean_path(self) -> str:
        """Refuse what no claim may be called, before its source is looked at."""
        path = str(self.cleaned_data["path"])
        validate_claim_path(path)
        return path

    def clean_source(self) -> str:
        """Refuse a source that this deployment does not have."""
        source = str(self.cleaned_data["source"])
        validate_source(source)
        return source

    @override
    def clean(self) -> dict[str, Any] | None:
        """Refuse a source under a registered name with another meaning."""
        cleaned = super().clean()
        path, source = self.cleaned_data.get("path"), self.cleaned_data.get("source")
        if path and source:
            try:
                validate_registered_name(path, source)
            except ValidationError as error:
                self.add_error("path", error)
        return cleaned

    @override
    def validate_unique(self) -> None:
        """Compare with the other rows of the form instead, not with the rows that they replace."""

    @override
    def validate_constraints(self) -> None:
        """As ``validate_unique``."""


class ContractRows(forms.BaseInlineFormSet):  # type: ignore[type-arg] # Django has no such subscript
    """All rows of one contract."""

    @override
    def clean(self) -> None:
        """Refuse rows that cannot stand together, with the domain's own sentence."""
        rows = self.contract()
        try:
            validate_contract(rows)
            validate_secrecy((row.source for row in rows), is_encrypted=self.instance.is_encrypted)
            if not any(self.errors):
                validate_own_claims(self.instance.code, rows)
        except ValidationError as error:
            raise ValidationError(error.messages) from error

    # Django's own two steps for one row, which its stubs do not know.

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        """Return the form of a row; whose row somebody else has taken away meanwhile, that of a new one."""
        if not self.is_bound:
            return super()._construct_form(i, **kwargs)  # type: ignore[misc] # see above
        form = super()._construct_form(i, **{"instance": ContractClaim()} | kwargs)  # type: ignore[misc] # see above
        if form.instance.pk is None:
            # The contract is written as a whole: no row is looked for by its id.
            form.fields["id"] = forms.IntegerField(disabled=True, required=False, widget=forms.HiddenInput)
        return form

    def _existing_object(self, pk: Any) -> Any:
        """Return the row, or a new one in its place."""
        return super()._existing_object(pk) or ContractClaim()  # type: ignore[misc] # see above

    def contract(self) -> list[ContractClaimInput]:
        """Return the rows that are right by themselves, in their order; those without a number come last."""
        written = [
            form.cleaned_data
            for form in self.forms
            if form.is_valid() and form.cleaned_data.get("path") and not form.cleaned_data.get("DELETE")
        ]
        written.sort(key=lambda row: (row["position"] is None, row["position"] or 0))
        return [
            ContractClaimInput(path=row["path"], source=row["source"], required=row["required"])
            for row in written
        ]


class ContractClaimInline(admin.TabularInline):  # type: ignore[type-arg] # Django has no such subscript
    """The claim contract; who may change the audience may change it."""

    model = ContractClaim
    form = ContractRowForm
    formset = ContractRows
    template = "admin/audiences/contract_rows.html"
    fields = ("position", "path", "source", "required")
    ordering = ("position", "id")
    extra = 0

    class Media:
        css: ClassVar = {"all": ("admin/authsite/contract.css",)}
        js: ClassVar = ("admin/authsite/contract-check.js",)

    @override
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the audience."""
        return request.user.has_perm("audiences.view_audience") or self.has_change_permission(request)

    @override
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As changing the audience."""
        return self.has_change_permission(request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As changing the audience; whoever creates one writes its first contract."""
        wanted = "audiences.add_audience" if obj is None else "audiences.change_audience"
        either = request.user.has_perm(wanted) or request.user.has_perm("audiences.change_audience")
        return either and not is_tenant_staff(request)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As changing the audience."""
        return self.has_change_permission(request, obj)
