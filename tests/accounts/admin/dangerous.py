"""Every dangerous change of the admin: what is submitted, and what tells that it was made."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission

from accounts.audiences.models import Audience, AudienceCredential, EncryptionKey
from accounts.keys.models import KeyState, SigningKey
from accounts.models import Role, Tenant, User
from accounts.refresh_sessions.models import RefreshSession
from tests.accounts.admin.browsing import add_url, form_values, list_url, page_url
from tests.api.resource_server import public_jwk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import Model
    from django.test import Client

NEW = "entirely new horse battery"


@dataclass(frozen=True)
class Submitted:
    """What a browser is about to send."""

    url: str
    values: dict[str, Any]


def filled(client: Client, url: str, *without: str, **changes: Any) -> Submitted:
    """Return a form as it was shown, with some fields changed."""
    values = form_values(client.get(url)) | changes
    return Submitted(url, {name: value for name, value in values.items() if name not in without})


def chosen(client: Client, rows: Iterable[Model], action: str, **values: Any) -> Submitted:
    """Return an action that is about to be confirmed."""
    rows = list(rows)
    selected: dict[str, Any] = {"action": action, ACTION_CHECKBOX_NAME: [str(row.pk) for row in rows]}
    asked = client.post(list_url(rows[0]), selected | {"index": "0"})
    hidden = {"expected": asked.context["form"]["expected"].value(), "confirmed": "yes", "select_across": "0"}
    return Submitted(list_url(rows[0]), selected | hidden | values)


def alice() -> User:
    user: User = User.objects.get(email="alice@example.org")
    return user


def other() -> Audience:
    return Audience.objects.get(code="other")


def lector() -> Role:
    return Role.objects.get(code="lector")


def eddsa(state: str) -> SigningKey:
    """Return the EdDSA key in a state, which the tests have given each one."""
    return SigningKey.objects.get(algorithm="EdDSA", state=state)


#: Each dangerous action: what is submitted, and what tells that it was done.
Dangerous = tuple["Callable[[Client], Submitted]", "Callable[[], bool]"]
DANGEROUS: dict[str, Dangerous] = {
    "user deleted": (
        lambda c: Submitted(page_url(alice(), "delete"), {"post": "yes"}),
        lambda: not User.objects.filter(email="alice@example.org").exists(),
    ),
    "users deleted": (
        lambda c: chosen(c, [alice()], "delete_selected"),
        lambda: not User.objects.filter(email="alice@example.org").exists(),
    ),
    "roles changed": (
        lambda c: filled(c, page_url(alice()), roles=[str(lector().pk)]),
        lambda: list(alice().role_codes()) == ["lector"],
    ),
    "special permissions given": (
        lambda c: filled(c, page_url(alice()), special_permissions="on"),
        lambda: alice().special_permissions,
    ),
    "staff made": (lambda c: filled(c, page_url(alice()), is_staff="on"), lambda: alice().is_staff),
    "superuser made": (
        lambda c: filled(c, page_url(alice()), is_superuser="on"),
        lambda: alice().is_superuser,
    ),
    "person deactivated": (
        lambda c: filled(c, page_url(alice()), "is_active"),
        lambda: not alice().is_active,
    ),
    "people deactivated": (lambda c: chosen(c, [alice()], "deactivate"), lambda: not alice().is_active),
    "address changed": (
        lambda c: filled(c, page_url(alice()), email="other@example.org"),
        lambda: User.objects.filter(email="other@example.org").exists(),
    ),
    "user created with rights": (
        lambda c: filled(
            c,
            add_url(User),
            email="new@example.org",
            name="New",
            is_staff="on",
            ui_preferences='{"theme":\r\n "<dark> & \'ñ\'"}',
        ),
        lambda: (
            (new := User.objects.get(email="new@example.org")).is_staff
            and new.ui_preferences == {"theme": "<dark> & 'ñ'"}
        ),
    ),
    "all sessions ended on the person's page": (
        lambda c: Submitted(page_url(alice(), "end_sessions"), {"post": "yes"}),
        lambda: not RefreshSession.objects.filter(ended_at=None).exists(),
    ),
    "role assigned": (
        lambda c: chosen(c, [alice()], "assign_role", role=str(lector().pk)),
        lambda: "lector" in alice().role_codes(),
    ),
    "role taken away": (
        lambda c: chosen(c, [alice()], "unassign_role", role=str(Role.objects.get(code="editor").pk)),
        lambda: not alice().role_codes(),
    ),
    "all sessions ended": (
        lambda c: chosen(c, [alice()], "end_sessions"),
        lambda: not RefreshSession.objects.filter(ended_at=None).exists(),
    ),
    "sessions ended on their list": (
        lambda c: chosen(c, RefreshSession.objects.all(), "end_selected"),
        lambda: not RefreshSession.objects.filter(ended_at=None).exists(),
    ),
    "role retired": (
        lambda c: chosen(c, [Role.objects.get(code="editor")], "retire_selected"),
        lambda: Role.objects.get(code="editor").retired_at is not None,
    ),
    "credential ended": (
        lambda c: chosen(c, AudienceCredential.objects.all(), "end_selected"),
        lambda: not AudienceCredential.objects.filter(ended_at=None).exists(),
    ),
    "permissions of a role changed": (
        lambda c: filled(
            c, page_url(lector()), permissions=[str(Permission.objects.get(codename="view_role").pk)]
        ),
        lambda: lector().permissions.count() == 1,
    ),
    "credential created": (
        lambda c: filled(c, add_url(AudienceCredential), audience=str(other().pk), label="web"),
        lambda: AudienceCredential.objects.filter(label="web").exists(),
    ),
    "credential by key created": (
        lambda c: filled(
            c,
            add_url(AudienceCredential),
            audience=str(other().pk),
            label="key",
            jwk=json.dumps(public_jwk("EdDSA")),
        ),
        lambda: AudienceCredential.objects.filter(label="key").exists(),
    ),
    "tokens encrypted": (
        lambda c: filled(c, page_url(other()), is_encrypted="on"),
        lambda: other().is_encrypted,
    ),
    "audience opened to others": (
        lambda c: filled(c, page_url(other()), open_to_roles=[str(lector().pk)]),
        lambda: other().access_rules.count() == 1,
    ),
    "encryption key registered": (
        lambda c: filled(c, add_url(EncryptionKey), audience=str(other().pk), make="ECDH-ES+A256KW"),
        lambda: other().encryption_keys.count() == 2,
    ),
    "encryption key revoked": (
        lambda c: chosen(c, other().encryption_keys.all(), "revoke_selected"),
        lambda: not other().encryption_keys.current().exists(),
    ),
    "signing key promoted": (
        lambda c: chosen(c, [eddsa("next")], "promote_selected"),
        lambda: not SigningKey.objects.next_in_line().exists(),
    ),
    "signing key taken back": (
        lambda c: chosen(c, [eddsa("previous")], "take_back_selected"),
        lambda: not SigningKey.objects.filter(state=KeyState.PREVIOUS).exists(),
    ),
    "signing key retired": (
        lambda c: chosen(c, [eddsa("previous")], "retire_selected"),
        lambda: not SigningKey.objects.filter(state=KeyState.PREVIOUS).exists(),
    ),
    "signing key revoked": (
        lambda c: chosen(c, [eddsa("current")], "revoke_selected"),
        lambda: SigningKey.objects.filter(state=KeyState.REVOKED).exists(),
    ),
    "tenant retired": (
        lambda c: chosen(c, [Tenant.objects.get()], "retire_selected"),
        lambda: Tenant.objects.get().retired_at is not None,
    ),
    "audience retired": (
        lambda c: chosen(c, [other()], "retire_selected"),
        lambda: other().retired_at is not None,
    ),
    "contract changed": (
        lambda c: filled(c, page_url(other()), **{"contract_claims-0-path": "papeles"}),
        lambda: "papeles" in other().contract_claims.values_list("path", flat=True),
    ),
}
#: Actions on lists that do not ask: they shut nobody out, and can be undone or are no change of rights.
HARMLESS = {
    "User.move_to_department",
    "User.invite",
    "User.reactivate",
    "Role.restore_selected",
    "Department.retire_selected",
    "Department.restore_selected",
    "Tenant.restore_selected",
    "Audience.restore_selected",
}
ASKING = {
    "User.assign_role",
    "User.unassign_role",
    "User.deactivate",
    "User.end_sessions",
    "User.delete_selected",
    "RefreshSession.end_selected",
    "Role.retire_selected",
    "Tenant.retire_selected",
    "AudienceCredential.end_selected",
    "Audience.retire_selected",
    "EncryptionKey.revoke_selected",
    "SigningKey.promote_selected",
    "SigningKey.take_back_selected",
    "SigningKey.retire_selected",
    "SigningKey.revoke_selected",
}
