"""The secrets of development mode: made once, the same for every process, and nobody else's."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured

from authsite import formats
from authsite.development_secrets import DevelopmentSecrets

if TYPE_CHECKING:
    from pathlib import Path

ASK = """
import pathlib, sys
from authsite.development_secrets import DevelopmentSecrets
print(DevelopmentSecrets(pathlib.Path(sys.argv[1])).get("AUTHSITE_REFRESH_SECRETS"))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "development-secrets.json"


def test_secrets_are_strong_enough_for_their_settings(path: Path) -> None:
    secrets = DevelopmentSecrets(path)

    assert formats.secret_key(secrets.get("AUTHSITE_SECRET_KEY"))
    for name in ("AUTHSITE_REFRESH_SECRETS", "AUTHSITE_KEY_ENCRYPTION_KEYS"):
        assert formats.versioned_secrets(secrets.get(name), min_bytes=32, max_bytes=32).keys() == {1}


def test_secrets_stay_the_same(path: Path) -> None:
    first = DevelopmentSecrets(path).get("AUTHSITE_SECRET_KEY")

    assert DevelopmentSecrets(path).get("AUTHSITE_SECRET_KEY") == first


def test_only_the_owner_may_read_the_file_and_nothing_else_is_left(path: Path) -> None:
    DevelopmentSecrets(path).get("AUTHSITE_SECRET_KEY")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_start_together_agree(path: Path) -> None:
    command = [sys.executable, "-c", ASK, str(path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]

    answers = {process.communicate(timeout=60)[0] for process in processes}

    assert answers == {json.loads(path.read_text())["AUTHSITE_REFRESH_SECRETS"] + "\n"}


def test_a_file_that_appears_meanwhile_is_not_overwritten(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link_too_late(source: str, target: Path) -> None:
        monkeypatch.undo()
        DevelopmentSecrets(path).get("AUTHSITE_SECRET_KEY")
        os.link(source, target)

    monkeypatch.setattr(os, "link", link_too_late)

    secret = DevelopmentSecrets(path).get("AUTHSITE_SECRET_KEY")

    assert secret == DevelopmentSecrets(path).get("AUTHSITE_SECRET_KEY")


def test_a_file_that_others_may_read_is_refused(path: Path) -> None:
    DevelopmentSecrets(path).get("AUTHSITE_SECRET_KEY")
    path.chmod(0o640)

    with pytest.raises(ImproperlyConfigured, match=r"can be read by other users: run `chmod 600 /"):
        DevelopmentSecrets(path).get("AUTHSITE_SECRET_KEY")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"AUTHSITE_SECRET_KEY": "a"}', b"null"])
def test_a_damaged_file_is_refused_and_kept(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.touch(0o600)
    path.write_bytes(content)

    with pytest.raises(ImproperlyConfigured, match="is damaged: restore it, or delete it together with"):
        DevelopmentSecrets(path).get("AUTHSITE_SECRET_KEY")
    assert path.read_bytes() == content
