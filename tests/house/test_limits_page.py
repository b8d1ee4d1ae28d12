"""docs/limits.md says what is counted by what, and how much fits in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from accounts.audit.actors import Origin
from accounts.limits.buckets import Bucket, BucketKind
from accounts.models import User
from accounts.refresh_sessions.opaque_tokens import make_device_token
from accounts.services import attempts
from tests.accounts.journeys import NOW
from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = (ROOT / "docs/limits.md").read_text("utf-8")
SETTINGS = (ROOT / "docs/settings.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \| `(\w+)` \| (\d+) \|$", PAGE, flags=re.MULTILINE)
ORIGIN = Origin(ip="192.0.2.1")


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> dict[BucketKind, Bucket]:
    """Return each bucket that the services count by."""
    found: list[Bucket] = []

    def note(buckets: Sequence[Bucket], **_rest: object) -> None:
        found.extend(buckets)

    monkeypatch.setattr(attempts, "take_or_record", note)
    user = User(email="alice@example.org")
    token = make_device_token(sub=user.pk, device_id=uuid4())
    for device_token in (None, token):
        found += attempts.login_buckets(email=user.email, user=user, device_token=device_token, origin=ORIGIN)
    found += attempts.current_password_buckets(user)
    for sid in (None, uuid4()):
        attempts.count_refused_token(sid=sid, origin=ORIGIN, now=NOW)
    attempts.count_password_reset(email=user.email, user=None, origin=ORIGIN, now=NOW)
    return {bucket.kind: bucket for bucket in found}


def test_each_bucket_has_its_row_with_its_size(used: dict[BucketKind, Bucket]) -> None:
    assert {name: int(size) for name, _setting, size in ROWS} == {
        str(kind): bucket.size for kind, bucket in used.items()
    }
    assert set(used) == set(BucketKind)
    assert {bucket.window.total_seconds() for bucket in used.values()} == {15 * 60}


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_default_is_the_settings_own(row: tuple[str, str, str]) -> None:
    _bucket, setting, size = row

    assert f"| `{setting}` | `{size}` |" in SETTINGS
