"""Is a verified token still good? Judged by the change log, without a query (design.md §6)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from accounts.change_log.errors import EndedSessionError, StaleTokenError
from accounts.change_log.live_log import live_log
from accounts.change_log.log_copy import LogCopy
from accounts.change_log.scopes import CODES, Scope

#: What every token says; the other claims are the contract's, and may say codes.
_ALWAYS = frozenset({"iss", "sub", "aud", "client_id", "exp", "iat", "jti", "sid", "epoch"})


def require_fresh(claims: Mapping[str, Any], *, kid: str) -> None:
    """Accept verified claims from which no entry later than their epoch takes something away.

    :raise EndedSessionError: their refresh session was ended
    :raise StaleTokenError: something else was taken away; or their epoch is one that the log does not
        know: the database was restored from a backup, and nobody knows what it lost
    :raise ChangeLogUnreadableError: the log could not be read for too long
    """
    epoch, log = claims["epoch"], live_log.copy()
    if epoch > log.tail:
        log = live_log.read_now()
    if epoch > log.tail:
        raise StaleTokenError(reason="ahead of the change log", epoch=epoch, tail=log.tail)
    # Whatever the epoch: whoever has a key that leaked writes the epoch, too.
    if log.taken[Scope.KID].get(kid, 0) > log.added[Scope.KID].get(kid, 0):
        raise StaleTokenError(reason="its key was revoked", kid=kid)
    if epoch == log.tail:
        return
    if log.taken[Scope.SID].get(claims["sid"], 0) > epoch:
        raise EndedSessionError(sid=claims["sid"])
    scope = _taken_since(epoch, claims, log)
    if scope is not None:
        raise StaleTokenError(reason=f"taken away from {scope}", sub=claims["sub"], epoch=epoch)


def may_have_gained(claims: Mapping[str, Any]) -> bool:
    """Tell whether an entry later than the claims' epoch may have added something to them.

    :raise ChangeLogUnreadableError: the log could not be read for too long
    """
    epoch, log = claims["epoch"], live_log.copy()
    # A restored role stands in nobody's token yet: whose it is only the database knows.
    about_them = log.added[Scope.SUB].get(claims["sub"], 0), log.added[Scope.AUD].get(claims["aud"], 0)
    return bool(epoch < max(log.code_added, *about_them))


def _taken_since(epoch: int, claims: Mapping[str, Any], log: LogCopy) -> Scope | None:
    for scope, value in ((Scope.EVERYBODY, ""), (Scope.SUB, claims["sub"]), (Scope.AUD, claims["aud"])):
        if log.taken[scope].get(value, 0) > epoch:
            return scope
    if log.code_taken <= epoch:
        return None
    for text in _texts(value for name, value in claims.items() if name not in _ALWAYS):
        for scope in CODES:
            if log.taken[scope].get(text, 0) > epoch:
                return scope
    return None


def _texts(values: Iterable[Any]) -> Iterator[str]:
    """Return every word of the values, at any depth: each contract has its own places for codes."""
    for value in values:
        match value:
            case str():
                yield from (value, *value.split())
            case Mapping():
                yield from _texts(value.keys())
                yield from _texts(value.values())
            case list():
                yield from _texts(value)
            case _:
                continue  # a number, a truth value or null is no code
