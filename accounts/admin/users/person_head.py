"""What stands above every page of a person: who they are, whether they can log in, and what can be done."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import act_of
from accounts.admin.row_head import FORM, Badge, Link, RowHead, Tone, Way, links_to
from accounts.models import User
from accounts.services.lockouts import Lockout, read_lockouts

if TYPE_CHECKING:
    from accounts.admin.service_admin import ServiceModelAdmin

_TABS: Final = (
    Way(name=FORM, label=_("Profile")),
    Way(name="roles", label=_("Roles")),
    Way(name="token", label=_("Token")),
    Way(name="devices", label=_("Devices")),
    Way(name="timeline", label=_("Timeline")),
)
_INVITE: Final = Way(name="invite", label=_("Send invitation"), icon="mail-plus")
_RESET: Final = Way(name="reset-password", label=_("Reset password by mail"), icon="mail-question-mark")
_LIFT: Final = Way(name="lift-limits", label=_("Forget failed attempts"), icon="lock-keyhole-open")
_END: Final = Way(name="end-sessions", label=_("End all sessions"), icon="log-out")
_LOCK: Final = Way(name="lock", label=_("Lock"), icon="lock", is_dangerous=True)
_UNLOCK: Final = Way(name="unlock", label=_("Unlock"), icon="lock-open")


def person_head(page: "ServiceModelAdmin", request: HttpRequest, user: User, *, current: str) -> RowHead:
    """Return the head of a person's page. Three queries, for the limits that they may have reached."""
    lockouts = read_lockouts(user, now=act_of(request).now)
    return RowHead(
        title=user.name or user.email,
        note=user.email,
        badges=tuple(_badges(user, lockouts)),
        tabs=links_to(page, request, user, _TABS, current=current),
        # One's own are for another administrator.
        actions=tuple(_actions(page, request, user, may_lift=bool(lockouts) and user != request.user)),
    )


def account_badges(user: User) -> Iterator[Badge]:
    """Yield how the account stands, from what its row and its tenant say."""
    if not user.is_active:
        yield Badge(label=_("Locked"), tone=Tone.BAD)
    elif not user.may_log_in():
        yield Badge(label=_("Tenant retired"), tone=Tone.BAD)
    else:
        yield Badge(label=_("Active"), tone=Tone.GOOD)
    if not user.has_usable_password():
        yield Badge(label=_("No password yet"), tone=Tone.WARN)
    if user.is_superuser:
        yield Badge(label=_("Superuser"), tone=Tone.ACCENT)
    elif user.is_staff:
        yield Badge(label=_("Staff"), tone=Tone.ACCENT)


def _badges(user: User, lockouts: list[Lockout]) -> Iterator[Badge]:
    yield from account_badges(user)
    if lockouts:
        until = date_format(timezone.localtime(max(each.until for each in lockouts)), "TIME_FORMAT")
        yield Badge(label=_now_("Too many failures: wait until %s") % until, tone=Tone.WARN)
    if user.tenant is not None:
        yield Badge(label=user.tenant.label)


def _actions(
    page: "ServiceModelAdmin", request: HttpRequest, user: User, *, may_lift: bool
) -> Iterator[Link]:
    mail = _RESET if user.has_usable_password() else _INVITE
    ways = [*([_LIFT] if may_lift else []), mail, _END, _LOCK if user.is_active else _UNLOCK]
    yield from links_to(page, request, user, ways)
    if request.user.has_perm("audit.view_auditevent"):
        url: Any = reverse("admin:audit_auditevent_past_standing", args=[user.pk])
        yield Link(url=url, label=_("What could they do?"), icon="history")
