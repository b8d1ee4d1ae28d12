"""What can be done to many people at once."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.action_forms import BulkForm
from accounts.admin.actions import bulk_action
from accounts.admin.acts import Act
from accounts.admin.autocomplete import AutocompleteSelect
from accounts.admin.service_admin import ServiceModelAdmin
from accounts.admin.users.end_sessions import MAY_END_SESSIONS, end_all_sessions
from accounts.models import Department, Role, User
from accounts.services import users
from accounts.services.password_links import invite_user


class RoleBulkForm(BulkForm):
    """Which role to give, or to take away."""

    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.all())

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        """Choose the role from whose page the people come."""
        super().__init__(*args, request=request, **kwargs)
        self.initial.setdefault("role", request.POST.get("role"))


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

    @bulk_action(
        _("Assign a role"),
        permissions=["change"],
        says=_("These people get the role in addition to those that they have."),
        form_class=RoleInForceBulkForm,
        shows_impact=True,
        asks_password=True,
    )
    def assign_role(self, user: Any, chosen: dict[str, Any], act: Act) -> bool:
        """Give one role more to the selected people."""
        role = chosen["role"]
        users.assign_role(user_id=user.pk, role=role, actor=act.actor, now=act.now)
        return role not in user.roles.all()  # as it was read before

    @bulk_action(
        _("Take a role away"),
        permissions=["change"],
        says=_("These people lose the role, and keep all others."),
        form_class=RoleBulkForm,
        shows_impact=True,
        asks_password=True,
    )
    def unassign_role(self, user: Any, chosen: dict[str, Any], act: Act) -> bool:
        """Take one role from the selected people."""
        role = chosen["role"]
        users.unassign_role(user_id=user.pk, role=role, actor=act.actor, now=act.now)
        return role in user.roles.all()  # as it was read before

    @bulk_action(
        _("Move to a department"),
        permissions=["change"],
        says=_("These people leave the department that they are in."),
        form_class=DepartmentBulkForm,
        shows_impact=True,
        asks_password=False,
    )
    def move_to_department(self, user: Any, chosen: dict[str, Any], act: Act) -> bool:
        """Move the selected people to one department."""
        department = chosen["department"]
        users.change_user(user_id=user.pk, department=department, actor=act.actor, now=act.now)
        return bool(user.department_id != department.pk)

    @bulk_action(
        _("Deactivate"),
        permissions=["change"],
        says=_("These people get no token any more, and all their sessions end."),
        shows_impact=True,
        asks_password=True,
    )
    def deactivate(self, user: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """Deactivate the selected people."""
        users.change_user(user_id=user.pk, is_active=False, actor=act.actor, now=act.now)
        return bool(user.is_active)

    @bulk_action(
        _("Reactivate"),
        permissions=["change"],
        says=_("These people can log in again."),
        shows_impact=True,
        asks_password=False,
    )
    def reactivate(self, user: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """Reactivate the selected people."""
        users.change_user(user_id=user.pk, is_active=True, actor=act.actor, now=act.now)
        return not user.is_active

    @bulk_action(
        _("End all sessions"),
        permissions=MAY_END_SESSIONS,
        says=_("These people have to log in again on every device."),
        asks_password=True,
    )
    def end_sessions(self, user: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """End every session of the selected people."""
        end_all_sessions(user, act)
        return True  # also where only a browser was signed in, which nobody can count

    @bulk_action(
        _("Send invitation"),
        permissions=["change"],
        says=_(
            "These people get a mail with a link to choose their password, the first one or another. "
            "Older links are void."
        ),
        asks_password=False,
    )
    def invite(self, user: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """Mail the selected people a link to choose a password."""
        invite_user(user_id=user.pk, actor=act.actor, now=act.now)
        return True

    @bulk_action(
        _("Delete"),
        permissions=["delete"],
        says=_("These people and their sessions are deleted for good; audit events stay."),
        asks_password=True,
    )
    def delete_selected(self, user: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """Delete the selected people with their sessions."""
        users.delete_user(user_id=user.pk, actor=act.actor, now=act.now)
        return True
