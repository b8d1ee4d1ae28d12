"""People signed in by browser: the record of it, and the claims that they have in the API."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest
from django.utils import timezone

from accounts import conf
from accounts.audiences.claim_sources import LoginContext
from accounts.audiences.contracts import read_contract
from accounts.audit.actors import Origin
from accounts.audit.event_types import EventType
from accounts.audit.services import record_event
from accounts.change_log.epoch import current_epoch
from accounts.models import User
from accounts.models.subject_facts import read_subject_facts
from accounts.refresh_sessions.session_tokens import Device
from accounts.services.browser_sessions import begin_browser_session, note_password, signed_in_at
from accounts.services.client_addresses import client_address
from accounts.services.devices import note_device
from accounts.tokens.claims import Claims
from accounts.tokens.issuing import claims_to_issue

#: Holds the device token of a browser that its person has signed in with.
DEVICE_COOKIE = "authsite_device"


def origin_of(request: HttpRequest) -> Origin:
    """Return where a request came from; ``X-Forwarded-For`` is believed from trusted proxies only."""
    user_agent = request.META.get("HTTP_USER_AGENT", "").replace("\x00", "")
    ip = client_address(
        peer=request.META.get("REMOTE_ADDR") or "",
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        proxies=conf.trusted_proxies(),
    )
    request_id = getattr(request, "request_id", "")  # api.request_log
    return Origin(ip=ip, user_agent=user_agent[:255], request_id=request_id)


def record_browser_sign_in(*, request: HttpRequest, user: User, **_signal: object) -> None:
    """Append an event for each sign-in by browser, and tell the person of a browser that is new."""
    now, origin = timezone.now(), origin_of(request)
    begin_browser_session(request.session, now=now)
    browser = Device(platform=origin.user_agent, token=request.COOKIES.get(DEVICE_COOKIE))
    note_device(user=user, device=browser, sid=None, actor=user.as_actor(origin), now=now)
    record_event(
        type=EventType.BROWSER_SESSION_STARTED,
        actor=user.as_actor(origin),
        subject=user.as_audit_subject(),
        now=now,
    )


def confirm_browser_session(*, request: HttpRequest, user: User, now: datetime) -> None:
    """Remember that the person of a browser session has typed their password again, in a dangerous moment."""
    note_password(request.session, now=now)
    record_event(
        type=EventType.BROWSER_SESSION_CONFIRMED,
        actor=user.as_actor(origin_of(request)),
        subject=user.as_audit_subject(),
        now=now,
    )


def keep_browser_session(*, request: HttpRequest, user_id: UUID) -> None:
    """Keep the browser signed in whose person has just changed their password; all others are signed out."""
    # As Django has them: it asks whether they are the same, and DRF's authentication puts its own in here.
    user = request.user = User.objects.get(pk=user_id)
    update_session_auth_hash(request, user)


def browser_session_claims(*, user: User, request: HttpRequest, now: datetime) -> Claims:
    """Return what a token for authsite's own audience would say, by the function that issues.

    There is no ``sid``: a browser session is none of the refresh sessions.

    :raise AudienceClosedError: that audience is not open to this person
    """
    contract = read_contract(conf.own_audience())
    subject = User.objects.with_directory().annotate(epoch=current_epoch()).get(pk=user.pk)
    facts = read_subject_facts(subject, with_department_path=contract.reads_department_path)
    contract.access.require(facts, audience=contract.audience)
    return claims_to_issue(
        subject=facts,
        contract=contract,
        context=LoginContext(
            client_id=contract.audience,
            ip=origin_of(request).ip,
            auth_time=signed_in_at(request.session) or now,
            auth_methods=("pwd",),
        ),
        epoch=subject.epoch,
    )
