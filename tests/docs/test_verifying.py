"""The recipes of docs/verifying.md, run as they are printed, against a server and with real tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from authlib.integrations.flask_oauth2 import ResourceProtector, current_token
from django.core.signals import request_started
from fastapi import Depends, FastAPI
from flask import Flask
from flask_jwt_extended import get_jwt, jwt_required
from joserfc.errors import JoseError
from starlette.testclient import TestClient

from accounts.keys.algorithms import SigningAlgorithm
from tests.docs.blocks import blocks_of
from tests.docs.logged_in import fresh_token
from tests.docs.presented import bad_tokens, read_part
from tests.house.source_files import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PAGE = "verifying.md"
RECIPES = ("PyJWT", "joserfc", "Authlib", "Flask-JWT-Extended", "FastAPI")
#: What a library lets pass, as the page says.
MISSED = {"Authlib": {"without a type"}}


@pytest.fixture(params=[SigningAlgorithm.ES256, SigningAlgorithm.RS256])
def algorithm(request: pytest.FixtureRequest) -> SigningAlgorithm:
    """Return what the audience signs with."""
    chosen: SigningAlgorithm = request.param
    return chosen


@pytest.fixture
def good(live_server: LiveServer, settings: Settings, algorithm: SigningAlgorithm) -> str:
    """Return a token of a person who has just logged in."""
    return fresh_token(live_server, settings, algorithm)


def names_of(recipe: str, live_server: LiveServer, algorithm: str) -> dict[str, Any]:
    """Return what a recipe defines, for this server and this algorithm."""
    code = blocks_of(PAGE, recipe)["python"]
    names: dict[str, Any] = {"__name__": "recipe"}
    exec(code.replace("http://127.0.0.1:8000", live_server.url).replace("ES256", algorithm), names)  # noqa: S102 - the documentation's own code
    return names


def outcome(recipe: dict[str, Any], token: str) -> object:
    """Return the claims that a recipe answers, or why it refuses."""
    bearer = {"Authorization": f"Bearer {token}"}
    if "Depends" in recipe:
        answer = TestClient(fastapi_app(recipe)).get("/claims", headers=bearer)
        return answer.json() if answer.status_code == 200 else answer.status_code
    if "verified_claims" in recipe:
        try:
            return recipe["verified_claims"](token)
        except (jwt.PyJWTError, JoseError) as error:
            return error
    asked = flask_app(recipe).test_client().get("/claims", headers=bearer)
    return asked.get_json() if asked.status_code == 200 else asked.status_code


def fastapi_app(recipe: dict[str, Any]) -> FastAPI:
    """Return an app with one operation that asks for the claims, as the page says."""
    app = FastAPI()

    def claims(claims: Any = Depends(recipe["verified_claims"])) -> Any:  # noqa: B008 - FastAPI's own way
        return claims

    app.get("/claims")(claims)
    return app


def flask_app(recipe: dict[str, Any]) -> Flask:
    """Return an app with one view that asks for the claims, as the page says."""
    if "validator" in recipe:
        app, require_oauth = Flask("recipe"), ResourceProtector()
        require_oauth.register_token_validator(recipe["validator"])
        view = require_oauth()(lambda: dict(current_token))
    else:
        app, view = recipe["app"], jwt_required()(get_jwt)
    if "claims" not in app.view_functions:
        app.add_url_rule("/claims", "claims", view)
    return app


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Return the paths that the server is asked for during the test."""
    paths: list[str] = []

    def note(environ: dict[str, Any], **_kwargs: object) -> None:
        paths.append(environ["PATH_INFO"])

    request_started.connect(note)
    yield paths
    request_started.disconnect(note)


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipe_accepts_our_token_and_refuses_all_others(
    recipe: str, live_server: LiveServer, algorithm: str, good: str, asked: list[str]
) -> None:
    names = names_of(recipe, live_server, algorithm)
    said = read_part(good, 1)

    answered = outcome(names, good)
    refused = {what: outcome(names, token) for what, token in bad_tokens(good).items()}

    assert isinstance(answered, dict)
    assert said.items() <= answered.items()
    accepted = {what for what, result in refused.items() if isinstance(result, dict)}
    assert accepted == MISSED.get(recipe, set())
    assert {result for result in refused.values() if isinstance(result, int)} <= {401, 422}
    assert asked.count("/.well-known/jwks.json") <= 2


def test_each_python_recipe_of_the_page_is_run() -> None:
    page = (ROOT / "docs" / PAGE).read_text("utf-8").partition("## Recipes")[2]

    assert re.findall(r"^### (.+)$", page, flags=re.MULTILINE) == [*RECIPES, "jose, on Node"]
    assert all(
        len(code.splitlines()) <= 20 for code in re.findall(r"```\w+\n(.*?)```", page, flags=re.DOTALL)
    )
