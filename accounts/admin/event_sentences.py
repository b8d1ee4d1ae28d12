"""Who did what to whom, as a sentence of each type of event."""

from typing import Final

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from accounts.admin.event_words import words_of
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent

_T = EventType
_SENTENCES: Final[dict[EventType, Promise]] = {
    _T.USER_CREATED: _("{actor} created the account of {subject}"),
    _T.USER_CHANGED: _("{actor} changed the account of {subject}"),
    _T.USER_DEACTIVATED: _("{actor} deactivated {subject}"),
    _T.USER_REACTIVATED: _("{actor} reactivated {subject}"),
    _T.USER_DELETED: _("{actor} deleted {subject}"),
    _T.ROLE_ASSIGNED: _("{actor} gave the role {role} to {subject}"),
    _T.ROLE_UNASSIGNED: _("{actor} took the role {role} away from {subject}"),
    _T.PASSWORD_CHANGED: _("{actor} changed the password of {subject}"),
    _T.PASSWORD_SET: _("{actor} set the password of {subject}"),
    _T.PASSWORD_RESET_REQUESTED: _("{actor} asked for a mail to reset the password of {subject}"),
    _T.PASSWORD_RESET: _("{actor} set the password of {subject} by the link in a mail"),
    _T.INVITATION_SENT: _("{actor} invited {subject} to choose a password"),
    _T.EMAIL_CHANGE_REQUESTED: _("{actor} asked to change the address of {subject}"),
    _T.EMAIL_CHANGE_CONFIRMED: _("{actor} confirmed another address of {subject}"),
    _T.CREDENTIALS_REJECTED: _("{actor} tried to log in as {subject}, and was refused"),
    _T.LIMIT_REACHED: _("{actor} reached a limit of attempts at {subject}"),
    _T.LIMIT_LIFTED: _("{actor} had the failed attempts of {subject} forgotten"),
    _T.ROLE_CREATED: _("{actor} created the role {subject}"),
    _T.ROLE_CHANGED: _("{actor} changed the role {subject}"),
    _T.ROLE_RETIRED: _("{actor} retired the role {subject}"),
    _T.ROLE_RESTORED: _("{actor} restored the role {subject}"),
    _T.DEPARTMENT_CREATED: _("{actor} created the department {subject}"),
    _T.DEPARTMENT_CHANGED: _("{actor} changed the department {subject}"),
    _T.DEPARTMENT_RETIRED: _("{actor} retired the department {subject}"),
    _T.DEPARTMENT_RESTORED: _("{actor} restored the department {subject}"),
    _T.TENANT_CREATED: _("{actor} created the tenant {subject}"),
    _T.TENANT_CHANGED: _("{actor} changed the tenant {subject}"),
    _T.TENANT_RETIRED: _("{actor} retired the tenant {subject}"),
    _T.TENANT_RESTORED: _("{actor} restored the tenant {subject}"),
    _T.AUDIENCE_CREATED: _("{actor} created the audience {subject}"),
    _T.AUDIENCE_CHANGED: _("{actor} changed the audience {subject}"),
    _T.AUDIENCE_RETIRED: _("{actor} retired the audience {subject}"),
    _T.AUDIENCE_RESTORED: _("{actor} restored the audience {subject}"),
    _T.CLAIM_CONTRACT_CHANGED: _("{actor} changed the claim contract of {subject}"),
    _T.AUDIENCE_CREDENTIAL_CREATED: _("{actor} made a credential for {subject}"),
    _T.AUDIENCE_CREDENTIAL_ENDED: _("{actor} ended a credential of {subject}"),
    _T.ENCRYPTION_KEY_REGISTERED: _("{actor} gave {subject} a key that its tokens are encrypted to"),
    _T.ENCRYPTION_KEY_REVOKED: _("{actor} revoked an encryption key of {subject}"),
    _T.ENCRYPTION_KEY_RESEALED: _("{actor} encrypted a key of {subject} anew at rest"),
    _T.SIGNING_KEY_CREATED: _("{actor} made the signing key {subject}"),
    _T.SIGNING_KEY_PROMOTED: _("{actor} had tokens signed with the key {subject}"),
    _T.SIGNING_KEY_TAKEN_BACK: _("{actor} had tokens signed with the key {subject} again"),
    _T.SIGNING_KEY_RETIRED: _("{actor} took the signing key {subject} out of the JWK Set"),
    _T.SIGNING_KEY_REVOKED: _("{actor} revoked the signing key {subject}"),
    _T.SIGNING_KEY_RESEALED: _("{actor} encrypted the signing key {subject} anew at rest"),
    _T.REFRESH_SESSION_STARTED: _("{subject} logged in"),
    _T.REFRESH_SESSION_ENDED: _("{actor} ended sessions of {subject}"),
    _T.REFRESH_SESSION_REUSED: _("A refresh token of {subject} was used again: the session ended"),
    _T.REFRESH_SESSION_RETRIED_LATE: _("A device of {subject} repeated a refresh late"),
    _T.REFRESH_SESSION_MOVED_AHEAD: _("A session of {subject} moved ahead after a restored backup"),
    _T.BROWSER_SESSION_STARTED: _("{subject} signed in by browser"),
    _T.BROWSER_SESSION_ENDED: _("{actor} signed {subject} out of every browser"),
    _T.DEVICE_FIRST_SEEN: _("{subject} logged in on a new device"),
    _T.BROWSER_SESSION_CONFIRMED: _("{subject} typed the password again for a dangerous change"),
    _T.TOKEN_INSPECTED: _("{actor} looked at a token of {subject}"),
    _T.AUDIT_LOG_EXPORTED: _("{actor} exported audit events"),
    _T.AUDIT_LOG_DROPPED: _("{actor} dropped exported audit events"),
    _T.SAMPLE_ORGANISATION_CREATED: _("{actor} created the sample organisation"),
}
#: How an event looks: good, to be watched, bad; anything else is quiet.
_TONES: Final[dict[str, tuple[EventType, ...]]] = {
    "is-good": (
        _T.USER_CREATED,
        _T.USER_REACTIVATED,
        _T.ROLE_ASSIGNED,
        _T.ROLE_CREATED,
        _T.ROLE_RESTORED,
        _T.DEPARTMENT_CREATED,
        _T.DEPARTMENT_RESTORED,
        _T.TENANT_CREATED,
        _T.TENANT_RESTORED,
        _T.AUDIENCE_CREATED,
        _T.AUDIENCE_RESTORED,
        _T.AUDIENCE_CREDENTIAL_CREATED,
        _T.ENCRYPTION_KEY_REGISTERED,
        _T.SIGNING_KEY_CREATED,
        _T.SIGNING_KEY_PROMOTED,
        _T.REFRESH_SESSION_STARTED,
        _T.BROWSER_SESSION_STARTED,
        _T.LIMIT_LIFTED,
    ),
    "is-warn": (
        _T.USER_DEACTIVATED,
        _T.ROLE_UNASSIGNED,
        _T.ROLE_RETIRED,
        _T.DEPARTMENT_RETIRED,
        _T.TENANT_RETIRED,
        _T.AUDIENCE_RETIRED,
        _T.AUDIENCE_CREDENTIAL_ENDED,
        _T.CLAIM_CONTRACT_CHANGED,
        _T.SIGNING_KEY_TAKEN_BACK,
        _T.CREDENTIALS_REJECTED,
        _T.REFRESH_SESSION_ENDED,
        _T.REFRESH_SESSION_RETRIED_LATE,
        _T.REFRESH_SESSION_MOVED_AHEAD,
        _T.DEVICE_FIRST_SEEN,
        _T.TOKEN_INSPECTED,
        _T.PASSWORD_SET,
        _T.PASSWORD_RESET,
    ),
    "is-bad": (
        _T.USER_DELETED,
        _T.LIMIT_REACHED,
        _T.REFRESH_SESSION_REUSED,
        _T.SIGNING_KEY_REVOKED,
        _T.ENCRYPTION_KEY_REVOKED,
        _T.AUDIT_LOG_DROPPED,
    ),
}
_TONE_OF: Final = {str(type_): tone for tone, types in _TONES.items() for type_ in types}


def tone_of(type_: str) -> str:
    """Return the class of the badge."""
    return _TONE_OF.get(type_, "is-quiet")


def sentence_of(event: AuditEvent) -> SafeString:
    """Return the sentence, with names set apart; the bare type and subject where there is none for it."""
    try:
        sentence = str(_SENTENCES[EventType(event.type)])
    except (KeyError, ValueError):
        return format_html("{}: {}", words_of(event.type), _name(event.subject_label or event.subject_id))
    return format_html(
        sentence,
        actor=_name(actor_of(event)),
        subject=_name(event.subject_label or event.subject_id),
        role=_name(str(event.facts.get("role", ""))),
    )


def actor_of(event: AuditEvent) -> str:
    """Return who did it, by the name of then."""
    if not event.actor_label:
        return _now_("Somebody")
    if event.actor_sub is None:
        return _now_("The system (%s)") % event.actor_label
    return event.actor_label


def _name(text: str) -> SafeString:
    return format_html("<b>{}</b>", text)
