"""However a token is pasted in the admin, it is nowhere afterwards: no page, line, row, cookie or message."""

from __future__ import annotations

import json
import re
import textwrap
from typing import TYPE_CHECKING, Any, Never

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.admin.tokens import pasted_token as page
from accounts.explanations.pasted import recognised
from accounts.tokens import verification
from tests.accounts.admin.browsing import signed_in, superuser
from tests.accounts.journeys import start_session
from tests.accounts.tokens.forging import signed, strangers_key
from tests.factories import UserFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from tests.log_lines import Lines

pytestmark = pytest.mark.django_db

URL = "/admin/token/"
NESTED = (
    "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSJ9..c29tZS1pbml0LXZlY3Q"
    ".Y2lwaGVydGV4dC1vZi1zb21lYm9keQ.dGFnLW9mLXNvbWVib2R5LWVsc2U"
)
GARBAGE = "garbage-that-might-be-a-secret-of-somebody"


def wrapped(token: str) -> list[str]:
    """Return the token as people paste it."""
    lines = textwrap.wrap(token, 40, break_on_hyphens=False)
    return [
        token,
        f"Bearer {token}",
        f"'Authorization: Bearer {token}'",
        "\r\n".join(lines),
        " ".join(lines),
        json.dumps({"token_type": "Bearer", "token": token}, indent=2),
        f"look at {token}, please",
    ]


def all_tokens() -> dict[str, str]:
    tokens = start_session(UserFactory.create(email="alice@example.org"), now=timezone.now())
    return {
        "access": tokens.access_token,
        "refresh": tokens.refresh_token,
        "device": tokens.device_token,
        "altered": tokens.access_token[:-4] + "AAAA",
        "altered refresh": tokens.refresh_token[:-4] + "AAAA",
        "foreign": signed(claims={"iss": "https://elsewhere.example", "sub": "x"}, key=strangers_key()),
        "nested": NESTED,
        "garbage": GARBAGE,
        "much garbage": GARBAGE * 20_000,
    }


def traces(token: str) -> list[str]:
    """Return what would betray a token: all of it, or a part that is no public id."""
    secret = [
        part
        for part in re.split(r"[.\s]", token)
        if len(part) > 20 and not re.fullmatch("[0-9a-f]{32}", part)
    ]
    return [token[:200], *(part[:200] for part in secret)]


def rows_of_all_tables() -> str:
    return "\n".join(
        repr(list(model._meta.default_manager.values_list()))
        for model in apps.get_models()
        if model._meta.default_manager is not None
    )


def sessions() -> str:
    return repr([SessionStore(session.session_key).load() for session in Session.objects.all()])


def said(answer: Any, browser: Client) -> str:
    cookies = repr([cookie.OutputString() for cookie in browser.cookies.values()])
    return f"{answer.content.decode()}\n{answer.headers}\n{cookies}"


def assert_nowhere(token: str, *places: str) -> None:
    found = [
        (trace, place[max(0, place.find(trace) - 80) :][:200])
        for trace in traces(token)
        for place in places
        if trace in place
    ]
    assert found == []


def test_pasted_token_is_nowhere_afterwards(lines: Lines) -> None:
    browser, tokens = signed_in(superuser()), all_tokens()
    answers = []
    for token in tokens.values():
        for text in wrapped(token):
            answer = browser.post(URL, {"pasted": text})
            assert answer.status_code == 200
            assert "no-store" in answer["Cache-Control"]
            answers.append(said(answer, browser))
    answers += [said(browser.get(path), browser) for path in (URL, "/admin/")]

    logged = json.dumps(lines.written, ensure_ascii=False)
    for token in tokens.values():
        assert_nowhere(token, *answers, logged, rows_of_all_tables(), sessions())
    assert len(lines.of(event="request")) == len(answers)
    assert "token.inspected" in rows_of_all_tables()


def test_form_asks_browsers_to_remember_nothing() -> None:
    answer = signed_in(superuser()).get(URL)

    textarea = re.search(r"<textarea[^>]*>", answer.content.decode())
    assert textarea is not None
    assert 'autocomplete="off"' in textarea[0]
    assert 'spellcheck="false"' in textarea[0]
    assert "no-store" in answer["Cache-Control"]


def explode(*given: Any, **_named: Any) -> Never:
    raise RuntimeError("a fault")


FAULTS = {
    "in the page": (page, "_record"),
    "in the explanation": (recognised, "_of_token"),
    "in the verification": (verification, "json_object"),
    "in what follows": (page, "_told"),
}


@pytest.mark.parametrize("is_debug", [False, True])
@pytest.mark.parametrize("fault", FAULTS)
def test_fault_betrays_no_token(
    fault: str,
    is_debug: bool,  # noqa: FBT001 - a parameter
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    lines: Lines,
) -> None:
    settings.DEBUG = is_debug
    browser, token = signed_in(superuser()), all_tokens()["access"]
    browser.raise_request_exception = False
    monkeypatch.setattr(*FAULTS[fault], explode)

    answer = browser.post(URL, {"pasted": f"Bearer {token}"})

    assert answer.status_code == 500
    assert ("a fault" in answer.content.decode()) == is_debug  # Django's page for developers
    logged = json.dumps(lines.written, ensure_ascii=False)
    assert "a fault" in logged
    assert_nowhere(token, said(answer, browser), logged, rows_of_all_tables(), sessions())


@pytest.mark.parametrize("is_debug", [False, True])
def test_refused_forms_betray_no_token(settings: Settings, is_debug: bool, lines: Lines) -> None:  # noqa: FBT001 - a parameter
    settings.DEBUG = is_debug
    token = all_tokens()["access"]
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(superuser())

    answers = [strict.post(URL, {"pasted": token}), strict.post(URL, {"pasted": token * 5000})]

    assert [answer.status_code for answer in answers] == [403, 400]
    places = [said(answer, strict) for answer in answers]
    assert_nowhere(token, *places, json.dumps(lines.written, ensure_ascii=False), sessions())
