"""What is counted as one, and that keys betray nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.limits.buckets import BucketKind, bucket_of, network_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_addresses_of_one_client_are_one(one: str, other: str) -> None:
    assert network_of(one) == network_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8:1:2::1", "2001:db8:1:3::1"), ("192.0.2.1", "192.0.2.2"), ("192.0.2.1", None)],
)
def test_addresses_of_two_clients_are_two(one: str, other: str | None) -> None:
    assert network_of(one) != network_of(other)


def test_a_key_names_nobody_and_says_its_kind() -> None:
    bucket = bucket_of(BucketKind.PAIR, "alice@example.org", "192.0.2.1", size=3, window=timedelta(minutes=1))

    assert bucket.key.startswith("pair:")
    assert "alice" not in bucket.key
    assert len(bucket.key) <= 80


def test_parts_of_a_key_cannot_be_mixed_up() -> None:
    def key(*what: str) -> str:
        return bucket_of(BucketKind.PAIR, *what, size=1, window=timedelta(minutes=1)).key

    assert len({key("a", "b"), key('a", "b'), key("a\0b"), key("a", "b", ""), key("\ud800", "b")}) == 5
