"""The pages of one audience beside its form: who is let in, its versions, credentials, sessions, a recipe."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import conf
from accounts.admin.acts import act_of, is_tenant_staff, staff_of
from accounts.admin.history import HistoryLine, events_about, history_line
from accounts.admin.row_head import FORM, HISTORY, Badge, RowHead, Tone, Way, links_to
from accounts.audiences.access import OPEN, people_let_in, read_access
from accounts.audiences.credentials import MOST_LIVE
from accounts.audiences.models import Audience, ContractVersion
from accounts.audit.event_types import EventType
from accounts.explanations.impact.people import may_log_in_now
from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from accounts.statistics.figures import read_figure
from accounts.statistics.models import EVERYBODY

if TYPE_CHECKING:
    from accounts.admin.audiences.audience_admin import AudienceAdmin

#: Versions and sessions on their tabs, the latest first.
VERSIONS_SHOWN: Final = 30
SESSIONS_SHOWN: Final = 10
MOST_COUNTED: Final = 10_000
TABS: Final = (
    Way(name=FORM, label=_("Settings")),
    Way(name="access", label=_("Access")),
    Way(name="versions", label=_("Versions")),
    Way(name="credentials", label=_("Keys and credentials")),
    Way(name="sessions", label=_("Sessions")),
    Way(name="developers", label=_("For developers")),
    Way(name=HISTORY, label=_("History")),
)
_RETIRE: Final = Way(name="retire", label=_("Retire"), icon="archive", is_dangerous=True)
_RESTORE: Final = Way(name="restore", label=_("Restore"), icon="archive-restore")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVersion:
    """A version of the contract, and what it says otherwise than the one before."""

    version: int
    at: datetime
    claims: int
    removed: tuple[str, ...]
    added: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]
    #: Who wrote it and why, where the reader may see events and one tells.
    line: HistoryLine | None
    is_first: bool


def head_of(page: "AudienceAdmin", request: HttpRequest, audience: Audience, *, current: str) -> RowHead:
    """Return what stands above every page of an audience: its name, code, badges, tabs and actions."""
    version = _now_("contract version %(version)d") % {"version": audience.contract_version}
    return RowHead(
        title=audience.label,
        note=f"{audience.code} · {version}",
        badges=tuple(_badges(request, audience)),
        tabs=links_to(page, request, audience, TABS, current=current),
        actions=links_to(page, request, audience, [_RESTORE if audience.retired_at else _RETIRE]),
    )


def _badges(request: HttpRequest, audience: Audience) -> Iterator[Badge]:
    if audience.retired_at is not None:
        yield Badge(label=_("retired"), tone=Tone.WARN)
    if audience.code == conf.own_audience():
        yield Badge(label=_("authsite's own API"), tone=Tone.ACCENT)
    if audience.is_encrypted:
        yield Badge(label=_("encrypted"), tone=Tone.GOOD)
    if request.user.has_perm("accounts.view_user") and (near := _near_budget(request, audience)):
        said = ngettext("%(count)d near the budget", "%(count)d near the budget", near) % {"count": near}
        yield Badge(label=said, tone=Tone.WARN)


def _near_budget(request: HttpRequest, audience: Audience) -> int:
    """Return how many people are near, as the overview found it the last time: it takes long. One query."""
    scope = staff_of(request).tenant_code or EVERYBODY
    found = read_figure("near_budget", scope=scope, now=act_of(request).now).value or []
    of_this = [each for each in found if each.get("audience") == audience.code]
    return sum(int(each.get("near", 0)) + int(each.get("over", 0)) for each in of_this)


def access_of(request: HttpRequest, audience: Audience) -> dict[str, Any]:
    """Return how many people may log in; the rules themselves not to staff of one tenant."""
    access = read_access(audience.code)
    people = may_log_in_now(User.objects.visible_to(staff_of(request)))
    total = people.count()
    # Where everybody is let in they are not counted twice: of a million, that takes a while.
    let_in = total if access == OPEN else people_let_in(access, people).count()
    kinds = (
        (_("roles"), access.roles),
        (_("departments"), access.departments),
        (_("tenants"), access.tenants),
    )
    return {
        "is_open": access == OPEN,
        "shows_rules": not is_tenant_staff(request),
        "rules": [(label, sorted(codes)) for label, codes in kinds],
        "let_in": let_in if audience.retired_at is None else 0,
        "people": total,
    }


def versions_of(request: HttpRequest, audience: Audience) -> dict[str, Any]:
    """Return the latest versions with what each changed. Two queries."""
    rows = list(audience.contract_versions.order_by("-version")[: VERSIONS_SHOWN + 1])
    events = {}
    if request.user.has_perm("audit.view_auditevent"):
        changed = (
            events_about(kind="audience", pk=audience.pk)
            .filter(type=EventType.CLAIM_CONTRACT_CHANGED)
            .visible_to(staff_of(request))
        )
        events = {event.facts.get("version"): event for event in changed[: 2 * VERSIONS_SHOWN]}
    older: list[ContractVersion | None] = [*rows[1:], None]
    return {
        "versions": [
            _version(row, before, events.get(row.version))
            for row, before in list(zip(rows, older, strict=True))[:VERSIONS_SHOWN]
        ],
        "are_more": len(rows) > VERSIONS_SHOWN,
        "schema_url": _address(reverse("claims", args=[audience.code])),
    }


def _version(row: ContractVersion, before: ContractVersion | None, event: Any) -> ShownVersion:
    new = {each["path"]: _as_text(each) for each in row.rows}
    old = {each["path"]: _as_text(each) for each in before.rows} if before else {}
    return ShownVersion(
        version=row.version,
        at=row.created_at,
        claims=len(new),
        removed=tuple(text for path, text in old.items() if path not in new),
        added=tuple(text for path, text in new.items() if path not in old),
        changed=tuple((old[path], text) for path, text in new.items() if path in old and old[path] != text),
        line=history_line(event) if event else None,
        is_first=before is None,
    )


def _as_text(row: dict[str, Any]) -> str:
    return f"{row['path']} ← {row['source']}" + ("" if row["required"] else f" ({_('optional')})")


def credentials_of(audience: Audience) -> dict[str, Any]:
    """Return the keys that tokens are encrypted to, and the credentials, live ones first. Two queries."""
    credentials = list(audience.credentials.order_by("-created_at"))
    live = [each for each in credentials if each.ended_at is None]
    return {
        "encryption_keys": list(audience.encryption_keys.defer("sealed_private_jwk").order_by("-created_at")),
        "credentials": live + [each for each in credentials if each.ended_at is not None],
        "live": len(live),
        "most_live": MOST_LIVE,
        # Since when two are accepted at once: the older one waits to be ended.
        "overlap_since": live[0].created_at if len(live) > 1 else None,
    }


def sessions_of(request: HttpRequest, audience: Audience) -> dict[str, Any]:
    """Return how many sessions are live, and the latest of those whom the reader sees. Two queries."""
    seen = RefreshSession.objects.visible_to(staff_of(request))
    live = seen.live(at=act_of(request).now).filter(audience=audience.code)
    return {
        # Nobody reads the difference between millions, and counting them all takes seconds.
        "live": min(counted := live.order_by()[: MOST_COUNTED + 1].count(), MOST_COUNTED),
        "are_more": counted > MOST_COUNTED,
        "latest": live.select_related("user").order_by("-last_used_at")[:SESSIONS_SHOWN],
    }


def recipe_of(audience: Audience) -> dict[str, Any]:
    """Return what a back-end developer needs to verify the audience's tokens."""
    return {
        "issuer": conf.issuer(),
        "jwks_url": _address(reverse("jwks")),
        "schema_url": _address(reverse("claims", args=[audience.code])),
    }


def _address(path: str) -> str:
    """Return a public address: below the issuer, whatever name this page was asked by."""
    return conf.issuer() + path
