"""The sidebar of the admin: what there is, in groups, and only what its reader may open."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.admin.tokens import near_budget, pasted_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One entry; ``permissions`` are those of which every one is needed, ``icon`` a name of lucide.dev."""

    route: str
    label: str | Promise
    icon: str
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry as the sidebar shows it."""

    url: str
    label: str | Promise
    icon: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries that belong together."""

    title: str | Promise
    links: tuple[Link, ...]


def _list_of(model: str, label: str | Promise, icon: str) -> Page:
    app, name = model.split(".")
    return Page(
        route=f"admin:{app}_{name}_changelist", label=label, icon=icon, permissions=(f"{app}.view_{name}",)
    )


_PAGES: tuple[tuple[str | Promise, tuple[Page, ...]], ...] = (
    ("", (Page(route="admin:index", label=_("Overview"), icon="layout-dashboard"),)),
    (
        _("Directory"),
        (
            _list_of("accounts.user", _("Users"), "users"),
            _list_of("accounts.role", _("Roles"), "shield"),
            _list_of("accounts.department", _("Departments"), "network"),
            _list_of("accounts.tenant", _("Tenants"), "building-2"),
        ),
    ),
    (
        _("Audiences"),
        (
            _list_of("audiences.audience", _("Audiences"), "boxes"),
            _list_of("audiences.audiencecredential", _("Credentials"), "key-round"),
            _list_of("audiences.encryptionkey", _("Encryption keys"), "lock-keyhole"),
        ),
    ),
    (
        _("Security"),
        (
            _list_of("refresh_sessions.refreshsession", _("Sessions"), "monitor-smartphone"),
            _list_of("keys.signingkey", _("Signing keys"), "signature"),
            _list_of("audit.auditevent", _("Events"), "scroll-text"),
        ),
    ),
    (
        _("Tokens"),
        (
            Page(
                route="admin:pasted_token",
                label=_("Paste a token"),
                icon="clipboard-check",
                permissions=pasted_token.PERMISSIONS,
            ),
            Page(
                route="admin:near_budget",
                label=_("Near the token budget"),
                icon="gauge",
                permissions=near_budget.PERMISSIONS,
            ),
        ),
    ),
)


def navigation_of(request: HttpRequest) -> list[Group]:
    """Return the groups of which the person signed in may open something."""
    if not request.user.is_staff:
        return []
    groups = []
    for title, pages in _PAGES:
        links = [_link(page, request) for page in pages if request.user.has_perms(page.permissions)]
        if links:
            groups.append(Group(title=title, links=tuple(links)))
    return groups


def _link(page: Page, request: HttpRequest) -> Link:
    url = reverse(page.route)
    is_index = page.route == "admin:index"
    is_current = request.path == url if is_index else request.path.startswith(url)
    return Link(url=url, label=page.label, icon=page.icon, is_current=is_current)
