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
from accounts.admin.users.end_sessions import end_all_sessions, may_end_sessions
from accounts.models import Department, Role, User
from accounts.services import users
from accounts.services.password_links import invite_user


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
        "invite",
        "delete_selected",
    )

    def has_end_sessions_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may end sessions."""
        return may_end_sessions(request)

    @admin.action(description=_("Assign a role"), permissions=["change"])
    def assign_role(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Give one role more to the selected people."""
        bulk = BulkChange(
            action="assign_role",
            title=_("Assign a role"),
            explanation=_("These people get the role in addition to those that they have."),
            form_class=RoleInForceBulkForm,
            change_one=_assign_role,
            touches=self.touched_by,
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
            touches=self.touched_by,
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
            touches=self.touched_by,
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
            touches=self.touched_by,
            is_dangerous=True,
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
            touches=self.touched_by,
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

    @admin.action(description=_("Send invitation"), permissions=["change"])
    def invite(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Mail the selected people a link to choose a password."""
        bulk = BulkChange(
            action="invite",
            title=_("Send invitation"),
            explanation=_(
                "These people get a mail with a link to choose their password, the first one or another. "
                "Older links are void."
            ),
            change_one=_invite,
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
    end_all_sessions(user, act)
    return True  # also where only a browser was signed in, which nobody can count


def _invite(user: Any, _chosen: dict[str, Any], act: Act) -> bool:
    invite_user(user_id=user.pk, actor=act.actor, now=act.now)
    return True


def _delete(user: Any, _chosen: dict[str, Any], act: Act) -> bool:
    users.delete_user(user_id=user.pk, actor=act.actor, now=act.now)
    return True
