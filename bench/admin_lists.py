"""What the admin's pages cost with many rows: ``.venv/bin/python -m bench.admin_lists``.

Of a load of its own, small and then ten times as large. With the word ``ready``: of the database of
``DATABASE_URL`` as it is, filled by ``manage.py create_load``. Other words choose pages by their names.
"""

import os
import sys
import time
from collections.abc import Iterator

IS_READY = "ready" in sys.argv[1:]
os.environ["DJANGO_SETTINGS_MODULE"] = "authsite.settings" if IS_READY else "tests.settings"

import django

django.setup()

from django.conf import settings
from django.contrib.admin import site
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases
from django.urls import reverse
from django.utils import timezone

from accounts.audiences.models import Audience
from accounts.audit.models import AuditEvent
from accounts.management.load.services import LoadSize, create_load
from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.models import RefreshSession

SMALL = LoadSize(people=2_000, sessions=6_000, events=20_000)
LARGE = LoadSize(people=20_000, sessions=60_000, events=200_000)
RUNS = 3
#: In milliseconds: beyond it a line is marked.
GOAL = 200
#: A page's queries, its milliseconds, and those of its slowest statement.
Cost = tuple[int, float, float]


def list_of(model: type[Model]) -> str:
    """Return the address of a list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def pages() -> Iterator[tuple[str, str]]:
    """Yield what each page is called, and its address."""
    yield from lists()
    yield from (
        (f"users: {name}", list_of(User) + query)
        for name, query in (
            ("active", "?is_active__exact=1"),
            ("staff", "?is_staff__exact=1"),
            ("tenant, of the largest", f"?tenant__id__exact={biggest('tenant')}"),
            ("department", f"?department__id__exact={biggest('department')}"),
            ("role, the most held", f"?roles__id__exact={Role.objects.order_by('pk')[4].pk}"),
            ("role, hardly held", f"?roles__id__exact={rare_role()}"),
            ("search, common", "?q=garcia"),
            ("search, rare", f"?q={person().email}"),
            ("search, of two words", f"?q={'+'.join(person().name.split()[:2])}"),
            ("search, nobody", "?q=zzyzx"),
            ("search in a tenant", f"?tenant__id__exact={biggest('tenant')}&q=lopez"),
        )
    )
    yield from (
        (f"sessions: {name}", list_of(RefreshSession) + query)
        for name, query in (
            ("live", "?state=live"),
            ("ended", "?state=ended"),
            ("expired", "?state=expired"),
            ("ended for reuse", "?reason=reuse"),
            ("logged out", "?reason=logout"),
            ("search, common", "?q=garcia"),
            ("search, rare", f"?q={person().email}"),
            ("search, nobody", "?q=zzyzx"),
            ("a month", "?" + month_of("last_used_at")),
            ("a day", "?" + day_of("last_used_at")),
        )
    )
    yield from (
        (f"events: {name}", list_of(AuditEvent) + query)
        for name, query in (
            ("failures", "?type=credentials.rejected"),
            ("a rare type", "?type=token.inspected"),
            ("a type of nothing", "?type=tenant.retired"),
            ("about people", "?kind=user"),
            ("about roles", "?kind=role"),
            ("search, common", "?q=garcia"),
            ("search, rare", f"?q={person().email}"),
            ("search, nobody", "?q=zzyzx"),
            ("search, a whole id", f"?q={person().pk}"),
            ("a month", "?" + month_of("at")),
            ("a day", "?" + day_of("at")),
            ("a day's failures", "?type=credentials.rejected&" + day_of("at")),
        )
    )
    yield from others()


def lists() -> Iterator[tuple[str, str]]:
    """Yield of every list its first page, a late one, and each order that its columns offer."""
    for model in (User, RefreshSession, AuditEvent, Role, Department, Tenant):
        name, url = str(model._meta.verbose_name_plural), list_of(model)
        yield f"{name}: first page", url
        if model in {User, RefreshSession, AuditEvent}:
            yield f"{name}: late page", f"{url}?p=150" if IS_READY else f"{url}?p=30"
        yield f"{name}: popup", f"{url}?_popup=1"
        model_admin = site.get_model_admin(model)
        shown = list(model_admin.list_display)
        fields = {field.name for field in model._meta.get_fields()}
        for number, column in enumerate(shown, start=1):
            ordered = column in fields or getattr(
                getattr(model_admin, str(column), None), "admin_order_field", None
            )
            if ordered and (model_admin.sortable_by is None or column in model_admin.sortable_by):
                yield f"{name}: by {column}", f"{url}?o={number}"
                yield f"{name}: by {column}, reversed", f"{url}?o=-{number}"


def others() -> Iterator[tuple[str, str]]:
    """Yield pages beside the lists."""
    busy = User.objects.get(pk=RefreshSession.objects.order_by("created_at")[0].user_id)
    for page in ("change", "roles", "token", "devices", "timeline", "history", "end_sessions"):
        yield f"person: {page}", reverse(f"admin:accounts_user_{page}", args=[busy.pk])
    code = str(Audience.objects.order_by("pk")[0].pk)
    for page in ("change", "access", "developers", "versions", "sessions", "history"):
        yield f"audience: {page}", reverse(f"admin:audiences_audience_{page}", args=[code])
    for model, key in ((Tenant, biggest("tenant")), (Department, biggest("department"))):
        name = str(model._meta.model_name)
        for page in ("change", "history", "retire"):
            yield f"{name}: {page}", reverse(f"admin:accounts_{name}_{page}", args=[key])
    for name, words in (("common", "garcia"), ("rare", busy.email), ("nobody", "zzyzx")):
        yield f"finder: {name}", f"{reverse('admin:find')}?q={words}"
    session = RefreshSession.objects.order_by("-last_used_at")[0]
    for page in ("change", "history"):
        yield f"session: {page}", reverse(f"admin:refresh_sessions_refreshsession_{page}", args=[session.pk])
    event = AuditEvent.objects.filter(subject_id=str(busy.pk)).order_by("-pk")[0]
    for page in ("change", "history"):
        yield f"event: {page}", reverse(f"admin:audit_auditevent_{page}", args=[event.pk])
    yield (
        "what they could do",
        reverse("admin:audit_auditevent_past_standing", args=[busy.pk]) + "?at=2026-11-01T10:00",
    )
    role = Role.objects.order_by("pk")[4]
    for page in ("change", "holders", "opens", "history", "retire"):
        yield f"role: {page}", reverse(f"admin:accounts_role_{page}", args=[role.pk])
    yield "near the budget", reverse("admin:near_budget")
    yield "index", reverse("admin:index")
    for field, app in (("department", "accounts"), ("roles", "accounts"), ("tenant", "accounts")):
        query = f"?app_label={app}&model_name=user&field_name={field}&term=o"
        yield f"autocomplete: {field}", reverse("admin:autocomplete") + query


def person() -> User:
    """Return somebody in the middle."""
    found: User = User.objects.order_by("created_at")[User.objects.count() // 2]
    return found


def biggest(field: str) -> int:
    """Return the tenant or the department of whoever came last and has one."""
    rows = User.objects.filter(**{f"{field}__isnull": False}).order_by("-created_at")
    return int(rows.values_list(field, flat=True)[0])


def rare_role() -> int:
    """Return a role that the staff of tenants hold."""
    return Role.objects.get(code="gestion-de-personal").pk


def month_of(field: str) -> str:
    """Return the month before now as the date hierarchy asks for it."""
    now = timezone.localtime()
    return f"{field}__year={now.year}&{field}__month={now.month}"


def day_of(field: str) -> str:
    """Return a day of this month, as ``month_of``."""
    return f"{month_of(field)}&{field}__day={timezone.localtime().day}"


def cost(client: Client, url: str) -> Cost:
    """Return what one page costs, of the fastest of some runs."""
    found: list[Cost] = []
    for _run in range(RUNS):
        begun = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(url, HTTP_HOST="localhost")
            answer.content  # noqa: B018 - rendered
        spent = (time.perf_counter() - begun) * 1000
        assert answer.status_code == 200, (url, answer.status_code)  # noqa: S101, PLR2004 - a benchmark
        slowest = max((float(query["time"]) * 1000 for query in captured), default=0.0)
        found.append((len(captured), spent, slowest))
        if spent > 20 * GOAL:
            break
    return min(found, key=lambda each: each[1])


def costs(words: list[str]) -> Iterator[tuple[str, Cost]]:
    """Yield what each page costs for an administrator."""
    boss = User.objects.filter(is_superuser=True).first() or User.objects.create(
        email="boss@example.com", name="Boss", is_staff=True, is_superuser=True
    )
    client = Client()
    client.force_login(boss)
    try:
        for name, url in pages():
            if not words or any(word in name for word in words):
                yield name, cost(client, url)
    finally:
        Session.objects.filter(pk=client.session.session_key).delete()


def of_ready_database(words: list[str]) -> None:
    """Print what the pages of a filled database cost."""
    counts = [
        f"{model.objects.count():,} {model._meta.verbose_name_plural}"
        for model in (User, RefreshSession, AuditEvent)
    ]
    print(f"{', '.join(counts)}, on {connection.vendor}")
    for name, (queries, spent, slowest) in costs(words):
        mark = "  over" if spent > GOAL else ""
        # SQLite finds rows while they are read: Django's clock has stopped by then.
        longest = "" if connection.vendor == "sqlite" else f"{slowest:>9,.0f} ms"
        print(f"  {name:<44}{queries:>4} queries{spent:>9,.0f} ms{longest}{mark}", flush=True)


def of_own_loads(words: list[str]) -> None:
    """Print what the pages of a small load and of one ten times as large cost, and the ratio."""
    found = []
    for size in (SMALL, LARGE):
        config = setup_databases(verbosity=0, interactive=False)
        try:
            create_load(size=size, seed=1, now=timezone.now(), told=lambda _what: None)
            found.append(dict(costs(words)))
        finally:
            teardown_databases(config, verbosity=0)
    small, large = found
    print(f"{LARGE.people:,} people instead of {SMALL.people:,}, and so on, on {connection.vendor}")
    for name, (queries, spent, _slowest) in large.items():
        few, before, _slow = small[name]
        same = "" if queries == few else f"  {few} queries before"
        print(f"  {name:<44}{queries:>4} queries{spent:>9,.0f} ms{spent / before:>8.1f} times{same}")


if __name__ == "__main__":
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost"]
    chosen = [word for word in sys.argv[1:] if word != "ready"]
    (of_ready_database if IS_READY else of_own_loads)(chosen)
