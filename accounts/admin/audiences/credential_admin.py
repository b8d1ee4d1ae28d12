"""The admin's pages of audience credentials: a new secret is shown once, an old one is ended."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import Act
from accounts.admin.bulk_changes import BulkChange, run_bulk_change
from accounts.admin.history import events_about
from accounts.admin.service_admin import ServiceModelAdmin
from accounts.audiences import credentials
from accounts.audiences.models import AudienceCredential
from accounts.audit.models import AuditEvent


@admin.register(AudienceCredential)
class AudienceCredentialAdmin(ServiceModelAdmin):
    """Credentials; staff of a tenant only look at them."""

    fields = ("audience", "label", "created_at", "ended_at")
    written_once = ("audience", "label", "created_at", "ended_at")
    readonly_fields = ("created_at", "ended_at")
    list_display = ("label", "audience", "created_at", "ended_at")
    list_filter = ("audience",)
    list_select_related = ("audience",)
    search_fields = ("label", "audience__code")
    autocomplete_fields = ("audience",)
    actions = ("end_selected",)

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what is asked for, and the moments once there are any."""
        return ("audience", "label") if obj is None else self.fields

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what was used is ended, and stays in the list."""
        return False

    @override
    def is_dangerous(self, form: Any, *, change: bool) -> bool:
        """Ask for the password before a new secret is shown."""
        return not change

    @override
    def create_by_service(self, *, chosen: dict[str, Any], instance: Any, act: Act) -> Model:
        """Create a credential; the row keeps its secret until the answer has shown it."""
        created, secret = credentials.create_audience_credential(
            audience_id=chosen["audience"].pk, label=chosen["label"], actor=act.actor, now=act.now
        )
        instance.secret = secret
        return created

    @override
    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret in this very answer: a message would carry it in a cookie."""
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

    @admin.action(description=_("End"), permissions=["change"])
    def end_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """End the selected credentials."""

        def end(row: Any, _chosen: dict[str, Any], act: Act) -> bool:
            return credentials.end_audience_credential(credential_id=row.pk, actor=act.actor, now=act.now)

        bulk = BulkChange(
            action="end_selected",
            title=_("End"),
            explanation=_("Servers that still use one of them are refused from now on."),
            change_one=end,
        )
        return run_bulk_change(self, request, queryset, bulk)
