"""What is watched: which change of which row takes away, or adds, what tokens say.

Conditions and selections are SQL that both engines understand, with three words of our own (``dialects``):
``DIFFERS(column)`` compares old and new, where null is a value like others; ``TEXT(column)`` is a UUID as
tokens write it; ``A_DAY_AGO`` is the moment before which no token can have been issued that still lives.
"""

from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    """What happens to a row."""

    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One kind of change; ``selects`` answers rows of (scope, value, took away)."""

    name: str
    table: str
    event: Event
    when: str = ""
    selects: str


_USER_TOOK = """(OLD.is_active AND NOT NEW.is_active)
    OR (OLD.special_permissions AND NOT NEW.special_permissions)
    OR (OLD.department_id IS NOT NULL AND DIFFERS(department_id))
    OR DIFFERS(tenant_id) OR DIFFERS(email) OR DIFFERS(id)"""
_USER_ADDED = f"""NOT ({_USER_TOOK})
    AND (DIFFERS(is_active) OR DIFFERS(special_permissions) OR DIFFERS(department_id)
    OR DIFFERS(name) OR DIFFERS(locale) OR DIFFERS(ui_preferences))"""

#: People without a tenant see everything, so that getting a tenant takes away.
_USERS = (
    Watch(
        name="user_took",
        table="accounts_user",
        event=Event.UPDATE,
        when=_USER_TOOK,
        selects="SELECT 'sub', TEXT(OLD.id), TRUE",
    ),
    Watch(
        name="user_added",
        table="accounts_user",
        event=Event.UPDATE,
        when=_USER_ADDED,
        selects="SELECT 'sub', TEXT(NEW.id), FALSE",
    ),
    Watch(
        name="user_deleted",
        table="accounts_user",
        event=Event.DELETE,
        selects="SELECT 'sub', TEXT(OLD.id), TRUE",
    ),
    Watch(
        name="role_given",
        table="accounts_user_roles",
        event=Event.INSERT,
        selects="SELECT 'sub', TEXT(NEW.user_id), FALSE",
    ),
    Watch(
        name="role_taken",
        table="accounts_user_roles",
        event=Event.DELETE,
        selects="SELECT 'sub', TEXT(OLD.user_id), TRUE",
    ),
    Watch(
        name="role_moved",
        table="accounts_user_roles",
        event=Event.UPDATE,
        when="DIFFERS(user_id) OR DIFFERS(role_id)",
        selects="SELECT 'sub', TEXT(OLD.user_id), TRUE UNION ALL SELECT 'sub', TEXT(NEW.user_id), FALSE",
    ),
)

_RETIRED = "(OLD.retired_at IS NULL AND NEW.retired_at IS NOT NULL) OR DIFFERS(code)"
_RESTORED = "(OLD.retired_at IS NOT NULL AND NEW.retired_at IS NULL) OR DIFFERS(code)"

#: The people of a tenant, unless every audience's tokens say their tenant: then one entry is enough.
_PEOPLE = """SELECT 'sub', TEXT(people.id), TRUE FROM accounts_user people
    WHERE people.tenant_id = OLD.id AND EXISTS (
        SELECT 1 FROM audiences_audience silent WHERE NOT EXISTS (
            SELECT 1 FROM audiences_contractclaim said
            WHERE said.audience_id = silent.id AND said.source = 'tenant_id'))"""


def _coded(scope: str, table: str, *, more: str = "", took_when: str = _RETIRED) -> tuple[Watch, ...]:
    """Return the watches of rows that tokens say by their code; ``more`` is taken away with them."""
    took = f"SELECT '{scope}', OLD.code, TRUE{more}"
    added = f"SELECT '{scope}', NEW.code, FALSE"
    return (
        Watch(name=f"{scope}_took", table=table, event=Event.UPDATE, when=took_when, selects=took),
        Watch(name=f"{scope}_added", table=table, event=Event.UPDATE, when=_RESTORED, selects=added),
        Watch(name=f"{scope}_deleted", table=table, event=Event.DELETE, selects=took),
    )


def _open_to(kind: str) -> str:
    """Return the audiences that are open to a row: their tokens need not say its code."""
    return f""" UNION ALL SELECT 'aud', opened.code, TRUE FROM audiences_audience opened
    JOIN audiences_accessrule rule ON rule.audience_id = opened.id WHERE rule.{kind}_id = OLD.id"""  # noqa: S608 - constants


_ORGANISATION = (
    *_coded("role", "accounts_role", more=_open_to("role")),
    # The path of each department below says the code of its parent, and so of whoever is moved.
    *_coded(
        "department",
        "accounts_department",
        more=_open_to("department"),
        took_when=f"{_RETIRED} OR DIFFERS(parent_id)",
    ),
    Watch(
        name="department_renamed",
        table="accounts_department",
        event=Event.UPDATE,
        when="DIFFERS(label)",
        selects="SELECT 'department', NEW.code, FALSE",
    ),
    *_coded("tenant", "accounts_tenant", more=f" UNION ALL {_PEOPLE}"),
)


def _audience(row: str, took: str) -> str:
    return f"SELECT 'aud', code, {took} FROM audiences_audience WHERE id = {row}.audience_id"  # noqa: S608 - constants


_RULE_MOVED = "DIFFERS(audience_id) OR DIFFERS(role_id) OR DIFFERS(department_id) OR DIFFERS(tenant_id)"

_AUDIENCES = (
    *_coded("aud", "audiences_audience", took_when=f"{_RETIRED} OR DIFFERS(is_encrypted)"),
    # A rule more opens an audience, unless it is the first one; a rule less closes it, or was the last.
    Watch(
        name="rule_added",
        table="audiences_accessrule",
        event=Event.INSERT,
        selects=_audience("NEW", "TRUE"),
    ),
    Watch(
        name="rule_changed",
        table="audiences_accessrule",
        event=Event.UPDATE,
        when=_RULE_MOVED,
        selects=f"{_audience('OLD', 'TRUE')} UNION ALL {_audience('NEW', 'TRUE')}",
    ),
    Watch(
        name="rule_left_out",
        table="audiences_accessrule",
        event=Event.DELETE,
        selects=_audience("OLD", "TRUE"),
    ),
    Watch(
        name="encryption_key_revoked",
        table="audiences_encryptionkey",
        event=Event.UPDATE,
        when="(OLD.state <> 'revoked' AND NEW.state = 'revoked') OR DIFFERS(kid) OR DIFFERS(audience_id)",
        selects=_audience("OLD", "TRUE"),
    ),
    Watch(
        name="encryption_key_deleted",
        table="audiences_encryptionkey",
        event=Event.DELETE,
        when="OLD.state <> 'revoked'",
        selects=_audience("OLD", "TRUE"),
    ),
    Watch(
        name="claim_added",
        table="audiences_contractclaim",
        event=Event.INSERT,
        # A token without it reads as that of somebody without a tenant, who sees everything.
        selects=_audience("NEW", "NEW.source = 'tenant_id'"),
    ),
    Watch(
        name="claim_changed",
        table="audiences_contractclaim",
        event=Event.UPDATE,
        when="DIFFERS(path) OR DIFFERS(source) OR DIFFERS(required) OR DIFFERS(audience_id)",
        selects=f"{_audience('OLD', 'TRUE')} UNION ALL {_audience('NEW', 'FALSE')}",
    ),
    Watch(
        name="claim_left_out",
        table="audiences_contractclaim",
        event=Event.DELETE,
        selects=_audience("OLD", "TRUE"),
    ),
)

_SESSIONS = (
    Watch(
        name="session_ended",
        table="refresh_sessions_refreshsession",
        event=Event.UPDATE,
        when="(OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) OR DIFFERS(sid) OR DIFFERS(user_id)",
        selects="SELECT 'sid', TEXT(OLD.sid), TRUE",
    ),
    Watch(
        name="session_deleted",
        table="refresh_sessions_refreshsession",
        event=Event.DELETE,
        when="OLD.ended_at IS NULL AND OLD.idle_expires_at > A_DAY_AGO",
        selects="SELECT 'sid', TEXT(OLD.sid), TRUE",
    ),
)

#: Only where the log says that it was gone: a first key is no news.
_KEY_BACK = """SELECT 'kid', NEW.kid, FALSE WHERE EXISTS (
        SELECT 1 FROM change_log_changeentry WHERE scope = 'kid' AND value = NEW.kid
        UNION ALL SELECT 1 FROM change_log_pendingentry WHERE scope = 'kid' AND value = NEW.kid)"""

_KEYS = (
    Watch(
        name="key_came_back",
        table="keys_signingkey",
        event=Event.INSERT,
        when="NEW.state <> 'revoked'",
        selects=_KEY_BACK,
    ),
    Watch(
        name="key_good_again",
        table="keys_signingkey",
        event=Event.UPDATE,
        when="OLD.state = 'revoked' AND NEW.state <> 'revoked'",
        selects=_KEY_BACK,
    ),
    Watch(
        name="key_revoked",
        table="keys_signingkey",
        event=Event.UPDATE,
        when="(OLD.state <> 'revoked' AND NEW.state = 'revoked') OR DIFFERS(kid)",
        selects="SELECT 'kid', OLD.kid, TRUE",
    ),
    Watch(
        name="key_deleted",
        table="keys_signingkey",
        event=Event.DELETE,
        when="OLD.state <> 'revoked'",
        selects="SELECT 'kid', OLD.kid, TRUE",
    ),
)

WATCHES = (*_USERS, *_ORGANISATION, *_AUDIENCES, *_SESSIONS, *_KEYS)
WATCHED_TABLES = tuple(dict.fromkeys(watch.table for watch in WATCHES))
