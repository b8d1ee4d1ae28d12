"""A token is found in what people paste around it."""

from __future__ import annotations

import json
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.explanations.pasted.text import MAX_PASTED, find_token

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmU"
NESTED = "eyJlbmMiOiJBMjU2R0NNIn0.a2V5.aXY.Y2lwaGVydGV4dA.dGFn"
REFRESH = f"1.{'0123456789abcdef' * 2}.7.{'m-' * 21}M"
TOKENS = (JWT, NESTED, REFRESH)

AROUND = {
    "alone": "{}",
    "spaces": "  {}\n\n",
    "bearer": "Bearer {}",
    "bearer in capitals": "BEARER\t{}",
    "header": "Authorization: Bearer {}",
    "quoted header": "'Authorization: Bearer {}'",
    "double quotes": '"{}"',
    "back quotes": "`{}`",
    "angle brackets": "<{}>",
    "a comma": '"{}",',
    "a full stop": "{}.",
    "a sentence": "It says 401 with this one: {} since noon, why?",
    "an answer": '{{"token_type": "Bearer", "expires_in": 28800, "token": "{}"}}',
    "simplejwt's answer": '{{"access": "{}"}}',
    "an answer within": '{{"data": [{{"user": {{"id": 1}}}}, {{"access_token": "{}"}}]}}',
    "broken JSON": '{{"token": "{}", ',
    "a JSON text": '"Bearer {}"',
    "curl": "curl -H 'Authorization: Bearer {}' https://example.org/api/v1/me/",
    "a form": "token={}&client_id=web",
    "a zero-width space": "\u200b{}\ufeff",
    "a quoted mail": "> {}",
}


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_token_is_found_within(around: str, token: str) -> None:
    assert find_token(around.format(token)) == token


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("prefix", ["", "> ", "    "])
def test_token_of_several_lines_is_put_together(prefix: str, token: str) -> None:
    lines = textwrap.wrap(token, 20, break_on_hyphens=False)

    assert find_token("\r\n".join(prefix + line for line in lines)) == token


def test_access_token_of_a_whole_answer_comes_before_its_refresh_token() -> None:
    answer = {"user": {"id": "7"}, "refresh": REFRESH, "token": JWT, "device_token": "x"}

    assert find_token(json.dumps(answer, indent=2)) == JWT


@pytest.mark.parametrize(
    "text", ["", " ", "hello", "{}", "[]", "null", '{"token": 1}', "Bearer", "....", "\x00"]
)
def test_text_without_a_token_has_none(text: str) -> None:
    assert find_token(text) is None


HOSTILE = {
    "runs": "eyJ" * (MAX_PASTED // 3),
    "dots": "." * MAX_PASTED,
    "parts": "eyJ." * (MAX_PASTED // 4),
    "numbers": "1." * (MAX_PASTED // 2),
    "quotes": '"' * MAX_PASTED,
    "brackets": "[" * MAX_PASTED,
    "objects": '{"a":' * (MAX_PASTED // 5),
    "spaces": " " * MAX_PASTED,
    "marks": ">" * MAX_PASTED,
    "marked lines": "> > >\n" * (MAX_PASTED // 6),
    "words": "bearer " * (MAX_PASTED // 7),
    "invisible": "\u200b" * MAX_PASTED,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_comes_to_an_end(text: str) -> None:
    """Milliseconds each; a pattern that goes back over such a text takes hours."""
    find_token(text)


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_no_fault(text: str) -> None:
    found = find_token(text)

    assert found is None or found.isascii()


@given(
    st.recursive(
        st.none() | st.text(max_size=9), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_whatever_json_is_pasted_is_no_fault(value: object) -> None:
    find_token(json.dumps(value))
