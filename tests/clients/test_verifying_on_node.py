"""The recipe for jose on Node in docs/verifying.md, run as it is printed, against a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from accounts.keys.algorithms import SigningAlgorithm
from tests.clients.nodes import run
from tests.docs.blocks import blocks_of
from tests.docs.logged_in import fresh_token
from tests.docs.presented import bad_tokens, read_part

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer

#: Asks the recipe about each token, and prints the claims, or the code of jose's error.
HARNESS = """
import { readFileSync } from "node:fs";
import { verifiedClaims } from "./recipe.mjs";
const tokens = Object.entries(JSON.parse(readFileSync(0, "utf8")));
const asked = tokens.map(async ([what, token]) =>
  [what, await verifiedClaims(token).catch((error) => error.code ?? String(error))]);
console.log(JSON.stringify(Object.fromEntries(await Promise.all(asked))));
"""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("algorithm", [SigningAlgorithm.ES256, SigningAlgorithm.RS256])
def test_recipe_accepts_our_token_and_refuses_all_others(
    node_project: Path, live_server: LiveServer, settings: Settings, algorithm: SigningAlgorithm
) -> None:
    good = fresh_token(live_server, settings, algorithm)
    recipe = blocks_of("verifying.md", "jose, on Node")["js"]
    printed = recipe.replace("http://127.0.0.1:8000", live_server.url).replace("ES256", algorithm)
    (node_project / "recipe.mjs").write_text(printed)
    (node_project / "harness.mjs").write_text(HARNESS)
    given = json.dumps({"good": good} | bad_tokens(good))

    answers = json.loads(run("node", node_project, "harness.mjs", given=given))

    assert answers.pop("good") == read_part(good, 1)
    assert {what for what, answer in answers.items() if not str(answer).startswith("ERR_J")} == set()
