"""Whatever is changed behind the guard's back is found, with the range and the event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError

from accounts.audit.models import AuditEvent, AuditSeal
from accounts.audit.seals import leaves_of, make_seal, mark_as_dropped, seal_hash
from accounts.audit.verification import Differs, verify_audit_log
from tests.accounts.audit.sealed_log import happen, ids, said, seal, unguarded
from tests.accounts.journeys import NOW, SECOND

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def second() -> AuditSeal:
    """Return the second of at least four seals."""
    happen(16)
    return seal(most=4)[1]


def found() -> tuple[str, int, tuple[int, ...]]:
    finding = verify_audit_log().finding
    assert finding is not None
    return finding.differs, finding.number, finding.events


def rewrite(pk: int, **values: Any) -> None:
    with unguarded():
        AuditSeal.objects.filter(pk=pk).update(**values)


def test_what_nobody_touched_is_sound_and_what_is_not_sealed_yet_is_said(second: AuditSeal) -> None:
    happen(2)

    written = said("verify_audit_log")

    assert "are as they were sealed" in written
    assert "2 events are not sealed yet" in written


@pytest.mark.parametrize(
    "values",
    [{"type": "x"}, {"facts": {"x": 1}}, {"ip": "192.0.2.7"}, {"at": NOW - SECOND}, {"sid": "0" * 32}],
)
def test_a_changed_event_is_named(second: AuditSeal, values: dict[str, Any]) -> None:
    with unguarded():
        AuditEvent.objects.filter(pk=second.last_id).update(**values)

    assert found() == (Differs.CHANGED, 2, (second.last_id,))
    with pytest.raises(CommandError, match=f"seal 2, .*: changed event {second.last_id}") as refusal:
        said("verify_audit_log")
    assert refusal.value.returncode == 1


def test_a_missing_event_is_named(second: AuditSeal) -> None:
    with unguarded():
        AuditEvent.objects.filter(pk=second.first_id).delete()

    assert found() == (Differs.MISSING, 2, (second.first_id,))


def test_a_missing_range_is_missing(second: AuditSeal) -> None:
    with unguarded():
        AuditEvent.objects.filter(pk__gte=second.first_id, pk__lte=second.last_id).delete()

    differs, number, events = found()
    assert (differs, number, len(events)) == (Differs.MISSING, 2, 4)


def test_an_event_inserted_where_a_rollback_left_a_gap_is_named(second: AuditSeal) -> None:
    gap = ids()[-1] + 1
    happen(2)
    with unguarded():
        AuditEvent.objects.filter(pk=gap).delete()
    later = seal()[-1]
    event = AuditEvent.objects.get(pk=second.last_id)
    event.pk = gap
    event.save(force_insert=True)

    assert found() == (Differs.INSERTED, later.number, (gap,))


def test_an_event_inserted_before_all_is_named(second: AuditSeal) -> None:
    event = AuditEvent.objects.get(pk=second.last_id)
    event.pk = -5
    event.save(force_insert=True)

    assert found() == (Differs.INSERTED, 0, (-5,))


def test_fingerprints_that_are_changed_with_the_event_hide_nothing(second: AuditSeal) -> None:
    with unguarded():
        AuditEvent.objects.filter(pk=second.last_id).update(type="x")
        from accounts.audit.canonical import event_lines  # noqa: PLC0415

        lines = event_lines(first_id=second.first_id, last_id=second.last_id)
        AuditSeal.objects.filter(pk=2).update(leaves=leaves_of(lines))

    assert found() == (Differs.CHANGED, 2, ())


def test_a_seal_that_is_changed_is_named(second: AuditSeal) -> None:
    rewrite(2, events=5)

    assert found() == (Differs.SEAL, 2, ())


def test_a_seal_that_is_changed_with_its_hash_needs_the_key(second: AuditSeal) -> None:
    second.events = 5
    rewrite(2, events=5, hash=seal_hash(second))

    assert found() == (Differs.KEY, 2, ())


def test_a_seal_that_is_missing_breaks_the_chain(second: AuditSeal) -> None:
    with unguarded():
        second.delete()

    assert found() == (Differs.CHAIN, 3, ())


def test_a_chain_that_begins_later_is_broken(second: AuditSeal) -> None:
    with unguarded():
        AuditSeal.objects.filter(number=1).delete()

    assert found() == (Differs.CHAIN, 2, ())


def test_seals_made_anew_with_another_key_are_found(second: AuditSeal, settings: Settings) -> None:
    """What a thief of the database could make of it."""
    ours = settings.AUTHSITE_KEY_ENCRYPTION_KEYS
    with unguarded():
        AuditSeal.objects.all().delete()
        AuditEvent.objects.filter(pk=second.last_id).delete()
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = dict.fromkeys(ours, b"x" * 32)
    seal(most=4)
    assert verify_audit_log().finding is None
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = ours

    assert found() == (Differs.KEY, 1, ())


def test_seals_of_a_key_that_is_gone_are_vouched_for_by_later_ones(
    second: AuditSeal, settings: Settings
) -> None:
    settings.AUTHSITE_KEY_ENCRYPTION_KEYS = {2: b"y" * 32}
    assert found() == (Differs.KEY, 1, ())

    happen(1)
    seal()

    assert verify_audit_log().finding is None


def test_seals_that_are_cut_off_at_the_end_are_missed_by_whoever_kept_a_hash(second: AuditSeal) -> None:
    head = AuditSeal.objects.latest("number").hash
    assert "are as they were sealed" in said("verify_audit_log", head=head)
    with unguarded():
        AuditSeal.objects.latest("number").delete()

    assert verify_audit_log().finding is None
    with pytest.raises(CommandError, match="cut off"):
        said("verify_audit_log", head=head)


def test_events_dropped_without_the_key_are_found(second: AuditSeal) -> None:
    """The guard lets through whoever writes that a range was dropped; the code on it needs the key."""
    AuditSeal.objects.filter(pk=2).update(dropped_at=NOW, drop_mac=f"1.{'0' * 64}")
    AuditEvent.objects.filter(pk__gte=second.first_id, pk__lte=second.last_id).delete()

    assert found() == (Differs.DROP, 2, ())


@pytest.mark.parametrize("written", ["", "x.y"])
def test_a_drop_without_a_code_is_found(second: AuditSeal, written: str) -> None:
    AuditSeal.objects.filter(pk=2).update(dropped_at=NOW, drop_mac=written)

    assert found() == (Differs.DROP, 2, ())


def test_events_in_a_dropped_range_were_inserted(second: AuditSeal) -> None:
    mark_as_dropped(second, now=NOW)
    second.save()

    differs, number, events = found()
    assert (differs, number, len(events)) == (Differs.INSERTED, 2, 4)


def test_a_seal_out_of_its_place_breaks_the_chain(second: AuditSeal) -> None:
    lines = [(999_999, b"{}")]
    stray = make_seal(lines, previous=second, earliest_at=NOW, latest_at=NOW, now=NOW)
    stray.number = AuditSeal.objects.count() + 1
    stray.save(force_insert=True)

    assert found()[:2] == (Differs.CHAIN, stray.number)
