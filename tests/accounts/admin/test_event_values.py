"""What the facts of an event are in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from accounts.admin.event_values import LIMITS, in_words
from accounts.limits.buckets import BucketKind


def test_every_limit_has_words() -> None:
    assert set(LIMITS) == set(BucketKind)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("limit", "pair", "by account and network address"),
        ("limits", ["account", "of another release"], ["by account", "of another release"]),
        ("until", "2026-11-25T22:48:50+00:00", "Nov. 25, 2026, 10:48 p.m."),
        ("until", "2026-13-45T22:48:50+00:00", "2026-13-45T22:48:50+00:00"),
        ("until", "soon", "soon"),
        ("reason", "no reason", "no reason"),
        ("size", 10, 10),
    ],
)
def test_facts_are_said_in_words_where_there_are_some(name: str, value: object, words: object) -> None:
    with translation.override("en"):
        assert in_words(name, value) == words
