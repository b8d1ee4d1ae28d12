"""Who does something in the admin, and when: read from the request once."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from accounts.admin.stated_reasons import stated_why
from accounts.audit.actors import Actor
from accounts.models import User
from accounts.services.browser_sign_in import origin_of

_ACT = "authsite_act"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What every service asks for: the actor and one instant for the whole request."""

    actor: Actor
    now: datetime


def act_of(request: HttpRequest) -> Act:
    """Return who acts, and the instant that all writes of this request share."""
    known: Act | None = getattr(request, _ACT, None)
    if known is None:
        actor = staff_of(request).as_actor(origin_of(request))
        known = Act(actor=replace(actor, why=stated_why(request)), now=timezone.now())
        setattr(request, _ACT, known)
    return known


def staff_of(request: HttpRequest) -> User:
    """Return the person signed in; the admin lets nobody else through."""
    assert isinstance(request.user, User)  # noqa: S101 - AdminSite.admin_view
    return request.user


def is_tenant_staff(request: HttpRequest) -> bool:
    """Tell whether the person belongs to a tenant, and so sees only what is its own."""
    return getattr(request.user, "tenant_id", None) is not None
