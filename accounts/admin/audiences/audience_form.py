"""The form of an audience: its own fields, and who may log in to it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.admin.autocomplete import AutocompleteSelectMultiple
from accounts.admin.service_form import ServiceForm
from accounts.audiences.models import AccessRule, Audience
from accounts.models import Department, Role, Tenant


def _field(
    kind: str, label: Any, rows: QuerySet[Any], help_text: Any
) -> "forms.ModelMultipleChoiceField[Model]":
    return forms.ModelMultipleChoiceField(
        label=capfirst(label),
        required=False,
        queryset=rows,
        help_text=help_text,
        widget=AutocompleteSelectMultiple(AccessRule._meta.get_field(kind), admin.site),
    )


class AudienceForm(ServiceForm):
    """An audience. Of each kind that names anything, one must be theirs who log in."""

    open_to_roles = _field(
        "role",
        _("roles"),
        Role.objects.all(),
        _("Only people with one of these roles; none: it does not matter."),
    )
    open_to_departments = _field(
        "department",
        _("departments"),
        Department.objects.all(),
        _("Only people in one of these; those below them have to be named as well."),
    )
    open_to_tenants = _field(
        "tenant", _("tenants"), Tenant.objects.all(), _("Only people of one of these tenants.")
    )

    class Meta:
        model = Audience
        fields = ("code", "label", "access_lifetime", "max_token_bytes", "signing_algorithm", "is_encrypted")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        for rule in self.instance.access_rules.all():
            for kind in ("role", "department", "tenant"):
                if (named := getattr(rule, f"{kind}_id")) is not None:
                    self.initial.setdefault(f"open_to_{kind}s", []).append(named)
