"""Typed claims, generated from the published schema by the commands that docs/claims.md prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from django.utils import timezone
from typeguard import TypeCheckError, check_type

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.services import create_audience
from accounts.audiences.source_registry import CLAIM_SOURCES
from tests.accounts.journeys import OWN_AUDIENCE, SYSTEM, start_session
from tests.clients.nodes import npm
from tests.docs.blocks import blocks_of
from tests.factories import DepartmentFactory, UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PRINTED = "http://127.0.0.1:8000"
CLASSES = {OWN_AUDIENCE: "ClaimsOfApiMiAplicacion", "everything-2.0": "ClaimsOfEverything20"}

USE_OF_EVERYTHING = """
from claims import ClaimsOfEverything20


def used(claims: ClaimsOfEverything20) -> tuple[str | None, list[str], str | None]:
    department = claims["required"]["deep"]["department"]
    optional = claims.get("optional", {}).get("department")
    return claims["import"], department["path"] if department else [], optional["code"] if optional else None
"""
USE_OF_EVERYTHING_IN_TYPESCRIPT = """
import type { ClaimsOfEverything20 } from "./claims.js";

const claims: ClaimsOfEverything20 = JSON.parse(process.argv[2] ?? "");
const path: string[] = claims.required.deep.department?.path ?? [];
const code: string | undefined = claims.optional?.department?.code;
console.log(JSON.stringify([claims.import, path, code ?? null]));
"""


@pytest.fixture
def server(live_server: LiveServer, settings: Settings) -> str:
    """Return the address of a server that issues for itself."""
    settings.AUTHSITE_ISSUER = live_server.url
    rows = [
        ContractClaimInput(path="import", source="department_code"),
        ContractClaimInput(path="class", source="department", required=False),
        *(ContractClaimInput(path=f"required.deep.{name}", source=name) for name in CLAIM_SOURCES),
        *(ContractClaimInput(path=f"optional.{name}", source=name, required=False) for name in CLAIM_SOURCES),
    ]
    create_audience(
        code="everything-2.0",
        label="Everything",
        max_token_bytes=8192,
        rows=rows,
        actor=SYSTEM,
        now=timezone.now(),
    )
    return str(live_server.url)


@pytest.fixture
def ada() -> User:
    return UserFactory.create(roles=["editor"], department=DepartmentFactory.create(code="finanzas"))


def token_of(user: User, audience: str) -> str:
    return start_session(user, audience=audience, now=timezone.now()).access_token


def run_printed(folder: Path, server: str, audience: str, *headings: str) -> None:
    """Run the shell blocks below ``headings``, as somebody types them, for another server and audience."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for heading in headings:
        command = blocks_of("claims.md", heading)["sh"]
        command = command.replace(PRINTED, server).replace(OWN_AUDIENCE, audience)
        finished = subprocess.run(
            ["/bin/sh", "-ec", command],
            cwd=folder,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr


def mypy(folder: Path, program: str) -> str:
    """Return what ``mypy --strict`` finds in a program beside the generated module."""
    (folder / "program.py").write_text(program, "utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "--python-version=3.11",
        "program.py",
    ]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=300
    ).stdout


def generated(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what the generated module defines, imported as a program would."""
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "claims", raising=False)
    names: dict[str, Any] = {}
    exec("from claims import *", names)  # noqa: S102 - see above
    monkeypatch.delitem(sys.modules, "claims")
    return names


def test_python_program_of_the_page_reads_a_real_token_and_is_strictly_typed(
    server: str, ada: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_printed(tmp_path, server, OWN_AUDIENCE, "Typed classes", "Python")
    program = blocks_of("claims.md", "Python")["python"]

    assert mypy(tmp_path, program).startswith("Success")
    assert "has no key" in mypy(tmp_path, program.replace('["departamento"]', '["department"]'))
    assert "Incompatible return value" in mypy(tmp_path, program.replace("-> str | None", "-> str"))
    names = generated(tmp_path, monkeypatch)
    exec(program.replace(PRINTED, server), names)  # noqa: S102 - the documentation's own code
    token = token_of(ada, OWN_AUDIENCE)
    assert names["departamento"](token) == "finanzas"
    claims = names["verified_claims"](token)
    check_type(claims, names[CLASSES[OWN_AUDIENCE]])
    with pytest.raises(TypeCheckError):
        check_type({**claims, "user_roles": None}, names[CLASSES[OWN_AUDIENCE]])
    assert "departamento: str | None" in (tmp_path / "claims.py").read_text("utf-8")


@pytest.mark.parametrize("has_department", [True, False])
def test_python_types_of_every_source_fit_a_real_token(
    server: str, ada: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_department: bool
) -> None:
    audience = "everything-2.0"
    run_printed(tmp_path, server, audience, "Typed classes", "Python")

    assert mypy(tmp_path, USE_OF_EVERYTHING).startswith("Success")
    names = generated(tmp_path, monkeypatch)
    exec(USE_OF_EVERYTHING, names | {"__name__": "program"}, names)  # noqa: S102 - the program above
    claims = payload_of(token_of(ada if has_department else UserFactory.create(), audience))
    check_type(claims, names[CLASSES[audience]])
    expected = ("finanzas", ["finanzas"], "finanzas") if has_department else (None, [], None)
    assert names["used"](claims) == expected


def payload_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


@pytest.fixture
def typed(project: Path, tmp_path: Path) -> Path:
    """Return an empty folder within the TypeScript client, with its strictness and its packages."""
    folder = project / tmp_path.name
    folder.mkdir()
    settings = {
        "extends": "../tsconfig.json",
        "compilerOptions": {"rootDir": ".", "outDir": "dist"},
        "include": ["."],
    }
    (folder / "tsconfig.json").write_text(json.dumps(settings), "utf-8")
    return folder


def test_typescript_program_of_the_page_reads_a_real_token(server: str, ada: User, typed: Path) -> None:
    run_printed(typed, server, OWN_AUDIENCE, "Typed classes", "TypeScript")
    program = blocks_of("claims.md", "TypeScript")["ts"]
    main = "console.log(departamento(process.argv[2] ?? ''));\n"
    (typed / "program.ts").write_text(program + main, "utf-8")

    npm(typed.parent, "exec", "--", "tsc", "--project", typed.name)

    said = npm(
        typed.parent, "exec", "--", "node", f"{typed.name}/dist/program.js", token_of(ada, OWN_AUDIENCE)
    )
    assert said.strip() == "finanzas"


def test_typescript_refuses_a_misspelt_claim(server: str, typed: Path) -> None:
    run_printed(typed, server, OWN_AUDIENCE, "Typed classes", "TypeScript")
    program = blocks_of("claims.md", "TypeScript")["ts"]
    (typed / "program.ts").write_text(program.replace(".departamento;", ".department;"), "utf-8")

    with pytest.raises(AssertionError, match="Property 'department' does not exist"):
        npm(typed.parent, "exec", "--", "tsc", "--project", typed.name)


@pytest.mark.parametrize("has_department", [True, False])
def test_typescript_types_of_every_source_fit_a_real_token(
    server: str, ada: User, typed: Path, *, has_department: bool
) -> None:
    run_printed(typed, server, "everything-2.0", "Typed classes", "TypeScript")
    (typed / "program.ts").write_text(USE_OF_EVERYTHING_IN_TYPESCRIPT, "utf-8")
    claims = payload_of(token_of(ada if has_department else UserFactory.create(), "everything-2.0"))

    npm(typed.parent, "exec", "--", "tsc", "--project", typed.name)

    program = f"{typed.name}/dist/program.js"
    said = json.loads(npm(typed.parent, "exec", "--", "node", program, json.dumps(claims)))
    expected: list[object] = ["finanzas", ["finanzas"], "finanzas"] if has_department else [None, [], None]
    assert said == expected
