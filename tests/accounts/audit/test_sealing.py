"""Seals: every event under one, in a chain."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.core.management import CommandError

from accounts.audit.canonical import EVENT_FIELDS, canonical_json, event_lines
from accounts.audit.models import AuditEvent, AuditSeal
from tests.accounts.audit.sealed_log import happen, ids, said, seal


@pytest.mark.django_db
def test_every_event_is_under_one_seal_and_a_second_run_has_nothing_to_do() -> None:
    happen(9)

    seals = seal(most=4)

    assert [each.events for each in seals][:-1] == [4] * (len(seals) - 1)
    assert sum(each.events for each in seals) == len(ids())
    assert [each.first_id for each in seals[1:]] == [each.last_id + 1 for each in seals[:-1]]
    assert seals[-1].last_id == ids()[-1]
    assert seal() == []
    assert said("seal_audit_log") == ""


@pytest.mark.django_db
def test_command_prints_each_hash() -> None:
    happen(3)

    line = said("seal_audit_log").strip()

    assert line.endswith(AuditSeal.objects.get().hash)
    with pytest.raises(CommandError, match="--most"):
        said("seal_audit_log", most=0)
    for wait in (float("nan"), float("inf"), -1.0):
        with pytest.raises(CommandError, match="--wait"):
            said("seal_audit_log", wait=wait)


@pytest.mark.django_db
def test_hashes_are_computed_as_the_page_says() -> None:
    """As somebody would who has only docs/audit.md: no function of ours."""
    happen(5)
    first, second, *_rest = seal(most=3)
    rows = [line for _id, line in event_lines(first_id=first.first_id, last_id=first.last_id)]

    read = [json.loads(row) for row in rows]
    again = [json.dumps(each, sort_keys=True, separators=(",", ":")).encode() for each in read]
    assert again == rows
    assert hashlib.sha256(b"".join(row + b"\n" for row in rows)).hexdigest() == first.events_sha256
    body = {
        "number": second.number,
        "first_id": second.first_id,
        "last_id": second.last_id,
        "events": second.events,
        "earliest_at": second.earliest_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "latest_at": second.latest_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "form": 1,
        "events_sha256": second.events_sha256,
        "previous_hash": first.hash,
        "sealed_at": second.sealed_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    written = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    assert hashlib.sha256(written).hexdigest() == second.hash


def test_the_form_has_every_column() -> None:
    """A column that is added later needs a form of its own: this test says so."""
    assert [field.name for field in AuditEvent._meta.concrete_fields if field.name not in EVENT_FIELDS] == []


def test_the_form_knows_no_other_types() -> None:
    with pytest.raises(TypeError):
        canonical_json({"x": b""})
