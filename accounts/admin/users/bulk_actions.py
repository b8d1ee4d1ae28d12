"""What can be done to many people at once."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import Act
from accounts.admin.bulk_changes import BulkChange, BulkForm, run_bulk_change
from accounts.admin.service_admin import ServiceModelAdmin
from accounts.authority import authority_of
from accounts.models import Department, Role, User
from accounts.refresh_sessions.models import EndReason
from accounts.refresh_sessions.services import end_refresh_sessions
from accounts.services import users


class RoleBulkForm(BulkForm):
    """Which role to give, or to take away."""

    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.all())


class RoleInForceBulkForm(RoleBulkForm):
    """Which role to give: a retired one can be given to nobody."""

    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.filter(retired_at__isnull=True))


class DepartmentBulkForm(BulkForm):
    """Where to move people."""

    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        widget=AutocompleteSelect(User._meta.get_field("department"), admin.site),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        visible = admin.site.get_model_admin(Department).get_queryset(request)
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - see above
        field.queryset = visible.filter(retired_at__isnull=True)


class UserBulkActions(ServiceModelAdmin):
    """The bulk actions of the list of users."""

    actions = (
        "assign_role",
        "unassign_role",
        "move_to_department",
        "deactivate",
        "reactivate",
        "end_sessions",
        "delete_selected",
    )

    def has_end_sessions_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may end sessions."""
        return request.user.has_perm("refresh_sessions.change_refreshsession")

    @admin.action(description=_("Assign a role"), permissions=["change"])
    def assign_role(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Give one role more to the selected people."""
        bulk = BulkChange(
            action="assign_role",
            title=_("Assign a role"),
            explanation=_("These people get the role in addition to those that they have."),
            form_class=RoleInForceBulkForm,
            change_one=_assign_role,
            is_dangerous=True,
        )
        return run_bulk_change(self, request, queryset, bulk)

    @admin.action(description=_("Take a role away"), permissions=["change"])
    def unassign_role(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Take one role from the selected people."""
        bulk = BulkChange(
            action="unassign_role",
            title=_("Take a role away"),
            explanation=_("These people lose the role, and keep all others."),
            form_class=RoleBulkForm,
            change_one=_unassign_role,
            is_dangerous=True,
        )
        return run_bulk_change(self, request, queryset, bulk)

    @admin.action(description=_("Move to a department"), permissions=["change"])
    def move_to_department(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Move the selected people to one department."""
        bulk = BulkChange(
            action="move_to_department",
            title=_("Move to a department"),
            explanation=_("These people leave the department that they are in."),
            form_class=DepartmentBulkForm,
            change_one=_move,
        )
        return run_bulk_change(self, request, queryset, bulk)

    @admin.action(description=_("Deactivate"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Deactivate the selected people."""
        bulk = BulkChange(
            action="deactivate",
            title=_("Deactivate"),
            explanation=_("These people get no token any more, and all their sessions end."),
            change_one=_deactivate,
        )
        return run_bulk_change(self, request, queryset, bulk)

    @admin.action(description=_("Reactivate"), permissions=["change"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Reactivate the selected people."""
        bulk = BulkChange(
            action="reactivate",
            title=_("Reactivate"),
            explanation=_("These people can log in again."),
            change_one=_reactivate,
        )
        return run_bulk_change(self, request, queryset, bulk)

    @admin.action(description=_("End all sessions"), permissions=["end_sessions"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """End every session of the selected people."""
        bulk = BulkChange(
            action="end_sessions",
            title=_("End all sessions"),
            explanation=_("These people have to log in again on every device."),
            change_one=_end_sessions,
            is_dangerous=True,
        )
        return run_bulk_change(self, request, queryset, bulk)

    @admin.action(description=_("Delete"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Delete the selected people with their sessions."""
        bulk = BulkChange(
            action="delete_selected",
            title=_("Delete"),
            explanation=_("These people and their sessions are deleted for good; audit events stay."),
            change_one=_delete,
            is_dangerous=True,
        )
        return run_bulk_change(self, request, queryset, bulk)


def _assign_role(user: Any, chosen: dict[str, Any], act: Act) -> bool:
    role = chosen["role"]
    users.assign_role(user_id=user.pk, role=role, actor=act.actor, now=act.now)
    return role not in user.roles.all()  # as it was read before


def _unassign_role(user: Any, chosen: dict[str, Any], act: Act) -> bool:
    role = chosen["role"]
    users.unassign_role(user_id=user.pk, role=role, actor=act.actor, now=act.now)
    return role in user.roles.all()  # as it was read before


def _move(user: Any, chosen: dict[str, Any], act: Act) -> bool:
    department = chosen["department"]
    users.change_user(user_id=user.pk, department=department, actor=act.actor, now=act.now)
    return bool(user.department_id != department.pk)


def _deactivate(user: Any, _chosen: dict[str, Any], act: Act) -> bool:
    users.change_user(user_id=user.pk, is_active=False, actor=act.actor, now=act.now)
    return bool(user.is_active)


def _reactivate(user: Any, _chosen: dict[str, Any], act: Act) -> bool:
    users.change_user(user_id=user.pk, is_active=True, actor=act.actor, now=act.now)
    return not user.is_active


def _end_sessions(user: Any, _chosen: dict[str, Any], act: Act) -> bool:
    authority_of(act.actor).require_over_user(user)
    ended = end_refresh_sessions(
        user=user, reason=EndReason.ENDED_BY_ADMINISTRATOR, actor=act.actor, now=act.now
    )
    return ended > 0


def _delete(user: Any, _chosen: dict[str, Any], act: Act) -> bool:
    users.delete_user(user_id=user.pk, actor=act.actor, now=act.now)
    return True
