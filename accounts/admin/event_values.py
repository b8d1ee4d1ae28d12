"""What the facts of an event are in words: reasons, states, limits and moments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.keys.models import KeyState
from accounts.limits.buckets import BucketKind
from accounts.refresh_sessions.models import EndReason

#: What a limit counts by.
LIMITS: Final[Mapping[str, Promise]] = {
    BucketKind.ACCOUNT: _("by account"),
    BucketKind.ADDRESS: _("by network address"),
    BucketKind.PAIR: _("by account and network address"),
    BucketKind.DEVICE: _("by account and known device"),
    BucketKind.DEVICES: _("by account, from known devices"),
    BucketKind.CURRENT_PASSWORD: _("the current password, by account"),
    BucketKind.TOKENS: _("forged tokens, by network address"),
    BucketKind.SESSION: _("refused refresh tokens, by session"),
    BucketKind.RESETS: _("password resets, by account"),
    BucketKind.RESET_ADDRESS: _("password resets, by network address"),
}
_MOMENTS: Final = {"until", "published_at"}


def in_words(name: str, value: object) -> Any:
    """Return the value of the fact ``name`` in words, or as it is where there are none."""
    if name == "reason" and value in EndReason.values:
        return str(EndReason(str(value)).label)
    if name == "state" and value in KeyState.values:
        return str(KeyState(str(value)).label)
    if name == "limit":
        return _limit(value)
    if name == "limits" and isinstance(value, list):
        return [_limit(kind) for kind in value]
    if name in _MOMENTS:
        at = _moment(value)
        return value if at is None else date_format(timezone.localtime(at), "DATETIME_FORMAT")
    return value


def _limit(kind: object) -> str:
    return str(LIMITS.get(str(kind), kind))


def _moment(value: object) -> datetime | None:
    try:
        at = parse_datetime(str(value))
    except ValueError:
        return None
    return at if at is not None and timezone.is_aware(at) else None
