"""The list and the pages of signing keys, and the form that prepares one; the private half is never read."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.admin.acts import Act
from accounts.admin.history import events_about
from accounts.admin.service_form import ServiceForm
from accounts.admin.signing_keys.actions import MovedKeysAdmin
from accounts.admin.signing_keys.lives import EVERY_DAYS, TONES, drawn_key, lives
from accounts.admin.signing_keys.words import STATE_WORDS, audiences_by_algorithm, audiences_of, what_comes
from accounts.audit.models import AuditEvent
from accounts.authority import authority_of
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.services import prepare_next_key


class NextKeyForm(ServiceForm):
    """What a next key is for."""

    class Meta:
        model = SigningKey
        fields = ("algorithm",)
        help_texts: ClassVar = {
            "algorithm": _(
                "A new key of it is made and published at once, as the next one. It signs when it takes the"
                " place of the current one."
            )
        }


@admin.register(SigningKey)
class SigningKeyAdmin(MovedKeysAdmin):
    """Signing keys; staff of a tenant only look at them."""

    audit_kind = "signing_key"
    form = NextKeyForm
    written_once = ("algorithm",)
    fields = (
        "kid",
        "algorithm",
        "meaning",
        "coming",
        "audiences",
        "published_at",
        "state_changed_at",
        "signed_until",
        "created_at",
        "sealed_with",
        "public_jwk",
    )
    readonly_fields = tuple(name for name in fields if name != "algorithm")
    list_display = ("short_kid", "algorithm", "state_badge", "coming", "audiences", "since")
    list_filter = ("state", "algorithm")
    search_fields = ("kid",)
    ordering = ("algorithm", "-published_at")

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what is asked for, and what the key is once there is one."""
        return ("algorithm",) if obj is None else self.fields

    @override
    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Read once which audiences use which algorithm."""
        codes = audiences_by_algorithm()
        for key in rows:
            key.audience_codes = codes.get(key.algorithm, [])

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the keys without their private half."""
        return super().get_queryset(request).defer("sealed_private_jwk")

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to search the private half: answers would tell it bit by bit."""
        return not lookup.startswith("sealed") and super().lookup_allowed(lookup, value, request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: no form changes a key, only actions do."""
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a revoked key stays, so that it is never accepted again."""
        return False

    @override
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the life of the keys above their list, to whoever may see them."""
        shown: dict[str, Any] = {
            "lives": lives(now=timezone.now()) if self.has_view_permission(request) else [],
            "may_rotate": self.has_rotate_permission(request),
            "every_days": EVERY_DAYS,
        }
        return super().changelist_view(request, {**(extra_context or {}), **shown})

    @override
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show where the key stands, and what can be done, above all that there is."""
        key = self.get_object(request, unquote(object_id)) if self.has_view_permission(request) else None
        shown: dict[str, Any] = {}
        if key is not None:
            shown = {
                "title": capfirst(str(self.opts.verbose_name)),
                "subtitle": f"{key.algorithm} {self.short_kid(key)}",
                "drawn": drawn_key(key, now=timezone.now()),
                "tone": TONES[key.state],
                "may_rotate": self.has_rotate_permission(request),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    @admin.display(description=_("kid"), ordering="kid")
    def short_kid(self, obj: Any) -> str:
        """Return the beginning, which tells keys apart: the whole is on the key's page."""
        return f"{obj.kid[:12]}…"

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, obj: Any) -> SafeString:
        """Return the state as a badge."""
        return format_html('<span class="badge {}">{}</span>', TONES[obj.state], obj.get_state_display())

    @admin.display(description=_("in this state since"), ordering="state_changed_at")
    def since(self, obj: Any) -> str:
        """Return the moment, short enough for one line."""
        return date_format(timezone.localtime(obj.state_changed_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("state"))
    def meaning(self, obj: Any) -> Any:
        """Return what the state means."""
        return STATE_WORDS[KeyState(obj.state)]

    @admin.display(description=_("what comes"))
    def coming(self, obj: Any) -> str:
        """Return when the key may sign, or go."""
        return what_comes(obj) or "—"

    @admin.display(description=_("audiences"))
    def audiences(self, obj: Any) -> str:
        """Return whose tokens the key signs, or would."""
        codes = getattr(obj, "audience_codes", None)
        return ", ".join(audiences_of(obj.algorithm) if codes is None else codes) or "—"

    @override
    def create_by_service(self, *, chosen: dict[str, Any], instance: Any, act: Act) -> Model:
        """Prepare a next key."""
        authority_of(act.actor).require_global()
        algorithm = SigningAlgorithm(chosen["algorithm"])
        return prepare_next_key(algorithm=algorithm, actor=act.actor, now=act.now)

    @override
    def events_of(self, obj: Any) -> QuerySet[AuditEvent]:
        """Return what happened to the key, and which other took its place."""
        return events_about(kind="signing_key", pk=obj.pk) | AuditEvent.objects.filter(
            Q(subject_kind="signing_key", facts__instead_of=obj.pk)
        )
