"""The readers: where a value comes from, and what is said when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured

from authsite.environment import Environment

if TYPE_CHECKING:
    from pathlib import Path


def test_a_value_may_come_from_a_file(environ: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "audience"
    file.write_text("api-from-file\n")
    environ.setenv("AUTHSITE_AUDIENCE_FILE", str(file))
    environment = Environment()

    audience = environment.audience_code("AUTHSITE_AUDIENCE", default="api")

    environment.raise_problems()
    assert audience == "api-from-file"


def test_a_value_is_not_taken_from_two_places(environ: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environ.setenv("AUTHSITE_AUDIENCE", "api")
    environ.setenv("AUTHSITE_AUDIENCE_FILE", str(tmp_path / "audience"))
    environment = Environment()

    environment.audience_code("AUTHSITE_AUDIENCE", default="api")

    with pytest.raises(
        ImproperlyConfigured, match="AUTHSITE_AUDIENCE is set twice, also as AUTHSITE_AUDIENCE_FILE"
    ):
        environment.raise_problems()


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"], ids=["absent", "empty", "binary"])
def test_a_file_without_text_is_refused(
    environ: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "audience"
    if content is not None:
        file.write_bytes(content)
    environ.setenv("AUTHSITE_AUDIENCE_FILE", str(file))
    environment = Environment()

    environment.audience_code("AUTHSITE_AUDIENCE", default="api")

    with pytest.raises(ImproperlyConfigured, match="file that AUTHSITE_AUDIENCE_FILE names: write"):
        environment.raise_problems()


def test_an_empty_value_is_not_the_default(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("AUTHSITE_ENV", " ")

    with pytest.raises(ImproperlyConfigured, match="AUTHSITE_ENV is empty: write development or production"):
        Environment()


def test_all_problems_are_reported_at_once(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("AUTHSITE_AUDIENCE", "Not A Code")
    environ.setenv("AUTHSITE_REFRESH_GRACE_SECONDS", "soon")
    environment = Environment()

    environment.audience_code("AUTHSITE_AUDIENCE", default="api")
    environment.whole_number("AUTHSITE_REFRESH_GRACE_SECONDS", default=30, at_least=0, at_most=300)

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.raise_problems()
    assert str(refusal.value).splitlines() == [
        "AUTHSITE_AUDIENCE is not a code: write at most 63 characters of a-z, 0-9, _ . and -, e.g. api",
        "AUTHSITE_REFRESH_GRACE_SECONDS is not valid: write a whole number from 0 to 300, e.g. 30",
    ]


@pytest.mark.parametrize("written", ["-1", "301", "1.5", "0x10", "3e1"])
def test_a_number_outside_its_bounds_is_refused(environ: pytest.MonkeyPatch, written: str) -> None:
    environ.setenv("AUTHSITE_REFRESH_GRACE_SECONDS", written)
    environment = Environment()

    environment.whole_number("AUTHSITE_REFRESH_GRACE_SECONDS", default=30, at_least=0, at_most=300)

    with pytest.raises(ImproperlyConfigured, match="AUTHSITE_REFRESH_GRACE_SECONDS is not valid"):
        environment.raise_problems()


@pytest.mark.parametrize("bound", [0, 300])
def test_the_bounds_of_a_number_are_allowed(environ: pytest.MonkeyPatch, bound: int) -> None:
    environ.setenv("AUTHSITE_REFRESH_GRACE_SECONDS", str(bound))
    environment = Environment()

    read = environment.whole_number("AUTHSITE_REFRESH_GRACE_SECONDS", default=30, at_least=0, at_most=300)

    environment.raise_problems()
    assert read == bound


@pytest.mark.parametrize("written", ["2", "si", "treu"])
def test_a_boolean_is_not_guessed(environ: pytest.MonkeyPatch, written: str) -> None:
    environ.setenv("AUTHSITE_BEHIND_TLS_PROXY", written)
    environment = Environment()

    environment.boolean("AUTHSITE_BEHIND_TLS_PROXY", default=False)

    with pytest.raises(
        ImproperlyConfigured, match="AUTHSITE_BEHIND_TLS_PROXY is not valid: write true or false"
    ):
        environment.raise_problems()


def test_a_refusal_never_repeats_a_secret(environ: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environ.setenv("AUTHSITE_KEY_ENCRYPTION_KEYS", "1:hunter2hunter2")
    environ.setenv("DATABASE_URL", "mysql://authsite:hunter2@db/authsite")
    environment = Environment()

    environment.versioned_secrets("AUTHSITE_KEY_ENCRYPTION_KEYS", development=str)
    environment.database("DATABASE_URL", base_dir=tmp_path, development="")

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.raise_problems()
    assert "hunter2" not in str(refusal.value)
