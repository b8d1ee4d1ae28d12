"""Project Wycheproof's vectors, read from beside the project's root; skipped visibly where absent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "vectors"

needs_vectors = pytest.mark.skipif(not FOLDER.exists(), reason=f"no test vectors at {FOLDER}")

JWK = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """One test: a key or keys, and what is, or is not, to be accepted by them."""

    file: str
    kind: str
    id: int
    comment: str
    is_valid: bool
    public: list[JWK]
    private: list[JWK]
    token: object


def vectors(name: str) -> list[Vector]:
    """Return the vectors of a file; none where it is absent."""
    file = FOLDER / name
    if not file.exists():
        return []
    groups = json.loads(file.read_text("utf-8"))["testGroups"]
    return [_vector(name, group, test) for group in groups for test in group["tests"]]


def _vector(name: str, group: dict[str, Any], test: dict[str, Any]) -> Vector:
    return Vector(
        file=name,
        kind="jws" if "jws" in test else "jwe",
        id=test["tcId"],
        comment=test["comment"],
        is_valid=test["result"] == "valid",
        public=_keys(group.get("public")),
        private=_keys(group["private"]),
        token=test["jws"] if "jws" in test else test["jwe"],
    )


def _keys(written: JWK | None) -> list[JWK]:
    if written is None:
        return []
    keys: list[JWK] = written.get("keys", [written])
    return keys
