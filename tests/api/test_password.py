"""A person changes their password."""

import pytest

from accounts.models import User
from accounts.refresh_sessions.models import RefreshSession
from tests.api.client import ApiClient, read
from tests.api.test_browser import signed_in
from tests.factories import PASSWORD

PATH = "/api/v1/auth/password/"
NEW = "  another long passphrase  "


def test_change_ends_other_sessions_and_keeps_this_one(api: ApiClient, alice: User) -> None:
    ApiClient().log_in("alice@example.org")
    mine = api.log_in("alice@example.org")

    response = api.post(PATH, {"current_password": PASSWORD, "new_password": NEW})

    assert response.status_code == 204
    live = RefreshSession.objects.filter(ended_at__isnull=True)
    assert [str(session.sid) for session in live] == [mine["sid"]]


def test_change_in_a_browser_keeps_it_signed_in_and_ends_every_other_session(alice: User) -> None:
    phone, here, elsewhere = ApiClient(), signed_in(alice), signed_in(alice)
    phone.log_in("alice@example.org")
    old_key = here.http.session.session_key

    response = here.post(PATH, {"current_password": PASSWORD, "new_password": NEW})

    assert response.status_code == 204
    assert read(here.get("/api/v1/me/"))["email"] == "alice@example.org"
    assert here.http.session.session_key != old_key
    assert elsewhere.get("/api/v1/me/").status_code == 401
    assert not RefreshSession.objects.filter(ended_at__isnull=True).exists()


def test_refused_change_in_a_browser_keeps_it_signed_in(alice: User) -> None:
    here = signed_in(alice)

    read(here.post(PATH, {"current_password": "wrong", "new_password": NEW}), 400)

    assert here.get("/api/v1/me/").status_code == 200


def test_change_by_a_token_leaves_the_browser_session_beside_it_alone(
    api: ApiClient, alice: User, bob: User
) -> None:
    api.log_in("alice@example.org")
    browser = signed_in(bob)
    browser.token = api.token

    response = browser.post(PATH, {"current_password": PASSWORD, "new_password": NEW})
    browser.token = ""

    assert response.status_code == 204
    assert read(browser.get("/api/v1/me/"))["email"] == "bob@example.org"


def test_new_password_is_kept_exactly_as_typed(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")
    api.post(PATH, {"current_password": PASSWORD, "new_password": NEW})

    def status(password: str) -> int:
        body = {"email": "alice@example.org", "password": password}
        return ApiClient().post("/api/v1/auth/login/", body).status_code

    assert (status(NEW), status(NEW.strip()), status(PASSWORD)) == (200, 401, 401)


@pytest.mark.parametrize(
    ("language", "says"),
    [("es", "Elija cuatro palabras o más"), ("en", "Choose four or more words")],
)
@pytest.mark.parametrize("password", ["contraseñacontraseña", "finanzas-2026-finanzas"])
def test_refusal_says_what_to_do_in_the_language_asked_for(
    api: ApiClient, alice: User, language: str, says: str, password: str
) -> None:
    api.log_in("alice@example.org")
    body = {"current_password": PASSWORD, "new_password": password}

    (said,) = read(api.post(PATH, body, **{"Accept-Language": language}), 400)["error"]["new_password"]

    assert says in said


def test_accents_in_one_part_or_in_two_log_in_alike(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")
    composed, decomposed = "tranvía lentejas cordillera", "tranvi\u0301a lentejas cordillera"
    api.post(PATH, {"current_password": PASSWORD, "new_password": decomposed})

    for typed in (composed, decomposed):
        body = {"email": "alice@example.org", "password": typed}
        assert ApiClient().post("/api/v1/auth/login/", body).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"current_password": "wrong", "new_password": NEW}, "current_password"),
        ({"current_password": PASSWORD, "new_password": "short"}, "new_password"),
        ({"current_password": PASSWORD, "new_password": "x" * 129}, "new_password"),
        ({"current_password": PASSWORD, "new_password": "alice@example.org"}, "new_password"),
        ({"new_password": NEW}, "current_password"),
    ],
)
def test_refusal_names_the_field_and_changes_nothing(
    api: ApiClient, alice: User, body: dict[str, str], field: str
) -> None:
    api.log_in("alice@example.org")

    assert list(read(api.post(PATH, body), 400)["error"]) == [field]

    assert User.objects.get(pk=alice.pk).check_password(PASSWORD)
