"""What happened, in words: the audit room's vocabulary for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.audit.event_types import EventType

EVENT_WORDS: dict[EventType, Promise] = {
    EventType.USER_CREATED: _("User created"),
    EventType.USER_CHANGED: _("User changed"),
    EventType.USER_DEACTIVATED: _("User deactivated"),
    EventType.USER_REACTIVATED: _("User reactivated"),
    EventType.USER_DELETED: _("User deleted"),
    EventType.ROLE_ASSIGNED: _("Role given"),
    EventType.ROLE_UNASSIGNED: _("Role taken away"),
    EventType.PASSWORD_CHANGED: _("Password changed by its owner"),
    EventType.PASSWORD_SET: _("Password set by an operator"),
    EventType.PASSWORD_RESET_REQUESTED: _("Password reset requested"),
    EventType.PASSWORD_RESET: _("Password set by a link in a mail"),
    EventType.INVITATION_SENT: _("Invitation sent"),
    EventType.EMAIL_CHANGE_REQUESTED: _("E-mail change requested"),
    EventType.EMAIL_CHANGE_CONFIRMED: _("E-mail change confirmed by one address"),
    EventType.CREDENTIALS_REJECTED: _("Credentials rejected"),
    EventType.LIMIT_REACHED: _("Limit of attempts reached"),
    EventType.LIMIT_LIFTED: _("Failed attempts forgotten"),
    EventType.ROLE_CREATED: _("Role created"),
    EventType.ROLE_CHANGED: _("Role changed"),
    EventType.ROLE_RETIRED: _("Role retired"),
    EventType.ROLE_RESTORED: _("Role restored"),
    EventType.DEPARTMENT_CREATED: _("Department created"),
    EventType.DEPARTMENT_CHANGED: _("Department changed"),
    EventType.DEPARTMENT_RETIRED: _("Department retired"),
    EventType.DEPARTMENT_RESTORED: _("Department restored"),
    EventType.TENANT_CREATED: _("Tenant created"),
    EventType.TENANT_CHANGED: _("Tenant changed"),
    EventType.TENANT_RETIRED: _("Tenant retired"),
    EventType.TENANT_RESTORED: _("Tenant restored"),
    EventType.AUDIENCE_CREATED: _("Audience created"),
    EventType.AUDIENCE_CHANGED: _("Audience changed"),
    EventType.AUDIENCE_RETIRED: _("Audience retired"),
    EventType.AUDIENCE_RESTORED: _("Audience restored"),
    EventType.CLAIM_CONTRACT_CHANGED: _("Claim contract changed"),
    EventType.AUDIENCE_CREDENTIAL_CREATED: _("Audience credential created"),
    EventType.AUDIENCE_CREDENTIAL_ENDED: _("Audience credential ended"),
    EventType.ENCRYPTION_KEY_REGISTERED: _("Tokens are encrypted to this key"),
    EventType.ENCRYPTION_KEY_REVOKED: _("Encryption key revoked"),
    EventType.ENCRYPTION_KEY_RESEALED: _("Encryption key encrypted anew at rest"),
    EventType.SIGNING_KEY_CREATED: _("Signing key created"),
    EventType.SIGNING_KEY_PROMOTED: _("Tokens are signed with this key"),
    EventType.SIGNING_KEY_TAKEN_BACK: _("Tokens are signed with this key again"),
    EventType.SIGNING_KEY_RETIRED: _("Signing key left the JWK Set: its tokens had expired"),
    EventType.SIGNING_KEY_REVOKED: _("Signing key revoked: its tokens are refused"),
    EventType.SIGNING_KEY_RESEALED: _("Signing key encrypted anew at rest"),
    EventType.REFRESH_SESSION_STARTED: _("Session started"),
    EventType.REFRESH_SESSION_ENDED: _("Session ended"),
    EventType.REFRESH_SESSION_REUSED: _("Refresh token used again: session ended"),
    EventType.REFRESH_SESSION_RETRIED_LATE: _("Refresh repeated late"),
    EventType.REFRESH_SESSION_MOVED_AHEAD: _("Session moved ahead after a restored backup"),
    EventType.BROWSER_SESSION_STARTED: _("Signed in by browser"),
    EventType.BROWSER_SESSION_ENDED: _("Signed out of every browser"),
    EventType.DEVICE_FIRST_SEEN: _("Login from a new device"),
    EventType.BROWSER_SESSION_CONFIRMED: _("Password typed again for a dangerous change"),
    EventType.TOKEN_INSPECTED: _("Token looked at by an administrator"),
    EventType.AUDIT_LOG_EXPORTED: _("Audit events exported"),
    EventType.AUDIT_LOG_DROPPED: _("Exported audit events dropped"),
    EventType.SAMPLE_ORGANISATION_CREATED: _("Sample organisation created"),
}


def words_of(type_: str) -> str:
    """Return what happened in words; the bare type where there are none for it."""
    try:
        return str(EVENT_WORDS[EventType(type_)])
    except (KeyError, ValueError):
        return type_
