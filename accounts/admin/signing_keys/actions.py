"""The actions that move signing keys from state to state, each with a page that says what will happen."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.action_forms import BulkForm
from accounts.admin.actions import bulk_action
from accounts.admin.acts import Act, is_tenant_staff
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

    @bulk_action(
        _("Sign with it from now on"),
        permissions=["rotate"],
        says=_("Tokens that exist stay good, and nobody has to log in. This can be taken back."),
        form_class=PromotionForm,
        told=told_of_promotion,
        asks_password=True,
    )
    def promote_selected(self, row: Any, chosen: dict[str, Any], act: Act) -> bool:
        """Promote the selected keys."""
        authority_of(act.actor).require_global()
        emergency = chosen["although_unpublished"]
        promote_next_key(kid=row.pk, actor=act.actor, now=act.now, although_unpublished=emergency)
        return True

    @bulk_action(
        _("Take back: sign with it again"),
        permissions=["rotate"],
        says=_("Tokens that exist stay good, and nobody has to log in."),
        told=told_of_taking_back,
        asks_password=True,
    )
    def take_back_selected(self, row: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """Sign with the selected previous keys again."""
        authority_of(act.actor).require_global()
        take_back_key(kid=row.pk, actor=act.actor, now=act.now)
        return True

    @bulk_action(
        _("Retire"),
        permissions=["rotate"],
        says=_("No living token is lost: a key whose tokens may live is refused. This cannot be undone."),
        told=told_of_retirement,
        asks_password=True,
    )
    def retire_selected(self, row: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """Take the selected keys out of the JWK Set."""
        authority_of(act.actor).require_global()
        return retire_key(kid=row.pk, actor=act.actor, now=act.now)

    @bulk_action(
        _("Emergency: revoke"),
        permissions=["rotate"],
        says=_(
            "For a key that somebody else may have. Apps refresh their tokens on their own and nobody has"
            " to log in; services that verify by themselves go on accepting the old tokens until they"
            " fetch the JWK Set or the change log again. This cannot be undone."
        ),
        told=told_of_revocation,
        asks_password=True,
    )
    def revoke_selected(self, row: Any, _chosen: dict[str, Any], act: Act) -> bool:
        """Revoke the selected keys."""
        authority_of(act.actor).require_global()
        return revoke_key(kid=row.pk, actor=act.actor, now=act.now).was_usable
