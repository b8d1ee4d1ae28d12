"""A person explores the API in a browser."""

from django.test import Client

from accounts.models import User
from tests.api.client import ApiClient, read


def signed_in(user: User, **options: bool) -> ApiClient:
    http = Client(**options)  # type: ignore[arg-type] # only enforce_csrf_checks is given
    http.force_login(user)
    return ApiClient(http)


def test_browser_session_has_the_claims_of_a_token(api: ApiClient, alice: User) -> None:
    api.log_in("alice@example.org")
    by_token = read(api.get("/api/v1/auth/token/"))["claims"]

    by_session = read(signed_in(alice).get("/api/v1/auth/token/"))["claims"]

    assert by_session == {
        name: value for name, value in by_token.items() if name not in {"sid", "jti", "iat", "exp"}
    }


def test_same_permissions_hold(alice: User, mallory: User) -> None:
    assert signed_in(alice).get("/api/v1/user-data/").status_code == 200
    assert signed_in(mallory).get("/api/v1/user-data/").status_code == 403


def test_deactivated_person_is_signed_out_at_once(alice: User) -> None:
    browser = signed_in(alice)
    User.objects.update(is_active=False)

    assert browser.get("/api/v1/me/").status_code == 401


def test_write_needs_the_csrf_token(alice: User) -> None:
    browser = signed_in(alice, enforce_csrf_checks=True)

    problem = read(browser.send("PATCH", "/api/v1/me/", {"name": "Forged"}), 403)

    assert problem["code"] == "csrf_failed"
    assert User.objects.get().name == alice.name


def test_pages_are_html(alice: User) -> None:
    browser = signed_in(alice)

    for path in ("/api/v1/", "/api/v1/me/", "/api/v1/auth/login/", "/api/v1/auth/sessions/"):
        response = browser.get(path, Accept="text/html")
        assert response["Content-Type"].startswith("text/html")
        assert response.status_code in {200, 405}


def test_error_page_is_html_too(api: ApiClient) -> None:
    response = api.get("/api/v1/me/", Accept="text/html", Authorization="Bearer nonsense")

    assert response.status_code == 401
    assert response["Content-Type"].startswith("text/html")
