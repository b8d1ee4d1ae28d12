"""What pages call addresses and fields: for people, in their language, beside the names of the contract."""

from dataclasses import dataclass
from typing import Any

from django.urls import ResolverMatch
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Words:
    """A title, and a sentence that says what the address is for."""

    title: Promise
    sentence: Promise


#: By the name of the route. A viewset needs no row: its model has a name already, and a sentence below.
ROUTES = {
    "root": Words(_("API"), _("Where everything begins.")),
    "login": Words(
        _("Log in"),
        _("E-mail and password for a token, which carries the claims of the audience's contract."),
    ),
    "refresh": Words(_("Refresh"), _("A refresh token for its successor and a token with fresh claims.")),
    "logout": Words(_("Log out"), _("Ends the session of a refresh token, or of the bearer token.")),
    "sessions": Words(_("My devices"), _("Your live sessions. Deleting ends all but the one that asks.")),
    "session": Words(_("One device"), _("One of your live sessions. Deleting ends it.")),
    "password": Words(_("My password"), _("Changing it ends all other sessions.")),
    "password-reset": Words(
        _("Reset a password"), _("Mails a link to set a password, if there is such an account.")
    ),
    "password-reset-confirm": Words(
        _("Set a password by a mail"), _("The token of the mail and a new password; all sessions end.")
    ),
    "email-change": Words(
        _("My e-mail"), _("Another address takes effect when the old and the new one have confirmed it.")
    ),
    "email-confirm": Words(
        _("Confirm another e-mail"), _("The token of one of the two mails; the second one makes the change.")
    ),
    "token-content": Words(_("My token"), _("What your token says: identity, header and claims.")),
    "user-data": Words(
        _("User data"), _("The department and the roles that the token says; for the role admin only.")
    ),
    "me": Words(_("My profile"), _("Your name, language and UI preferences, as the directory has them now.")),
    "introspect": Words(
        _("Introspect a token"), _("Tells an audience whether a token is good for it, and what it says.")
    ),
    "revoke": Words(_("Revoke a token"), _("Ends the session of a refresh token, or of an access token.")),
    "token_obtain_pair": Words(_("Obtain a pair of tokens"), _("simplejwt's conventional login.")),
    "token_refresh": Words(_("Refresh a pair of tokens"), _("simplejwt's conventional refresh.")),
    "token_verify": Words(_("Verify a token"), _("Tells whether a token is accepted.")),
    "token_blacklist": Words(_("End a session"), _("simplejwt's conventional logout, by refresh token.")),
}

#: By the name of a viewset's model, and by its further actions.
_SENTENCES = {
    "user": _("People: administrators see and change those of their tenant, and everybody reads themselves."),
    "role": _("Roles belong to everybody: people of a tenant read them, others also write them."),
    "department": _("Departments, each below its parent."),
    "tenant": _("Tenants: people of one see it alone; retiring one ends the sessions of its people."),
    "audience": _("Audiences belong to everybody: people of a tenant read them, others also write them."),
    "auditevent": _("Who did what to whom, from where and when; the newest first."),
    "retire": _("Takes it out of force: no token says it any more, and nobody else gets it."),
    "restore": _("Puts it in force again."),
    "invite": _("Mails the person a link to choose their password; older links are void."),
}

#: What deleting does, by the name of the model; routes say it in their own sentence.
_DELETIONS = {
    "user": _(
        "The account and all its sessions go; what the audit log says of it stays. This cannot be undone."
    ),
}

#: What people call a field, by its name in the contract.
LABELS = {
    "open_to_roles": _("open to roles"),
    "open_to_departments": _("open to departments"),
    "open_to_tenants": _("open to tenants"),
    "access_lifetime": _("access token lifetime"),
    "audience": _("audience"),
    "claims": _("claims"),
    "client_id": _("client"),
    "code": _("code"),
    "created_at": _("creation date"),
    "current_password": _("current password"),
    "department": _("department"),
    "description": _("description"),
    "device": _("device"),
    "email": _("e-mail"),
    "encryption_key": _("encryption key"),
    "id": _("id"),
    "label": _("label"),
    "locale": _("language"),
    "name": _("name"),
    "new_email": _("new e-mail"),
    "new_password": _("new password"),
    "parent": _("parent"),
    "password": _("password"),
    "platform": _("platform"),
    "refresh": _("refresh token"),
    "roles": _("roles"),
    "special_permissions": _("special permissions"),
    "tenant": _("tenant"),
    "token": _("token"),
    "ui_preferences": _("UI preferences"),
}


def label_of(name: str, otherwise: str) -> str:
    """Return what people call a field; ``otherwise`` is what the serializer calls it."""
    return capfirst(str(LABELS.get(name, otherwise)))


def title_of(match: ResolverMatch | None, otherwise: str) -> str:
    """Return what people call an address; a viewset's is called by its model."""
    if match is None:
        return otherwise
    if match.view_name in ROUTES:
        return str(ROUTES[match.view_name].title)
    suffix = getattr(match.func, "initkwargs", {}).get("suffix")
    meta = _model_of(match)
    if meta is not None and suffix in {"List", "Instance"}:
        return capfirst(str(meta.verbose_name_plural if suffix == "List" else meta.verbose_name))
    return otherwise


def sentence_of(match: ResolverMatch | None) -> str:
    """Return what an address is for, where it has words of its own."""
    if match is None:
        return ""
    if match.view_name in ROUTES:
        return str(ROUTES[match.view_name].sentence)
    kind, _dash, action = (match.url_name or "").partition("-")
    sentence = _SENTENCES.get(action) or _SENTENCES.get(kind)
    return str(sentence or "")


def deletion_of(match: ResolverMatch | None) -> str:
    """Return what deleting at an address does."""
    if match is not None and match.view_name in ROUTES:
        return sentence_of(match)
    kind = (match.url_name or "").partition("-")[0] if match else ""
    return str(_DELETIONS.get(kind) or gettext("This cannot be undone."))


def _model_of(match: ResolverMatch) -> Any:
    view = getattr(match.func, "cls", None)
    queryset = getattr(view, "queryset", None)
    return queryset.model._meta if queryset is not None else None
