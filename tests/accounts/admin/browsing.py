"""What a browser does in the admin: reads a form, changes some fields, and sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.audit.models import AuditEvent
from tests.factories import RoleFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model

    from accounts.models import Tenant, User


def signed_in(user: User) -> Client:
    """Return the browser of ``user``."""
    client = Client()
    client.force_login(user)
    return client


def superuser(**fields: Any) -> User:
    """Return an administrator who may do everything."""
    return UserFactory.create(is_staff=True, is_superuser=True, **fields)


def clerk(*codenames: str, tenant: Tenant | None = None, holds_admin: bool = False) -> User:
    """Return staff whose one role carries these permissions."""
    user = UserFactory.create(is_staff=True, tenant=tenant)
    role = RoleFactory.create(code=f"clerk-{user.pk.hex[:8]}")
    role.permissions.set(Permission.objects.filter(codename__in=codenames))
    user.roles.set([role, RoleFactory.create(code="admin")] if holds_admin else [role])
    return user


def list_url(model: type[Model] | Model) -> str:
    """Return the address of a list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def add_url(model: type[Model]) -> str:
    """Return the address of the form for a new row."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def page_url(row: Model, page: str = "change") -> str:
    """Return the address of a page of one row."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


def form_values(response: Any) -> dict[str, Any]:
    """Return what a browser would send back of the form that it was shown."""
    values = _values_of(response.context["adminform"].form)
    for inline in response.context["inline_admin_formsets"]:
        values |= _values_of(inline.formset.management_form)
        for form in inline.formset.forms:
            values |= _values_of(form)
    return values


def _values_of(form: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if callable(value):
            value = value()
        if value is None or value is False:
            continue
        values[bound.html_name] = "on" if value is True else value
    return values


def save(client: Client, url: str, *without: str, **changes: Any) -> Any:
    """Open a form, change some fields, leave out some, and send it."""
    values = form_values(client.get(url)) | changes
    return send(client, url, {name: value for name, value in values.items() if name not in without})


def send(client: Client, url: str, values: dict[str, Any], **how: Any) -> Any:
    """Send a form, and confirm what it does where a page tells that first; return the last answer."""
    answer = client.post(url, values, **how)
    return client.post(url, seen(answer), **how) if shows_impact(answer) else answer


def shows_impact(answer: Any) -> bool:
    """Tell whether an answer is the page that tells what a change does, before it is made."""
    return answer.status_code == 200 and "impact" in (answer.context or {})


def seen(answer: Any) -> dict[str, Any]:
    """Return what that page sends: all that was submitted, why, and what the person has seen."""
    typed = {answer.context["why_field"]: answer.context["why"]}
    return hidden_fields(answer) | typed | {"impact_seen": answer.context["impact"].digest}


def hidden_fields(answer: Any) -> dict[str, Any]:
    """Return what a page between a form and its saving carries along."""
    hidden: dict[str, list[str]] = {}
    for name, value in answer.context["submitted"]:
        assert f'<input type="hidden" name="{name}"' in answer.content.decode()
        hidden.setdefault(name, []).append(value)
    return hidden


def act_on(client: Client, rows: Iterable[Model], action: str, **chosen: Any) -> Any:
    """Select rows of a list, choose an action, and confirm it; return the last answer."""
    rows = list(rows)
    selected: dict[str, Any] = {"action": action, ACTION_CHECKBOX_NAME: [str(row.pk) for row in rows]}
    asked = client.post(list_url(rows[0]), selected | {"index": "0"})
    if asked.status_code != 200 or "form" not in asked.context:
        return asked
    hidden = {"expected": asked.context["form"]["expected"].value(), "confirmed": "yes", "select_across": "0"}
    return send(client, list_url(rows[0]), selected | hidden | chosen)


def event_types(*, but: Iterable[str] = ("browser_session.started", "signing_key.created")) -> list[str]:
    """Return the types of all events, oldest first."""
    return list(AuditEvent.objects.exclude(type__in=but).order_by("id").values_list("type", flat=True))
