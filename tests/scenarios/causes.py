"""What can happen to a token or a session: each cause in docs/errors.md, as something that happens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from accounts.audiences.encryption_keys import create_encryption_key
from accounts.audiences.models import AccessRule, Audience, ContractClaim
from accounts.audiences.services import change_audience
from accounts.change_log.live_log import live_log
from accounts.keys.algorithms import EncryptionAlgorithm
from accounts.keys.keyring import keyring
from accounts.keys.models import KeyState, SigningKey
from accounts.mail_links.models import Purpose
from accounts.mail_links.services import make_link
from accounts.models import Role, User
from accounts.refresh_sessions.models import EndReason, RefreshSession
from accounts.refresh_sessions.services import end_refresh_session
from accounts.services.tenants import retire_tenant
from accounts.services.users import change_user
from accounts.tokens.decryption_keys import encryption
from accounts.tokens.doors import forget_doors
from tests.accounts.journeys import SYSTEM, start_session
from tests.api.client import ApiClient
from tests.factories import PASSWORD, RoleFactory, TenantFactory
from tests.scenarios.following_client import V1, FollowingClient

if TYPE_CHECKING:
    from collections.abc import Callable


def committed() -> None:
    """Commit, as far as a test can, and let the next second begin."""
    connection.check_constraints()
    live_log.forget()
    keyring.forget()
    encryption.forget()
    forget_doors()


def now() -> Any:
    return timezone.now()


def other_device(ada: User) -> ApiClient:
    client = ApiClient()
    client.log_in(ada.email)
    return client


def move_back(app: FollowingClient, days: int) -> None:
    """Let ``days`` pass for the session."""
    past = now() - timedelta(days=days)
    RefreshSession.objects.filter(sid=app.kept["sid"]).update(
        idle_expires_at=past, expires_at=past, rotated_at=past
    )


def reuse(app: FollowingClient, _ada: User) -> None:
    first = app.kept["refresh"]
    app.kept |= app.client.post(f"{V1}/auth/refresh/", {"refresh": first}).json()  # type: ignore[attr-defined]
    app.kept["refresh"] = first
    RefreshSession.objects.update(rotated_at=now() - timedelta(hours=1))


def reused(app: FollowingClient, ada: User) -> None:
    reuse(app, ada)
    app.client.post(f"{V1}/auth/refresh/", {"refresh": app.kept["refresh"]})


def expired(app: FollowingClient, ada: User) -> None:
    yesterday = start_session(ada, now=now() - timedelta(days=1))
    app.kept["token"] = yesterday.access_token


def revoke_key(*_: object) -> None:
    SigningKey.objects.update(state=KeyState.REVOKED)


def of_another_audience(app: FollowingClient, ada: User) -> None:
    Audience.objects.create(code="reports", label="Reports")
    app.kept["token"] = start_session(ada, audience="reports", now=now()).access_token


def over_budget(*_: object) -> None:
    Audience.objects.update(max_token_bytes=512)
    Role.objects.bulk_create(Role(code=f"r{number}", label="R") for number in range(40))
    User.objects.get().roles.add(*Role.objects.all())


def give_admin_back(app: FollowingClient, ada: User) -> None:
    ada.roles.remove(Role.objects.get(code="admin"))
    committed()
    app.log_in()
    ada.roles.add(Role.objects.get(code="admin"))


def without_admin(app: FollowingClient, ada: User) -> None:
    ada.roles.remove(Role.objects.get(code="admin"))
    committed()
    app.log_in()
    ada.roles.add(RoleFactory.create(code="lector"))  # something is added, but not what is missing


def close(*_: object) -> None:
    own = Audience.objects.get(code="api-mi-aplicacion")
    AccessRule.objects.create(audience=own, role=RoleFactory.create(code="lector"))


def encrypt(*_: object) -> None:
    own = Audience.objects.get(code="api-mi-aplicacion")
    create_encryption_key(
        audience_id=own.pk, algorithm=EncryptionAlgorithm.ECDH_ES_A256KW, actor=SYSTEM, now=now()
    )
    change_audience(audience_id=own.pk, is_encrypted=True, actor=SYSTEM, now=now())


def ended_by(reason: EndReason) -> Callable[[FollowingClient, User], object]:
    return lambda app, ada: end_refresh_session(
        user_id=ada.pk, sid=app.kept["sid"], reason=reason, actor=SYSTEM, now=now()
    )


def changed(**changes: Any) -> Callable[[FollowingClient, User], object]:
    return lambda _app, ada: change_user(user_id=ada.pk, actor=SYSTEM, now=now(), **changes)


def move_to_a_tenant(app: FollowingClient, ada: User) -> None:
    change_user(user_id=ada.pk, tenant=TenantFactory.create(), actor=SYSTEM, now=now())


def retire_her_tenant(app: FollowingClient, ada: User) -> None:
    User.objects.update(tenant=TenantFactory.create())
    committed()
    app.log_in()
    assert User.objects.get().tenant_id
    retire_tenant(tenant_id=User.objects.get().tenant_id or 0, actor=SYSTEM, now=now())


def change_password_elsewhere(_app: FollowingClient, ada: User) -> None:
    body = {"current_password": PASSWORD, "new_password": "staple battery horse correct"}
    assert other_device(ada).post(f"{V1}/auth/password/", body).status_code == 204


def reset_password_by_mail(_app: FollowingClient, ada: User) -> None:
    token = make_link(user=ada, purpose=Purpose.SET_PASSWORD, now=now())
    # The very password: what follows logs in with it.
    body = {"token": token, "new_password": PASSWORD}
    assert ApiClient().post(f"{V1}/auth/password-reset/confirm/", body).status_code == 204


CAUSES: dict[str, Callable[[FollowingClient, User], object]] = {
    "a role was taken from the person": lambda _app, ada: ada.roles.remove(Role.objects.get(code="editor")),
    "a role that the person has was retired": lambda *_: Role.objects.filter(code="editor").update(
        retired_at=now()
    ),
    "the person left the department": changed(department=None),
    "the person was moved to a tenant": move_to_a_tenant,
    "special permissions were taken away": changed(special_permissions=False),
    "a claim was left out of the contract": lambda *_: ContractClaim.objects.filter(
        path="tenant_id"
    ).delete(),
    "the audience is not open to the person any more": close,
    "the audience's tokens are encrypted from now on": encrypt,
    "the token has expired": expired,
    "the key that signed it was revoked": revoke_key,
    "the person logged out": lambda app, _ada: app.client.post(
        f"{V1}/auth/logout/", {"refresh": app.kept["refresh"]}
    ),
    "the person ended it from another device": lambda _app, ada: other_device(ada).send(
        "DELETE", f"{V1}/auth/sessions/"
    ),
    "an administrator ended it": ended_by(EndReason.ENDED_BY_ADMINISTRATOR),
    "the person changed the password elsewhere": change_password_elsewhere,
    "the person reset the password by mail": reset_password_by_mail,
    "the account was deactivated": changed(is_active=False),
    "the tenant was retired": retire_her_tenant,
    "its refresh token had been used twice": reused,
    "the token is for another audience": of_another_audience,
    "a role is missing, and the person does not have it": without_admin,
    "a role is missing, and the person has it by now": give_admin_back,
    "the refresh token was used again": reuse,
    "the session was ended": ended_by(EndReason.ENDED_BY_SUBJECT),
    "the session is too old": lambda app, _ada: move_back(app, 1),
    "the refresh token was altered": lambda app, _ada: app.kept.update(
        refresh=app.kept["refresh"][:-1] + "!"
    ),
    "the audience is not open to the person": close,
    "the token would be over the budget": over_budget,
}
