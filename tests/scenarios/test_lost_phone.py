"""Alice loses her phone; whoever finds it does not stay in."""

from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.refresh_sessions.models import EndReason
from accounts.refresh_sessions.services import end_refresh_sessions
from tests.api.client import ApiClient, read
from tests.factories import UserFactory

if TYPE_CHECKING:
    from accounts.models import User

REFRESH = "/api/v1/auth/refresh/"
SESSIONS = "/api/v1/auth/sessions/"


def test_owner_ends_the_lost_phone_from_the_laptop(db: None) -> None:
    UserFactory.create(email="alice@example.org")
    phone, laptop = ApiClient(), ApiClient()
    lost = phone.log_in("alice@example.org", device={"name": "Pixel", "platform": "android"})
    kept = laptop.log_in("alice@example.org", device={"name": "Laptop"})
    devices = read(laptop.get(SESSIONS))["results"]

    (on_phone,) = [device for device in devices if device["device"] == "Pixel"]
    assert laptop.send("DELETE", f"{SESSIONS}{on_phone['sid']}/").status_code == 204

    problem = read(phone.post(REFRESH, {"refresh": lost["refresh"]}), 401)
    assert (problem["code"], problem["action"]) == ("session_ended", "login")
    assert read(laptop.post(REFRESH, {"refresh": kept["refresh"]}))["sid"] == kept["sid"]
    event = AuditEvent.objects.get(type=EventType.REFRESH_SESSION_ENDED)
    assert event.facts == {"reason": "ended_by_subject", "sids": [lost["sid"]]}


def test_administrator_ends_all_sessions_of_a_person_who_calls(db: None) -> None:
    alice = UserFactory.create(email="alice@example.org")
    administrator: User = UserFactory.create(email="boss@example.org", is_staff=True, is_superuser=True)
    logins = [ApiClient().log_in("alice@example.org") for _ in range(3)]

    ended = end_refresh_sessions(
        user=alice,
        reason=EndReason.ENDED_BY_ADMINISTRATOR,
        actor=administrator.as_actor(),
        now=timezone.now(),
    )

    assert ended == 3
    for login in logins:
        assert read(ApiClient().post(REFRESH, {"refresh": login["refresh"]}), 401)["action"] == "login"
