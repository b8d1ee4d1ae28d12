"""What is still to be set up: shown until all of it is done."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db.models import Exists
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import conf
from accounts.audiences.models import Audience
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.keys.models import KeyState, SigningKey
from accounts.models import Role, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do once, for whoever has the permission; without a route it is done elsewhere."""

    name: str
    title: str | Promise
    explanation: str | Promise
    permission: str
    route: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedStep:
    """A step as the page shows it."""

    title: str | Promise
    explanation: str | Promise
    url: str
    is_done: bool


STEPS: Final = (
    Step(
        name="administrator",
        title=_("A first administrator"),
        explanation=_("This is you, or somebody before you."),
        permission="accounts.add_user",
    ),
    Step(
        name="mail",
        title=_("A mail server"),
        explanation=_("Invitations and password resets are only printed until AUTHSITE_EMAIL_URL names one."),
        permission="accounts.add_user",
    ),
    Step(
        name="role",
        title=_("A first role"),
        explanation=_("What people may do in your apps, and in this admin."),
        permission="accounts.add_role",
        route="admin:accounts_role_add",
    ),
    Step(
        name="person",
        title=_("A first person besides you"),
        explanation=_("Invite somebody: they choose their password by a link in a mail."),
        permission="accounts.add_user",
        route="admin:accounts_user_add",
    ),
    Step(
        name="audience",
        title=_("An audience of your own"),
        explanation=_("A service that accepts tokens, and which claims it gets."),
        permission="audiences.add_audience",
        route="admin:audiences_audience_add",
    ),
    Step(
        name="login",
        title=_("A first login by an app"),
        explanation=_("POST /api/v1/auth/login/ with an address, a password and the name of the app."),
        permission="refresh_sessions.view_refreshsession",
    ),
    Step(
        name="rotation",
        title=_("Signing keys that rotate"),
        explanation=_("Run “manage.py rotate_signing_keys” once a day: it also keeps a next key ready."),
        permission="keys.view_signingkey",
        route="admin:keys_signingkey_changelist",
    ),
)


def checklist_of(viewer: User) -> list[ListedStep]:
    """Return the steps that ``viewer`` may take, or none once all are done. One query."""
    steps = [step for step in STEPS if viewer.has_perm(step.permission)]
    if viewer.tenant_id is not None or not steps:
        return []
    done = _done(viewer)
    listed = [
        ListedStep(
            title=step.title,
            explanation=step.explanation,
            url=reverse(step.route) if step.route else "",
            is_done=step.name in done,
        )
        for step in steps
    ]
    return [] if all(step.is_done for step in listed) else listed


def _done(viewer: User) -> set[str]:
    """Return what is done; each part of the query ends at the first row that it finds."""
    exist = {
        "role": Role.objects.all(),
        "person": User.objects.exclude(pk=viewer.pk),
        "audience": Audience.objects.exclude(code=conf.own_audience()),
        "login": AuditEvent.objects.filter(type=EventType.REFRESH_SESSION_STARTED),
        "rotation": SigningKey.objects.filter(state__in=[KeyState.NEXT, KeyState.PREVIOUS]),
    }
    asked = {f"has_{name}": Exists(rows.order_by()) for name, rows in exist.items()}
    found = User.objects.filter(pk=viewer.pk).annotate(**asked).values(*asked).get()
    done = {name.removeprefix("has_") for name, is_there in found.items() if is_there}
    return done | {"administrator"} | ({"mail"} if sends_mails() else set())


def sends_mails() -> bool:
    """Tell whether mails leave the server, instead of being printed."""
    return not str(settings.EMAIL_BACKEND).endswith(("console.EmailBackend", "dummy.EmailBackend"))
