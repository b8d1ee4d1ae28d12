"""The actions that move signing keys from state to state, each with a page that says what will happen."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import Act, is_tenant_staff
from accounts.admin.bulk_changes import BulkChange, BulkForm, run_bulk_change
from accounts.admin.service_admin import ServiceModelAdmin
from accounts.admin.signing_keys.words import (
    told_of_promotion,
    told_of_retirement,
    told_of_revocation,
    told_of_taking_back,
)
from accounts.authority import authority_of
from accounts.keys.revocation import revoke_key
from accounts.keys.services import promote_next_key, retire_key, take_back_key

_Change = Callable[[Any, dict[str, Any], Act], bool]


class PromotionForm(BulkForm):
    """The emergency: to sign with a key that verifiers may not know."""

    although_unpublished = forms.BooleanField(
        label=_("Emergency: at once"),
        required=False,
        help_text=_(
            "Also with a key that has not been published for long enough. Services that keep a JWK Set"
            " fetched before refuse the new tokens until they fetch it again."
        ),
    )


class MovedKeysAdmin(ServiceModelAdmin):
    """The four actions; staff of a tenant have none of them."""

    actions = ("promote_selected", "take_back_selected", "retire_selected", "revoke_selected")

    def has_rotate_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may move keys from state to state."""
        return not is_tenant_staff(request) and request.user.has_perm("keys.change_signingkey")

    @admin.action(description=_("Sign with it from now on"), permissions=["rotate"])
    def promote_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Promote the selected keys."""

        def promote(row: Any, chosen: dict[str, Any], act: Act) -> bool:
            emergency = chosen["although_unpublished"]
            promote_next_key(kid=row.pk, actor=act.actor, now=act.now, although_unpublished=emergency)
            return True

        bulk = BulkChange(
            action="promote_selected",
            title=_("Sign with it from now on"),
            explanation=_("Tokens that exist stay good, and nobody has to log in. This can be taken back."),
            change_one=_permitted(promote),
            form_class=PromotionForm,
            told=told_of_promotion,
            is_dangerous=True,
        )
        return run_bulk_change(self, request, queryset, bulk)

    @admin.action(description=_("Take back: sign with it again"), permissions=["rotate"])
    def take_back_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Sign with the selected previous keys again."""

        def take_back(row: Any, _chosen: dict[str, Any], act: Act) -> bool:
            take_back_key(kid=row.pk, actor=act.actor, now=act.now)
            return True

        bulk = BulkChange(
            action="take_back_selected",
            title=_("Take back: sign with it again"),
            explanation=_("Tokens that exist stay good, and nobody has to log in."),
            change_one=_permitted(take_back),
            told=told_of_taking_back,
            is_dangerous=True,
        )
        return run_bulk_change(self, request, queryset, bulk)

    @admin.action(description=_("Retire"), permissions=["rotate"])
    def retire_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Take the selected keys out of the JWK Set."""

        def retire(row: Any, _chosen: dict[str, Any], act: Act) -> bool:
            return retire_key(kid=row.pk, actor=act.actor, now=act.now)

        bulk = BulkChange(
            action="retire_selected",
            title=_("Retire"),
            explanation=_(
                "No living token is lost: a key whose tokens may live is refused. This cannot be undone."
            ),
            change_one=_permitted(retire),
            told=told_of_retirement,
            is_dangerous=True,
        )
        return run_bulk_change(self, request, queryset, bulk)

    @admin.action(description=_("Emergency: revoke"), permissions=["rotate"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> TemplateResponse | None:
        """Revoke the selected keys."""

        def revoke(row: Any, _chosen: dict[str, Any], act: Act) -> bool:
            return revoke_key(kid=row.pk, actor=act.actor, now=act.now).was_usable

        bulk = BulkChange(
            action="revoke_selected",
            title=_("Emergency: revoke"),
            explanation=_(
                "For a key that somebody else may have. Apps refresh their tokens on their own and nobody has"
                " to log in; services that verify by themselves go on accepting the old tokens until they"
                " fetch the JWK Set or the change log again. This cannot be undone."
            ),
            change_one=_permitted(revoke),
            told=told_of_revocation,
            is_dangerous=True,
        )
        return run_bulk_change(self, request, queryset, bulk)


def _permitted(change: _Change) -> _Change:
    """Return a change of one key that first asks, in its transaction, whether the person may make it."""

    def permitted(row: Any, chosen: dict[str, Any], act: Act) -> bool:
        authority_of(act.actor).require_global()
        return change(row, chosen, act)

    return permitted
