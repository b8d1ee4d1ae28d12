"""The list of stolen passwords is searched where it lies."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError

from accounts.checks import check_breached_passwords
from accounts.password_validators.breaches import BreachedPasswordsValidator, is_ordered

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

STOLEN = [f"stolen password number {number}" for number in range(500)]


def sha1(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def written(path: Path, lines: list[str], *, end: str = "\r\n") -> Path:
    path.write_bytes(end.join([*lines, ""]).encode())
    return path


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return written(tmp_path / "pwned", sorted(f"{sha1(password)}:{3}" for password in STOLEN))


def is_refused(path: Path, password: str) -> bool:
    try:
        BreachedPasswordsValidator(path).validate(password)
    except ValidationError as refusal:
        return refusal.code == "password_breached"
    return False


def test_each_password_of_the_list_is_found_and_no_other(listed: Path) -> None:
    assert all(is_refused(listed, password) for password in STOLEN)
    assert not any(is_refused(listed, f"{password}!") for password in STOLEN)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_short_lists_are_searched_too(tmp_path: Path, count: int, end: str) -> None:
    path = written(tmp_path / "list", sorted(map(sha1, STOLEN[:count])), end=end)

    assert [is_refused(path, password) for password in STOLEN[:5]] == [number < count for number in range(5)]


def test_a_list_without_a_last_line_break_and_in_lower_case_is_found(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("\n".join(sorted(sha1(password).lower() for password in STOLEN)))

    assert all(is_refused(path, password) for password in STOLEN)


def test_a_list_that_is_gone_hinders_nobody_and_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert not is_refused(tmp_path / "gone", STOLEN[0])
    assert "cannot be read" in caplog.text
    assert STOLEN[0] not in caplog.text


def test_only_hashes_in_order_are_a_list(listed: Path, tmp_path: Path, settings: Settings) -> None:
    lines = listed.read_text().splitlines()
    backwards = written(tmp_path / "backwards", lines[::-1])
    words = written(tmp_path / "words", sorted(STOLEN))

    assert [is_ordered(path) for path in (listed, backwards, words)] == [True, False, False]

    settings.AUTHSITE_BREACHED_PASSWORDS_FILE = listed
    assert check_breached_passwords() == []
    settings.AUTHSITE_BREACHED_PASSWORDS_FILE = backwards
    assert [problem.id for problem in check_breached_passwords()] == ["accounts.E007"]


def test_an_empty_file_is_no_list(tmp_path: Path) -> None:
    assert not is_ordered(written(tmp_path / "empty", []))
