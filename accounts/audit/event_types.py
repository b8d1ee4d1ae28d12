"""The vocabulary of audit events: ``subject.verb`` in the past tense."""

from enum import StrEnum


class EventType(StrEnum):
    """Every event that authsite records."""

    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    USER_DEACTIVATED = "user.deactivated"
    USER_REACTIVATED = "user.reactivated"
    USER_DELETED = "user.deleted"
    ROLE_ASSIGNED = "role.assigned"
    ROLE_UNASSIGNED = "role.unassigned"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - the name of an event
    PASSWORD_SET = "password.set"  # noqa: S105 - the name of an event
    PASSWORD_RESET_REQUESTED = "password_reset.requested"  # noqa: S105 - the name of an event
    PASSWORD_RESET = "password.reset"  # noqa: S105 - the name of an event
    INVITATION_SENT = "invitation.sent"
    EMAIL_CHANGE_REQUESTED = "email_change.requested"
    EMAIL_CHANGE_CONFIRMED = "email_change.confirmed"
    CREDENTIALS_REJECTED = "credentials.rejected"
    LIMIT_REACHED = "limit.reached"
    LIMIT_LIFTED = "limit.lifted"

    ROLE_CREATED = "role.created"
    ROLE_CHANGED = "role.changed"
    ROLE_RETIRED = "role.retired"
    ROLE_RESTORED = "role.restored"
    DEPARTMENT_CREATED = "department.created"
    DEPARTMENT_CHANGED = "department.changed"
    DEPARTMENT_RETIRED = "department.retired"
    DEPARTMENT_RESTORED = "department.restored"
    TENANT_CREATED = "tenant.created"
    TENANT_CHANGED = "tenant.changed"
    TENANT_RETIRED = "tenant.retired"
    TENANT_RESTORED = "tenant.restored"

    AUDIENCE_CREATED = "audience.created"
    AUDIENCE_CHANGED = "audience.changed"
    AUDIENCE_RETIRED = "audience.retired"
    AUDIENCE_RESTORED = "audience.restored"
    CLAIM_CONTRACT_CHANGED = "claim_contract.changed"
    AUDIENCE_CREDENTIAL_CREATED = "audience_credential.created"
    AUDIENCE_CREDENTIAL_ENDED = "audience_credential.ended"
    ENCRYPTION_KEY_REGISTERED = "encryption_key.registered"
    ENCRYPTION_KEY_REVOKED = "encryption_key.revoked"
    ENCRYPTION_KEY_RESEALED = "encryption_key.resealed"
    SIGNING_KEY_CREATED = "signing_key.created"
    SIGNING_KEY_PROMOTED = "signing_key.promoted"
    SIGNING_KEY_TAKEN_BACK = "signing_key.taken_back"
    SIGNING_KEY_RETIRED = "signing_key.retired"
    SIGNING_KEY_REVOKED = "signing_key.revoked"
    SIGNING_KEY_RESEALED = "signing_key.resealed"

    REFRESH_SESSION_STARTED = "refresh_session.started"
    REFRESH_SESSION_ENDED = "refresh_session.ended"
    REFRESH_SESSION_REUSED = "refresh_session.reused"
    REFRESH_SESSION_RETRIED_LATE = "refresh_session.retried_late"
    REFRESH_SESSION_MOVED_AHEAD = "refresh_session.moved_ahead"
    BROWSER_SESSION_STARTED = "browser_session.started"
    BROWSER_SESSION_ENDED = "browser_session.ended"
    DEVICE_FIRST_SEEN = "device.first_seen"
    BROWSER_SESSION_CONFIRMED = "browser_session.confirmed"

    TOKEN_INSPECTED = "token.inspected"  # noqa: S105 - the name of an event

    AUDIT_LOG_EXPORTED = "audit_log.exported"
    AUDIT_LOG_DROPPED = "audit_log.dropped"

    SAMPLE_ORGANISATION_CREATED = "sample_organisation.created"
