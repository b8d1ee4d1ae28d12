"""How an administrator ends all sessions of a person, and who may."""

from typing import Final

from django.http import HttpRequest

from accounts.admin.acts import Act
from accounts.authority import authority_of
from accounts.models import User
from accounts.refresh_sessions.models import EndReason
from accounts.refresh_sessions.services import end_refresh_sessions

#: Ending is the only change of a session that there is.
MAY_END_SESSIONS: Final = ("refresh_sessions.change_refreshsession",)


def end_all_sessions(user: User, act: Act) -> None:
    """End every session of a person, also by browser.

    :raise NotPermittedError: the actor may not change this account
    """
    authority_of(act.actor).require_over_user(user)
    end_refresh_sessions(user=user, reason=EndReason.ENDED_BY_ADMINISTRATOR, actor=act.actor, now=act.now)


def may_end_sessions(request: HttpRequest) -> bool:
    """Tell whether the person signed in may end sessions."""
    return bool(request.user.has_perms(MAY_END_SESSIONS))
