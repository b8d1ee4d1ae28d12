"""Moments as people write them on the command line."""

from argparse import ArgumentTypeError
from datetime import datetime

from django.utils import timezone


def moment(text: str) -> datetime:
    """Return the moment of an ISO 8601 text, in the time zone of the settings where it names none."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no date: write 2026-03-02 or “2026-03-02 09:00”") from error
    return read if read.tzinfo else timezone.make_aware(read)
