"""What the page that takes a pasted token says, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.explanations.pasted.doors import Door
from accounts.explanations.pasted.recognised import Kind, Signature, Times
from accounts.explanations.pasted.refresh import NoRefresh
from accounts.refresh_sessions.rotation import Meaning

KINDS: dict[Kind, Promise] = {
    Kind.NOTHING: _("Nothing was pasted."),
    Kind.TOO_LONG: _("This is far too long to be a token; it was not looked at. Paste the token alone."),
    Kind.GARBAGE: _("This is no token: nothing in it has the form of one. Paste the token alone."),
    Kind.ACCESS_TOKEN: _("An access token of this installation."),
    Kind.OTHER_JWT: _("It says that it is of this installation, but it is no access token."),
    Kind.ENCRYPTED_TOKEN: _(
        "An encrypted token (a nested JWT, five parts). Only the audience can read it: ask whoever runs it."
        " What its header says is not verified."
    ),
    Kind.BARE_TOKEN: _(
        "The signed token from inside of an encrypted one: somebody has opened it, and passes it on. Every"
        " door refuses it. If it was not the audience itself, revoke its encryption key."
    ),
    Kind.FOREIGN_TOKEN: _("A token that this installation did not issue."),
    Kind.OF_NO_USABLE_KEY: _(
        "It says that it is of this installation, but no usable key has signed it: nothing in it is certain."
    ),
    Kind.ALTERED: _("This token was altered, or damaged in copying: nothing in it is certain."),
    Kind.REFRESH_TOKEN: _(
        "A refresh token of this installation. Whoever has it can get access tokens: it should not have been"
        " sent to anybody. End its session."
    ),
    Kind.ALTERED_REFRESH_TOKEN: _(
        "It has the form of a refresh token, but it was altered, damaged in copying, or is of another"
        " installation."
    ),
    Kind.REFRESH_TOKEN_OF_NO_SECRET: _(
        "It has the form of a refresh token, made with a secret that this server does not have."
    ),
    Kind.DEVICE_TOKEN: _(
        "It has the form of a device token. By it a device is known again; it opens nothing by itself."
    ),
}

SIGNATURES: dict[Signature, Promise] = {
    Signature.RIGHT: _("right"),
    Signature.WRONG: _("wrong"),
    Signature.UNKNOWN_KEY: _("cannot be verified: the key is unknown or revoked"),
    Signature.NOT_CHECKED: _("not verified"),
}

TIMES: dict[Times, Promise] = {
    Times.LIVE: _("it lives"),
    Times.EXPIRED: _("it has expired"),
    Times.NOT_YET: _("it was issued in the future: the clock of some server is wrong"),
}

DOORS: dict[Door, Promise] = {
    Door.OPEN: _("Doors of its audience accept it, until it expires."),
    Door.EXPIRED: _("Every door refuses it: it has expired."),
    Door.NOT_YET: _("Every door refuses it: by their clocks it has not been issued yet."),
    Door.SESSION_ENDED: _("Every door refuses it: its session has ended."),
    Door.STALE: _("Every door refuses it: something that it says was taken away."),
    Door.NOBODY_KNOWS: _("The change log cannot be read now: nobody can tell."),
    Door.NEVER_OPEN: _("No door of this installation accepts it as an access token."),
}

#: By the end of a stale token's reason, as the change log words it.
STALE_BECAUSE: dict[str, Promise] = {
    "sub": _("Roles, department, tenant or special permissions were taken away from the person."),
    "role": _("A role that it says was retired."),
    "department": _("A department that it says was retired or moved."),
    "tenant": _("The tenant that it says was retired."),
    "aud": _("Its audience was retired, closed to somebody or encrypted, or the claim contract changed."),
    "all": _("All tokens have to be refreshed, because of a migration for instance."),
    "its key was revoked": _("The key that signed it was revoked."),
    "ahead of the change log": _("It is newer than the database, which was restored from a backup."),
}

NO_REFRESH: dict[NoRefresh, Promise] = {
    NoRefresh.NO_SESSION: _("A refresh would bring nothing: its session is not live any more."),
    NoRefresh.MAY_NOT_LOG_IN: _("A refresh would bring nothing: this person may not log in."),
    NoRefresh.NO_AUDIENCE: _("A refresh would bring nothing: no audience in force has this code."),
    NoRefresh.SOURCE_FAILS: _("A refresh would bring nothing: a claim source fails; the log says which."),
    NoRefresh.CLOSED_AUDIENCE: _("A refresh would bring nothing: the audience is not open to this person."),
    NoRefresh.NO_ENCRYPTION_KEY: _(
        "A refresh would bring nothing: the audience's tokens are encrypted, and it has no key for it."
    ),
    NoRefresh.OVER_BUDGET: _("A refresh would bring nothing: the token would be over the audience's budget."),
}

MEANINGS: dict[Meaning, Promise] = {
    Meaning.STEP: _("It is the current refresh token: whoever presents it gets tokens."),
    Meaning.STEP_FROM_AHEAD: _(
        "It is ahead of its session, which a restored backup put back; it still works."
    ),
    Meaning.SAME_SUCCESSOR: _("It was used a moment ago, and still answers with the same successor."),
    Meaning.LATE_RETRY: _("It was used before, and still answers to its own device."),
    Meaning.REUSE: _("It was used before: whoever presents it again ends the whole session."),
    Meaning.ENDED: _("It opens nothing any more: the session has ended, or the person may not log in."),
    Meaning.EXPIRED: _("It opens nothing any more: the session has expired."),
    Meaning.FOREIGN: _("It opens nothing: another secret made the current refresh token."),
}


def why_stale(reason: str) -> str:
    """Return in words why a token is stale, or nothing where there are none."""
    return str(STALE_BECAUSE.get(reason.removeprefix("taken away from "), ""))
