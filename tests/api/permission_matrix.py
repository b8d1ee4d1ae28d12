"""Who gets which answer where: for each route and person the status. A route without its row fails a test."""

#: Nobody, somebody without a role, of a tenant without a role, the administrator of another tenant, of the
#: same tenant as the row, of the whole directory, and an administrator with a token for another audience.
PEOPLE = ("nobody", "bob", "mallory", "theirs", "ours", "alice", "elsewhere")

#: For what only administrators read; the row is one of a tenant.
_READ = (401, 403, 403, 404, 200, 200, 403)
#: For lists: everybody who may sees their own part.
_LIST = (401, 403, 403, 200, 200, 200, 403)
#: For what belongs to everybody: read by all administrators, written by those without a tenant.
_GLOBAL_READ = (401, 403, 403, 200, 200, 200, 403)
_GLOBAL_WRITE = (401, 403, 403, 403, 403, 200, 403)
_GLOBAL_CREATE = (401, 403, 403, 403, 403, 201, 403)
#: For a tenant's own things; another tenant's code is not even known.
_WRITE = (401, 403, 403, 404, 200, 200, 403)
_CREATE = (401, 403, 403, 400, 201, 201, 403)
_DELETE = (401, 403, 403, 404, 204, 204, 403)
#: For what belongs to the person who asks.
_OWN = (401, 200, 200, 200, 200, 200, 403)
_OWN_DONE = (401, 204, 204, 204, 204, 204, 403)
#: For what is open to all: the body says who asks.
_OPEN = (200,) * 7
#: For the account pages, which know browser sessions alone: to a token they are as to nobody.
_LEADS_ON = (302,) * 7
#: For what a link in a mail opens, without one.
_NO_LINK = (400,) * 7

#: (method, route) → a status for each of PEOPLE.
MATRIX: dict[tuple[str, str], tuple[int, ...]] = {
    ("GET", "root"): _OPEN,
    ("POST", "login"): _OPEN,
    ("POST", "refresh"): _OPEN,
    ("POST", "logout"): (204,) * 7,
    ("GET", "sessions"): _OWN,
    ("DELETE", "sessions"): _OWN_DONE,
    ("GET", "session"): (401, 404, 404, 404, 404, 404, 403),
    ("DELETE", "session"): (401, 404, 404, 404, 404, 404, 403),
    ("POST", "password"): (401, 400, 400, 400, 400, 400, 403),
    ("POST", "password-reset"): (204,) * 7,
    ("POST", "password-reset-confirm"): _NO_LINK,
    ("POST", "email-change"): _OWN_DONE,
    ("POST", "email-confirm"): _NO_LINK,
    ("GET", "token-content"): _OWN,
    ("GET", "user-data"): (401, 403, 403, 200, 200, 200, 403),
    ("GET", "me"): _OWN,
    ("PATCH", "me"): _OWN,
    ("GET", "user-list"): _LIST,
    ("POST", "user-list"): _CREATE,
    ("GET", "user-detail"): _READ,
    ("PATCH", "user-detail"): _WRITE,
    ("DELETE", "user-detail"): _DELETE,
    ("POST", "user-invite"): _WRITE,
    ("GET", "role-list"): _LIST,
    ("POST", "role-list"): _GLOBAL_CREATE,
    ("GET", "role-detail"): _GLOBAL_READ,
    ("PATCH", "role-detail"): _GLOBAL_WRITE,
    ("POST", "role-retire"): _GLOBAL_WRITE,
    ("POST", "role-restore"): _GLOBAL_WRITE,
    ("GET", "department-list"): _LIST,
    ("POST", "department-list"): _CREATE,
    ("GET", "department-detail"): _READ,
    ("PATCH", "department-detail"): _WRITE,
    ("POST", "department-retire"): _WRITE,
    ("POST", "department-restore"): _WRITE,
    ("GET", "tenant-list"): _LIST,
    ("POST", "tenant-list"): _GLOBAL_CREATE,
    ("GET", "tenant-detail"): _READ,
    ("PATCH", "tenant-detail"): (401, 403, 403, 404, 403, 200, 403),
    ("POST", "tenant-retire"): (401, 403, 403, 404, 403, 200, 403),
    ("POST", "tenant-restore"): (401, 403, 403, 404, 403, 200, 403),
    ("GET", "audience-list"): _LIST,
    ("POST", "audience-list"): _GLOBAL_CREATE,
    ("GET", "audience-detail"): _GLOBAL_READ,
    ("PATCH", "audience-detail"): _GLOBAL_WRITE,
    ("POST", "audience-retire"): _GLOBAL_WRITE,
    ("POST", "audience-restore"): _GLOBAL_WRITE,
    ("GET", "auditevent-list"): _LIST,
    ("GET", "auditevent-detail"): _READ,
    # An audience asks, with its own credential: no person's token opens it.
    ("GET", "changes"): (401,) * 7,
    # A proxy asks, with its client's token, by a rule for the role admin.
    ("GET", "forward-auth"): (401, 403, 403, 200, 200, 200, 403),
    ("POST", "introspect"): (401,) * 7,
    ("POST", "revoke"): _OPEN,
    ("POST", "token_obtain_pair"): _OPEN,
    ("POST", "token_refresh"): _OPEN,
    ("POST", "token_verify"): _OPEN,
    ("POST", "token_blacklist"): _OPEN,
    ("GET", "schema"): _OPEN,
    ("GET", "docs"): _OPEN,
    ("GET", "jwks"): _OPEN,
    ("GET", "claims"): _OPEN,
    ("GET", "metadata"): _OPEN,
    ("GET", "openid-metadata"): _OPEN,
    ("GET", "change-password"): _LEADS_ON,
    ("GET", "account-password"): _LEADS_ON,
    ("POST", "account-password"): _LEADS_ON,
    ("GET", "account-password-changed"): _OPEN,
    ("GET", "account-password-link"): _LEADS_ON,
    ("GET", "account-new-password"): _NO_LINK,
    ("POST", "account-new-password"): _NO_LINK,
    ("GET", "account-password-set"): _OPEN,
    ("GET", "account-password-reset"): _OPEN,
    ("POST", "account-password-reset"): _OPEN,
    ("GET", "account-password-reset-sent"): _OPEN,
    ("GET", "account-email"): _LEADS_ON,
    ("POST", "account-email"): _LEADS_ON,
    ("GET", "account-email-sent"): _OPEN,
    ("GET", "account-email-link"): _LEADS_ON,
    ("GET", "account-email-confirm"): _NO_LINK,
    ("POST", "account-email-confirm"): _NO_LINK,
    ("GET", "account-email-confirmed"): _OPEN,
    ("GET", "account-email-changed"): _OPEN,
}
