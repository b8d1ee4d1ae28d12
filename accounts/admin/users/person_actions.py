"""What can be done to one person: mails, locks, sessions, and single roles."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.admin.utils import unquote
from django.http import HttpRequest
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from accounts.admin.action_forms import ActionForm
from accounts.admin.actions import row_action
from accounts.admin.acts import Act
from accounts.admin.service_admin import ServiceModelAdmin
from accounts.admin.sessions import device_of
from accounts.admin.users.end_sessions import MAY_END_SESSIONS, end_all_sessions
from accounts.authority import authority_of
from accounts.models import Role
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.refresh_sessions.services import end_refresh_session
from accounts.services import users
from accounts.services.lockouts import lift_lockouts
from accounts.services.password_links import invite_user


class _OfPersonForm(ActionForm):
    """A question whose answers depend on the person of the address; ``?name=`` chooses one."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        self.initial.update({name: request.GET[name] for name in self.fields if name in request.GET})

    def person_id(self) -> UUID:
        """Return whose page it is; ``row_action`` has found them."""
        match = self.request.resolver_match
        assert match is not None  # noqa: S101 - a request that was routed here
        return UUID(unquote(match.kwargs["object_id"]))


class GiveRoleForm(_OfPersonForm):
    """Which role to give, of those in force that the person lacks."""

    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.none(), to_field_name="code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - see above
        field.queryset = Role.objects.filter(retired_at__isnull=True).exclude(holders=self.person_id())


class TakeRoleForm(_OfPersonForm):
    """Which role to take, of those that the person holds."""

    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.none(), to_field_name="code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - see above
        field.queryset = Role.objects.filter(holders=self.person_id())


class EndSessionForm(_OfPersonForm):
    """Which session to end, of those that have not."""

    session = forms.ModelChoiceField(label=_("Session"), queryset=RefreshSession.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["session"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - see above
        field.queryset = RefreshSession.objects.filter(user=self.person_id(), ended_at__isnull=True)
        field.label_from_instance = device_of  # type: ignore[method-assign,assignment] # Django's own way


class PersonActions(ServiceModelAdmin):
    """The actions of a person's page, each on a page of its own that says what happens."""

    @row_action(
        "invite",
        _("Send invitation"),
        permissions=["change"],
        says=_(
            "This person gets a mail with a link to choose their password, the first one or another. Older"
            " links are void."
        ),
        asks_password=False,
    )
    def invite_view(self, user: Any, _chosen: dict[str, Any], act: Act) -> str:
        """Have somebody choose a password; nobody else ever knows it."""
        invite_user(user_id=user.pk, actor=act.actor, now=act.now)
        return _now_("A mail with a link is on its way to %s.") % str(user)

    @row_action(
        "reset-password",
        _("Reset password by mail"),
        permissions=["change"],
        says=_(
            "This person gets a mail with a link to choose another password. The present one opens until"
            " then; lock the account if somebody else knows it. Older links are void."
        ),
        asks_password=False,
    )
    def reset_password_view(self, user: Any, _chosen: dict[str, Any], act: Act) -> str:
        """Have somebody choose another password."""
        invite_user(user_id=user.pk, actor=act.actor, now=act.now)
        return _now_("A mail with a link is on its way to %s.") % str(user)

    @row_action(
        "lock",
        _("Lock"),
        permissions=["change"],
        says=_("This person gets no token any more, and all their sessions end."),
        asks_password=True,
        shows_impact=True,
    )
    def lock_view(self, user: Any, _chosen: dict[str, Any], act: Act) -> str:
        """Deactivate one person."""
        users.change_user(user_id=user.pk, is_active=False, actor=act.actor, now=act.now)
        return _now_("%s is locked, and all their sessions have ended.") % str(user)

    @row_action(
        "unlock",
        _("Unlock"),
        permissions=["change"],
        says=_("This person can log in again."),
        asks_password=False,
        shows_impact=True,
    )
    def unlock_view(self, user: Any, _chosen: dict[str, Any], act: Act) -> str:
        """Reactivate one person."""
        users.change_user(user_id=user.pk, is_active=True, actor=act.actor, now=act.now)
        return _now_("%s can log in again.") % str(user)

    @row_action(
        "lift-limits",
        _("Forget failed attempts"),
        permissions=["change"],
        says=_(
            "This person failed to log in too often, and has to wait. Their failed attempts are forgotten, so"
            " that they can try again at once; so can whoever guesses at their password."
        ),
        asks_password=False,
    )
    def lift_limits_view(self, user: Any, _chosen: dict[str, Any], act: Act) -> str:
        """Let somebody try again before their time."""
        lift_lockouts(user_id=user.pk, actor=act.actor, now=act.now)
        return _now_("%s can try again.") % str(user)

    @row_action(
        "end-sessions",
        _("End all sessions"),
        permissions=MAY_END_SESSIONS,
        says=_("This person has to log in again on every device and in every browser."),
        asks_password=True,
    )
    def end_sessions_view(self, user: Any, _chosen: dict[str, Any], act: Act) -> str:
        """End all sessions of one person."""
        end_all_sessions(user, act)
        return _now_("All sessions of %s have ended.") % str(user)

    @row_action(
        "end-session",
        _("End session"),
        permissions=MAY_END_SESSIONS,
        says=_("On this device the person has to log in again."),
        asks_password=True,
        form_class=EndSessionForm,
        returns_to="devices",
    )
    def end_session_view(self, user: Any, chosen: dict[str, Any], act: Act) -> str:
        """End one session of one person."""
        authority_of(act.actor).require_over_user(user)
        session: RefreshSession = chosen["session"]
        end_refresh_session(
            user_id=user.pk,
            sid=session.sid,
            reason=EndReason.ENDED_BY_ADMINISTRATOR,
            actor=act.actor,
            now=act.now,
        )
        return _now_("The session on “%s” has ended.") % device_of(session)

    @row_action(
        "give-role",
        _("Give a role"),
        permissions=["change"],
        says=_("This person gets the role in addition to those that they have."),
        asks_password=True,
        shows_impact=True,
        form_class=GiveRoleForm,
        returns_to="roles",
    )
    def give_role_view(self, user: Any, chosen: dict[str, Any], act: Act) -> str:
        """Give one role more to one person."""
        users.assign_role(user_id=user.pk, role=chosen["role"], actor=act.actor, now=act.now)
        return _now_("%(person)s has the role %(role)s.") % {"person": user, "role": chosen["role"].code}

    @row_action(
        "take-role",
        _("Take a role away"),
        permissions=["change"],
        says=_("This person loses the role, and keeps all others."),
        asks_password=True,
        shows_impact=True,
        form_class=TakeRoleForm,
        returns_to="roles",
    )
    def take_role_view(self, user: Any, chosen: dict[str, Any], act: Act) -> str:
        """Take one role from one person."""
        users.unassign_role(user_id=user.pk, role=chosen["role"], actor=act.actor, now=act.now)
        return _now_("%(person)s does not have the role %(role)s any more.") % {
            "person": user,
            "role": chosen["role"].code,
        }
