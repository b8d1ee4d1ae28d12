"""Whose address counts: proxies are believed where they are ours, and nobody else is."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from accounts.services.browser_sign_in import origin_of
from accounts.services.client_addresses import client_address

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

OURS = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.7, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("10.0.0.1", "203.0.113.9:51234", "203.0.113.9"),
        ("10.0.0.1", "[2001:db8::5]:51234", "2001:db8::5"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, , 10.0.0.2", "10.0.0.2"),
        ("", "203.0.113.9", None),
        ("unix:", "203.0.113.9", None),
    ],
)
def test_the_rightmost_address_that_is_no_proxy_of_ours_counts(
    peer: str, forwarded_for: str, client: str | None
) -> None:
    assert client_address(peer=peer, forwarded_for=forwarded_for, proxies=OURS) == client


@given(st.text())
def test_whatever_is_forged_on_the_left_changes_nothing(forged: str) -> None:
    said = client_address(peer="10.0.0.1", forwarded_for=f"{forged}, 203.0.113.9", proxies=OURS)

    assert said == "203.0.113.9"


@given(st.text(), st.text())
def test_nothing_breaks_it(peer: str, forwarded_for: str) -> None:
    client_address(peer=peer, forwarded_for=forwarded_for, proxies=OURS)


def test_requests_are_read_so(settings: Settings) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "203.0.113.9"})

    assert origin_of(request).ip == "10.0.0.1"
    settings.AUTHSITE_TRUSTED_PROXIES = OURS
    assert origin_of(request).ip == "203.0.113.9"
