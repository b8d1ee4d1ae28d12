"""The admin's pages of users."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import Act, staff_of
from accounts.admin.choice_filters import RoleHeldFilter, VisibleChoicesFilter
from accounts.admin.recent_password import asks_for_password
from accounts.admin.users.bulk_actions import UserBulkActions
from accounts.admin.users.end_sessions import end_sessions_page
from accounts.admin.users.explain_page import explain_page, render_token_block
from accounts.admin.users.forms import UserForm
from accounts.admin.users.invitations import invite_page
from accounts.explanations.impact.people import Touched
from accounts.explanations.impact.reach import people_themselves
from accounts.models import User
from accounts.services import users
from accounts.services.password_links import create_invited_user

SESSIONS_SHOWN = 10
_FLAGS = ("is_staff", "is_superuser")
_RIGHTS = {"roles", "special_permissions", "is_active", *_FLAGS}


@admin.register(User)
class UserAdmin(UserBulkActions):
    """People, what their tokens say, and where they are logged in."""

    form = UserForm
    audit_kind = "user"
    tenants_write = True
    written_once = ()
    list_display = ("email", "name", "tenant_code", "department_code", "role_list", "is_active", "is_staff")
    list_filter = (
        "is_active",
        "is_staff",
        ("tenant", VisibleChoicesFilter),
        ("department", VisibleChoicesFilter),
        RoleHeldFilter,
    )
    list_select_related = ("tenant", "department")
    #: What has an index that ends with what makes the order whole.
    sortable_by = ("email", "name")
    search_fields = ("email", "name")
    search_help_text = _("E-mail, name, or the whole id (sub).")
    ordering = ("email",)
    autocomplete_fields = ("roles", "department", "tenant")
    readonly_fields = ("id", "created_at", "live_sessions", "token_says")

    # --- The page.

    @override
    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what the page shows: more once the person exists, flags to superusers."""
        person: tuple[str, ...] = ("email", "name", "locale")
        entry: tuple[str, ...] = ("is_active",)
        if obj is not None or staff_of(request).is_superuser:
            entry += _FLAGS
        fieldsets: list[Any] = [
            (None, {"fields": (*person, "id", "created_at") if obj else person}),
            (_("Place and roles"), {"fields": ("tenant", "department", "roles", "special_permissions")}),
            (_("Logging in"), {"fields": entry}),
            (_("Preferences"), {"fields": ("ui_preferences",)}),
        ]
        if obj is not None:
            if request.user.has_perm("refresh_sessions.view_refreshsession"):
                fieldsets.append((_("Live sessions"), {"fields": ("live_sessions",)}))
            fieldsets.append((_("What the token says"), {"fields": ("token_says",)}))
        return fieldsets

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Lock the flags for everybody but superusers."""
        fields = super().get_readonly_fields(request, obj)
        return fields if staff_of(request).is_superuser else [*fields, *_FLAGS]

    @override
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Put a new person into the tenant of whoever creates them."""
        return {"tenant": staff_of(request).tenant_id} | super().get_changeform_initial_data(request)

    @admin.display(description=_("live sessions"))
    def live_sessions(self, obj: Any) -> SafeString:
        """Return the sessions that can still be refreshed, the latest first."""
        live = obj.refresh_sessions.live(at=timezone.now()).order_by("-last_used_at")
        context = {"user_id": obj.pk, "count": live.count(), "sessions": live[:SESSIONS_SHOWN]}
        return render_to_string("admin/accounts/user/live_sessions.html", context)

    @admin.display(description=_("claims"))
    def token_says(self, obj: Any) -> SafeString:
        """Return the claims of a token issued now."""
        return render_token_block(obj, now=timezone.now())

    # --- The list.

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the people with their roles in one query more."""
        return super().get_queryset(request).select_related("tenant", "department").prefetch_related("roles")

    @admin.display(description=_("tenant"))
    def tenant_code(self, obj: Any) -> str | None:
        """Return the code: the label as well would push the roles out of sight."""
        code: str | None = obj.tenant_code
        return code

    @admin.display(description=_("department"))
    def department_code(self, obj: Any) -> str | None:
        """Return the code, as ``tenant_code``."""
        code: str | None = obj.department_code
        return code

    @admin.display(description=_("roles"))
    def role_list(self, obj: Any) -> str:
        """Return the codes of the roles in force."""
        return ", ".join(obj.role_codes())

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to search password hashes: answers would tell them letter by letter."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    # --- Writing.

    @override
    def is_dangerous(self, form: Any, *, change: bool) -> bool:
        """Ask for the password where rights are given or taken, or another address would receive mails."""
        changed = set(form.changed_data) if change else set(form.changed_data) - {"is_active"}
        return bool(changed & _RIGHTS) or (change and "email" in changed)

    @override
    def touched_by(self, request: HttpRequest, rows: QuerySet[Any]) -> Touched:
        """Return these very people."""
        return people_themselves(rows, viewer=staff_of(request))

    @override
    def create_by_service(self, *, chosen: dict[str, Any], instance: Any, act: Act) -> Model:
        """Create a person, and invite them to choose their password."""
        return create_invited_user(id=instance.pk, actor=act.actor, now=act.now, **chosen)

    @override
    def change_by_service(self, *, pk: Any, chosen: dict[str, Any], act: Act) -> None:
        """Change a person and their roles."""
        users.change_user(user_id=pk, actor=act.actor, now=act.now, **chosen)

    @override
    def delete_by_service(self, *, pk: Any, act: Act) -> None:
        """Delete a person."""
        users.delete_user(user_id=pk, actor=act.actor, now=act.now)

    @override
    def get_deleted_objects(
        self, objs: Sequence[Any] | QuerySet[Any], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Say what goes with a person: their sessions, which need no permission of their own."""
        sessions = sum(user.refresh_sessions.count() for user in objs)
        counts = {str(User._meta.verbose_name_plural): len(objs), _now_("sessions"): sessions}
        return [str(user) for user in objs], counts, set(), []

    # --- The invitation, the sessions, and the token.

    @override
    def get_urls(self) -> list[URLPattern]:
        """Add the pages that send an invitation, end all sessions, and explain a token."""
        pages = {
            "invite": self.invite_view,
            "end-sessions": self.end_sessions_view,
            "token": self.token_view,
        }
        return [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"accounts_user_{name.replace('-', '_')}",
            )
            for name, view in pages.items()
        ] + super().get_urls()

    @asks_for_password
    def end_sessions_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End all sessions of one person."""
        return end_sessions_page(self, request, object_id)

    def invite_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Have somebody choose a password."""
        return invite_page(self, request, object_id)

    def token_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what a person's token says, and why."""
        return explain_page(self, request, object_id)
