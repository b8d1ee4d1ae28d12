"""Why an attempt is not made: too many have failed."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from django.utils.translation import ngettext

from accounts.errors import AuthsiteError

if TYPE_CHECKING:
    from accounts.limits.buckets import FullBucket


class ThrottledError(AuthsiteError):
    """A limit is reached: nothing was looked at. ``wait`` is in seconds.

    ``begun`` are the buckets that refuse for the first time in their window: each is told of once.
    """

    code = "throttled"
    description = "Too many attempts have failed."

    def __init__(self, *, wait: float, begun: tuple[FullBucket, ...] = ()) -> None:
        super().__init__(wait=wait)
        self.wait = wait
        self.begun = begun

    @property
    def sentence(self) -> str:
        """Return what the person is told, with the minutes to wait."""
        minutes = max(1, ceil(self.wait / 60))
        return ngettext(
            "Too many attempts. Try again in %(minutes)d minute.",
            "Too many attempts. Try again in %(minutes)d minutes.",
            minutes,
        ) % {"minutes": minutes}
