"""Creating, changing, deactivating and deleting people."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.audit.actors import Actor, Origin
from accounts.audit.event_types import EventType
from accounts.audit.services import record_event
from accounts.authority import Authority, authority_of
from accounts.hashers import normalise_password
from accounts.mails.services import send_mail_to
from accounts.models import BrowserSessionMarker, Department, Role, SavedFilter, Tenant, User
from accounts.models.emails import normalise_email
from accounts.models.field_changes import Changes, apply_changes, as_json, sides_of_move
from accounts.refresh_sessions.errors import SessionEndedError
from accounts.refresh_sessions.models import EndReason
from accounts.refresh_sessions.services import end_refresh_sessions
from accounts.services.standing import person_state
from accounts.services.user_rules import (
    validate_in_force,
    validate_own_account,
    validate_own_roles,
    validate_placement,
)


class UserFields(TypedDict, total=False):
    """What may be written on a person, beside their roles."""

    email: str
    name: str
    tenant: Tenant | None
    department: Department | None
    special_permissions: bool
    ui_preferences: dict[str, object]
    locale: str
    is_active: bool
    is_staff: bool
    is_superuser: bool


class ProfileFields(TypedDict, total=False):
    """What people may write on themselves."""

    name: str
    locale: str
    ui_preferences: dict[str, object]


def read_active_user(user_id: UUID) -> User:
    """Return the person of a token, with department, tenant and roles. Two queries.

    :raise SessionEndedError: the account is gone or inactive, though a token of it lives
    """
    user = read_viewer(user_id)
    prefetch_related_objects([user], "roles")
    return user


def read_viewer(user_id: UUID) -> User:
    """Return the person of a token, with department and tenant: what they see depends on it. One query.

    :raise SessionEndedError: as ``read_active_user``
    """
    user: User | None = User.objects.with_directory().filter(pk=user_id).first()
    if user is None or not user.may_log_in():
        raise SessionEndedError(sub=user_id)
    return user


def create_user(
    *,
    actor: Actor,
    now: datetime,
    roles: Collection[Role] = (),
    password: str | None = None,
    id: UUID | None = None,  # noqa: A002 - the field's name
    **fields: Unpack[UserFields],
) -> User:
    """Create a person; without a password nobody can log in to the account yet.

    :raise ValidationError: by field
    :raise NotPermittedError: the actor may not grant this, or not in this tenant
    """
    with transaction.atomic(), _one_account_per_address():
        authority = authority_of(actor)
        user = User(**fields, created_at=now, **({"id": id} if id else {}))
        _require_grants(authority, None, user)
        authority.require_grantable(roles)
        user.password = _encoded_password(password, user)
        user.full_clean()
        validate_placement(user)
        validate_in_force(roles)
        user.save(force_insert=True)
        created: Changes = {name: (None, as_json(getattr(user, name))) for name in fields}
        _record(EventType.USER_CREATED, user, actor, now, created)
        _set_roles(user, roles, actor, now)
    return user


def change_user(
    *,
    user_id: UUID,
    actor: Actor,
    now: datetime,
    roles: Collection[Role] | None = None,
    **fields: Unpack[UserFields],
) -> User:
    """Change a person, and their roles where ``roles`` is given; deactivation ends all sessions.

    Where the address changes, the old one is told.

    :raise ValidationError: by field; nobody shuts themselves out
    :raise NotPermittedError: the actor may not change this account or not grant this
    """
    with transaction.atomic(), _one_account_per_address():
        authority = authority_of(actor)
        user: User = User.objects.select_for_update().get(pk=user_id)
        authority.require_over_user(user)
        before: User = User.objects.get(pk=user_id)
        if "email" in fields:
            fields["email"] = normalise_email(fields["email"])
        changes = apply_changes(user, fields)
        if user.id == actor.sub:
            validate_own_account(before, user)
        _require_grants(authority, before, user)
        if {"tenant", "department"} & changes.keys():
            validate_placement(user)
        if "tenant" in changes:
            # What they shared tells of the tenant that they leave.
            SavedFilter.objects.filter(owner=user).update(is_shared=False)
            changes = _record_departure(before, changes, actor, now)
        _record_changes(user, changes, actor, now)
        if "email" in changes:
            notice = {"new_email": user.email, "old_email": before.email}
            send_mail_to(user, template="email_changed", context=notice, address=before.email)
        if roles is not None:
            _change_roles(authority, user, roles, actor, now)
    return user


def change_own_profile(
    *, user_id: UUID, origin: Origin, now: datetime, **fields: Unpack[ProfileFields]
) -> User:
    """Change what people may write on themselves.

    :raise ValidationError: by field
    :raise SessionEndedError: the account is gone or inactive, though a token of it lives
    """
    with transaction.atomic():
        read_active_user(user_id)
        user: User = User.objects.select_for_update().get(pk=user_id)
        _record_changes(user, apply_changes(user, fields), user.as_actor(origin), now)
    return user


def assign_role(*, user_id: UUID, role: Role, actor: Actor, now: datetime) -> User:
    """Give one role more to a person.

    :raise NotPermittedError: the actor may not change this account or not give this role
    """
    with transaction.atomic():
        return change_user(user_id=user_id, roles={*_held(user_id), role}, actor=actor, now=now)


def unassign_role(*, user_id: UUID, role: Role, actor: Actor, now: datetime) -> User:
    """Take one role from a person.

    :raise NotPermittedError: the actor may not change this account or not take this role
    """
    with transaction.atomic():
        return change_user(user_id=user_id, roles=_held(user_id) - {role}, actor=actor, now=now)


def delete_user(*, user_id: UUID, actor: Actor, now: datetime) -> None:
    """Delete a person with all their sessions; audit events stay.

    :raise NotPermittedError: the actor may not change this account, or it is their own
    :raise ValidationError: it is the actor's own account
    """
    with transaction.atomic():
        authority = authority_of(actor)
        user: User = User.objects.select_for_update().get(pk=user_id)
        authority.require_over_user(user)
        if user.id == actor.sub:
            raise ValidationError(_("You cannot delete your own account; ask another administrator."))
        last = person_state(user)
        left: Changes = {name: (value, None) for name, value in last.fields.items()}
        left["roles"] = (sorted(last.roles), [])
        _record(EventType.USER_DELETED, user, actor, now, left)
        user.delete()


@contextmanager
def _one_account_per_address() -> Iterator[None]:
    """Say a lost race for an address as validation would have said it."""
    try:
        yield
    except IntegrityError as error:
        if "email" not in str(error):
            raise
        raise ValidationError({"email": _("This address has an account.")}) from error


def _encoded_password(password: str | None, user: User) -> str:
    if password is None:
        user.set_unusable_password()
    else:
        try:
            validate_password(normalise_password(password), user)
        except ValidationError as error:
            raise ValidationError({"password": error.error_list}) from error
        user.set_password(password)
    return user.password


def _require_grants(authority: Authority, before: User | None, after: User) -> None:
    authority.require_over_tenant(after.tenant)
    flags_before = (before.is_staff, before.is_superuser) if before else (False, False)
    special_before = before.special_permissions if before else False
    authority.require_flags(
        special_permissions=after.special_permissions and not special_before,
        staff_flags=(after.is_staff, after.is_superuser) != flags_before,
    )


def _change_roles(
    authority: Authority, user: User, roles: Collection[Role], actor: Actor, now: datetime
) -> None:
    held = set(user.roles.all())
    if user.id == actor.sub:
        validate_own_roles(held, roles)
    authority.require_grantable(held ^ set(roles))
    validate_in_force(set(roles) - held)
    _set_roles(user, roles, actor, now)


def _held(user_id: UUID) -> set[Role]:
    """Return the roles of a person, which nobody else changes until the transaction ends."""
    User.objects.select_for_update().filter(pk=user_id).values_list("pk").first()
    return set(Role.objects.filter(holders=user_id))


def _set_roles(user: User, roles: Collection[Role], actor: Actor, now: datetime) -> None:
    held = set(user.roles.all())
    wanted = set(roles)
    if held == wanted:
        return
    user.roles.set(wanted)
    for type_, changed in (
        (EventType.ROLE_ASSIGNED, wanted - held),
        (EventType.ROLE_UNASSIGNED, held - wanted),
    ):
        for role in sorted(changed, key=lambda role: role.code):
            record_event(
                type=type_, actor=actor, subject=user.as_audit_subject(), now=now, facts={"role": role.code}
            )


def _record_departure(before: User, changes: Changes, actor: Actor, now: datetime) -> Changes:
    """Tell the tenant that a person leaves, without a code of another; return what the new one is told."""
    left, came = sides_of_move(changes, "tenant", "department")
    if left:
        _record(EventType.USER_CHANGED, before, actor, now, left)
    return came


def _record_changes(user: User, changes: Changes, actor: Actor, now: datetime) -> None:
    if not changes:
        return
    others = {name: change for name, change in changes.items() if name != "is_active"}
    if others:
        _record(EventType.USER_CHANGED, user, actor, now, others)
    if "is_active" in changes:
        type_ = EventType.USER_REACTIVATED if user.is_active else EventType.USER_DEACTIVATED
        _record(type_, user, actor, now, {"is_active": changes["is_active"]})
        if not user.is_active:
            end_refresh_sessions(user=user, reason=EndReason.DEACTIVATED, actor=actor, now=now)
        else:
            # Whoever was deactivated by another way than this still has a browser signed in.
            BrowserSessionMarker.objects.renew_for([user.pk])


def _record(type_: EventType, user: User, actor: Actor, now: datetime, changes: Changes) -> None:
    record_event(type=type_, actor=actor, subject=user.as_audit_subject(), now=now, changes=changes)
