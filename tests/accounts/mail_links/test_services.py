"""A link in a mail opens one thing, once, for thirty minutes, and its token is written nowhere."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError

from accounts.mail_links.errors import InvalidLinkError
from accounts.mail_links.models import MailLink, Purpose
from accounts.mail_links.services import LIFETIME, confirm_link, make_link, read_link, use_link
from accounts.models import User
from tests.accounts.journeys import NOW, SECOND
from tests.factories import TenantFactory, UserFactory

pytestmark = pytest.mark.django_db

SET = Purpose.SET_PASSWORD
OLD, NEW = Purpose.CONFIRM_OLD_EMAIL, Purpose.CONFIRM_NEW_EMAIL


def read(token: str, *, purpose: Purpose = SET, after: timedelta = SECOND) -> MailLink:
    return read_link(token=token, purposes=(purpose,), now=NOW + after)


def is_refused(token: str, *, purpose: Purpose = SET, after: timedelta = SECOND) -> bool:
    with pytest.raises(InvalidLinkError) as refusal:
        read(token, purpose=purpose, after=after)
    return not token or token not in str(refusal.value)


def test_a_link_is_good_for_thirty_minutes_and_not_a_second_more() -> None:
    alice = UserFactory.create()
    token = make_link(user=alice, purpose=SET, now=NOW)

    assert timedelta(minutes=30) == LIFETIME
    assert read(token, after=LIFETIME - SECOND).user == alice
    assert is_refused(token, after=LIFETIME)


def test_a_token_has_256_random_bits_and_only_its_digest_is_stored() -> None:
    alice = UserFactory.create()

    tokens = {make_link(user=alice, purpose=SET, now=NOW) for _time in range(20)}

    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {43}
    (row,) = MailLink.objects.values()
    assert not tokens & {str(value) for value in row.values()}
    assert row["digest"] in {hashlib.sha256(token.encode()).hexdigest() for token in tokens}


def test_a_newer_link_takes_the_place_of_the_older_one() -> None:
    alice = UserFactory.create()
    first, second = (make_link(user=alice, purpose=SET, now=NOW) for _time in range(2))

    assert is_refused(first)
    assert read(second).user == alice
    assert MailLink.objects.count() == 1


def test_links_of_others_and_for_other_purposes_stay() -> None:
    alice, bob = UserFactory.create(), UserFactory.create()
    hers, his = make_link(user=alice, purpose=SET, now=NOW), make_link(user=bob, purpose=SET, now=NOW)
    other = make_link(user=alice, purpose=OLD, now=NOW)

    assert (read(hers).user, read(his).user, read(other, purpose=OLD).user) == (alice, bob, alice)
    assert is_refused(hers, purpose=OLD)


def test_of_two_uses_one_gets_it() -> None:
    token = make_link(user=UserFactory.create(), purpose=SET, now=NOW)
    one, two = read(token), read(token)

    use_link(one)

    with pytest.raises(InvalidLinkError):
        use_link(two)
    assert is_refused(token)


def test_a_link_that_was_replaced_while_it_was_read_opens_nothing() -> None:
    alice = UserFactory.create()
    link = read(make_link(user=alice, purpose=SET, now=NOW))
    newer = make_link(user=alice, purpose=SET, now=NOW)

    with pytest.raises(InvalidLinkError):
        use_link(link)
    assert read(newer).user == alice


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "á\ud800", "\x00", "A" * 5000])
def test_garbage_opens_nothing(token: str) -> None:
    make_link(user=UserFactory.create(), purpose=SET, now=NOW)

    assert is_refused(token)


@pytest.mark.parametrize(
    "change",
    [
        {"password": make_password("another long passphrase")},
        {"password": make_password(None)},
        {"email": "elsewhere@example.org"},
        {"is_active": False},
    ],
)
def test_an_account_that_has_changed_meanwhile_is_not_opened(change: dict[str, object]) -> None:
    alice = UserFactory.create()
    token = make_link(user=alice, purpose=SET, now=NOW)

    # Past every service, as an import or a restored table would.
    User.objects.filter(pk=alice.pk).update(**change)

    assert is_refused(token)


def test_a_tenant_that_is_retired_meanwhile_closes_its_peoples_links() -> None:
    tenant = TenantFactory.create()
    token = make_link(user=UserFactory.create(tenant=tenant), purpose=SET, now=NOW)

    tenant.retired_at = NOW
    tenant.save()

    assert is_refused(token)


def test_a_pair_is_whole_with_its_second_confirmation() -> None:
    alice = UserFactory.create()
    old, new = (
        make_link(user=alice, purpose=each, now=NOW, new_email="n@example.org") for each in (OLD, NEW)
    )

    assert not confirm_link(read(new, purpose=NEW), now=NOW)
    assert is_refused(new, purpose=NEW)
    assert confirm_link(read(old, purpose=OLD), now=NOW)
    assert not MailLink.objects.exists()


def test_half_of_a_pair_is_confirmed_once() -> None:
    alice = UserFactory.create()
    token = make_link(user=alice, purpose=OLD, now=NOW, new_email="n@example.org")
    one, two = read(token, purpose=OLD), read(token, purpose=OLD)

    assert not confirm_link(one, now=NOW)
    with pytest.raises(InvalidLinkError):
        confirm_link(two, now=NOW)


def test_a_confirmation_is_not_kept_for_a_newer_request() -> None:
    alice = UserFactory.create()
    first = {
        each: make_link(user=alice, purpose=each, now=NOW, new_email="a@example.org") for each in (OLD, NEW)
    }
    confirm_link(read(first[OLD], purpose=OLD), now=NOW)
    second = {
        each: make_link(user=alice, purpose=each, now=NOW, new_email="b@example.org") for each in (OLD, NEW)
    }

    assert not confirm_link(read(second[NEW], purpose=NEW), now=NOW)


def test_the_database_knows_one_link_for_a_purpose() -> None:
    alice = UserFactory.create()
    make_link(user=alice, purpose=SET, now=NOW)

    with pytest.raises(IntegrityError):
        MailLink.objects.create(
            user=alice, purpose=SET, digest="x", account_state="y", created_at=NOW, expires_at=NOW
        )
