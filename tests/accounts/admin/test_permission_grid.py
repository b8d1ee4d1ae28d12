"""A role's admin permissions are a grid of checkboxes, in the reader's language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import translation

from accounts.models import User
from tests.accounts.admin.browsing import add_url, page_url, save
from tests.factories import RoleFactory

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import Role


def codenames(role: Role) -> set[str]:
    return set(role.permissions.values_list("codename", flat=True))


def test_grid_shows_and_saves_what_a_role_may(boss: Client) -> None:
    role: Role = RoleFactory.create()
    role.permissions.set(Permission.objects.filter(codename__in=("view_user", "change_user")))
    given = Permission.objects.get(codename="view_role")

    html = boss.get(page_url(role)).content.decode()
    save(boss, page_url(role), permissions=[given.pk])

    for name in ("Users: See", "Users: Change"):
        cell = html[html.index(f'aria-label="{name}"') :]
        assert " checked>" in cell[: cell.index(">") + 1]
    assert html.count(" checked>") == 2
    assert codenames(role) == {"view_role"}


def test_grid_speaks_spanish(boss: Client) -> None:
    with translation.override("es"):
        html = boss.get(add_url(RoleFactory._meta.model), headers={"accept-language": "es"}).content.decode()

    assert 'aria-label="Usuarios: Ver"' in html
    assert "Can view" not in html


def test_permission_given_by_other_ways_is_kept(boss: Client) -> None:
    role: Role = RoleFactory.create()
    other = Permission.objects.get(codename="add_permission")
    role.permissions.add(other)

    html = boss.get(page_url(role)).content.decode()
    save(boss, page_url(role), label="Renamed")

    assert "Permissions: Add" in html
    assert codenames(role) == {"add_permission"}


def test_no_permission_hides_another(boss: Client) -> None:
    """What has no checkbox of its own would be taken away by saving."""
    role: Role = RoleFactory.create()
    # A kind that is called “sessions” as ours is, and a permission that only begins as one of Django's four.
    of_browsers = Permission.objects.get(content_type__app_label="sessions", codename="view_session")
    of_deployment = Permission.objects.create(
        codename="change_photo",
        name="Can change photos",
        content_type=ContentType.objects.get_for_model(User),
    )
    ours = Permission.objects.filter(codename__in=("view_refreshsession", "change_user"))
    role.permissions.set([of_browsers, of_deployment, *ours])

    html = boss.get(page_url(role)).content.decode()

    for permission in role.permissions.all():
        assert len(re.findall(rf'name="permissions" value="{permission.pk}"[^>]* checked', html)) == 1
