"""The admin's pages of users."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Max, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import Act, staff_of
from accounts.admin.choice_filters import RoleHeldFilter, VisibleChoicesFilter
from accounts.admin.listed_admin import is_uuid
from accounts.admin.people_search import are_too_many_to_compare, beginning_with, say_beginnings
from accounts.admin.row_head import badges_html
from accounts.admin.users.bulk_actions import UserBulkActions
from accounts.admin.users.forms import UserForm
from accounts.admin.users.person_actions import PersonActions
from accounts.admin.users.person_head import account_badges
from accounts.admin.users.person_pages import PersonPages
from accounts.explanations.impact.people import Touched
from accounts.explanations.impact.reach import people_themselves
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from accounts.services import users
from accounts.services.password_links import create_invited_user

if TYPE_CHECKING:
    from datetime import datetime

_FLAGS = ("is_staff", "is_superuser")
_RIGHTS = {"roles", "special_permissions", "is_active", *_FLAGS}


@admin.register(User)
class UserAdmin(PersonPages, PersonActions, UserBulkActions):
    """People: the list, and the form."""

    form = UserForm
    audit_kind = "user"
    tenants_write = True
    written_once = ()
    list_display = ("email", "name", "place", "role_list", "standing", "last_seen")
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
    readonly_fields = ("id", "created_at")

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

    # --- The list.

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the people with their roles in one query more."""
        return super().get_queryset(request).select_related("tenant", "department").prefetch_related("roles")

    @admin.display(description=_("place"))
    def place(self, obj: Any) -> str | None:
        """Return the codes of tenant and department: labels as well would push the roles out of sight."""
        return " / ".join(code for code in (obj.tenant_code, obj.department_code) if code) or None

    @admin.display(description=_("roles"))
    def role_list(self, obj: Any) -> str:
        """Return the codes of the roles in force."""
        return ", ".join(obj.role_codes())

    @admin.display(description=_("state"), ordering="is_active")
    def standing(self, obj: Any) -> SafeString:
        """Return whether the person can log in, and whether they are staff."""
        return badges_html(account_badges(obj))

    @admin.display(description=_("last use"))
    def last_seen(self, obj: Any) -> str | None:
        """Return the day of the last use of a session; ``prepare_rows`` read it for all rows at once."""
        seen: datetime | None = getattr(obj, "last_seen_at", None)
        return date_format(timezone.localtime(seen), "SHORT_DATE_FORMAT") if seen else None

    @override
    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Read when each person of the page was last seen."""
        theirs = RefreshSession.objects.filter(user__in=rows).order_by().values("user")
        newest = dict(theirs.annotate(newest=Max("last_used_at")).values_list("user", "newest"))
        for person in rows:
            person.last_seen_at = newest.get(person.pk)

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find any part of an address or a name; among too many people for that, how one begins."""
        term = search_term.replace("\0", "").strip()
        if term and not is_uuid(term) and are_too_many_to_compare(request, queryset):
            say_beginnings(request)
            return beginning_with(queryset, term), False
        return super().get_search_results(request, queryset, search_term)

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
    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Say as well how the person comes to a password."""
        answer = super().response_add(request, obj, post_url_continue)
        if obj.may_log_in():
            said = _now_("A mail with a link is on its way to %s.") % obj
            self.message_user(request, said, messages.SUCCESS)
        else:
            said = _now_(
                "No mail was sent, since they may not log in. Their page offers to send the invitation."
            )
            self.message_user(request, said, messages.WARNING)
        return answer

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
