"""The settings as a whole: what production refuses, and what each mode gets."""

from __future__ import annotations

import runpy
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from django.core.exceptions import ImproperlyConfigured

import authsite

if TYPE_CHECKING:
    from collections.abc import Callable

PRODUCTION = {
    "AUTHSITE_ENV": "production",
    "AUTHSITE_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghij",
    "AUTHSITE_REFRESH_SECRETS": "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "AUTHSITE_KEY_ENCRYPTION_KEYS": "1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",
    "AUTHSITE_ISSUER": "https://login.example.com",
    "AUTHSITE_ALLOWED_HOSTS": "login.example.com",
    "AUTHSITE_EMAIL_URL": "submission://authsite:pw@mail.example.com",
    "AUTHSITE_EMAIL_FROM": "Example login <login@example.com>",
    "DATABASE_URL": "postgres://authsite:pw@db.example.com:5432/authsite",
}
REQUIRED = sorted(PRODUCTION.keys() - {"AUTHSITE_ENV"})


class Load(Protocol):
    """Runs the settings in a project of their own."""

    def __call__(self, variables: dict[str, str]) -> dict[str, Any]:
        """Return the settings that these variables make."""


@pytest.fixture
def load(environ: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[dict[str, str]], dict[str, Any]]:
    """Return what runs a copy of the settings, so that nothing is written into this project."""
    copy = tmp_path / "authsite" / "settings.py"
    copy.parent.mkdir()
    shutil.copy(Path(authsite.__path__[0]) / "settings.py", copy)

    def load_settings(variables: dict[str, str]) -> dict[str, Any]:
        for name, value in variables.items():
            environ.setenv(name, value)
        return runpy.run_path(str(copy))

    return load_settings


def test_without_any_variable_development_mode_runs(load: Load, tmp_path: Path) -> None:
    settings = load({})

    assert settings["AUTHSITE_ENV"] == "development"
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert settings["DATABASES"]["default"]["NAME"] == str(tmp_path / "var/authsite.sqlite3")
    assert (tmp_path / "var/development-secrets.json").exists()
    assert not settings["DEBUG"]


def test_development_with_secrets_of_its_own_writes_no_file(load: Load, tmp_path: Path) -> None:
    load(PRODUCTION | {"AUTHSITE_ENV": "development"})

    assert not (tmp_path / "var").exists()


def test_settings_print_nothing(load: Load, capfd: pytest.CaptureFixture[str]) -> None:
    load({})

    assert capfd.readouterr() == ("", "")


def test_the_issuer_of_development_follows_the_port(load: Load) -> None:
    assert load({"PORT": "9000"})["AUTHSITE_ISSUER"] == "http://127.0.0.1:9000"


def test_limits_and_proxies_are_read(load: Load) -> None:
    written = {
        "AUTHSITE_LIMIT_PER_PAIR": "4",
        "AUTHSITE_LIMIT_WINDOW_MINUTES": "60",
        "AUTHSITE_TRUSTED_PROXIES": "10.0.0.0/8",
    }

    settings = load(written)

    assert settings["AUTHSITE_LIMITS"] == {
        "pair": 4,
        "account": 50,
        "address": 100,
        "device": 10,
        "resets": 3,
    }
    assert settings["AUTHSITE_LIMIT_WINDOW"] == timedelta(hours=1)
    assert [str(network) for network in settings["AUTHSITE_TRUSTED_PROXIES"]] == ["10.0.0.0/8"]


def test_cookies_of_development_need_no_https(load: Load) -> None:
    assert (load({})["SESSION_COOKIE_NAME"], load({})["CSRF_COOKIE_NAME"]) == ("sessionid", "csrftoken")


def test_production_starts_with_nothing_weak(load: Load, tmp_path: Path) -> None:
    settings = load(PRODUCTION)

    assert settings["AUTHSITE_IS_PRODUCTION"]
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert settings["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert not settings["DEBUG"]
    assert settings["SECURE_HSTS_SECONDS"] == timedelta(days=365).total_seconds()
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://login.example.com"]
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("name", REQUIRED)
def test_production_names_what_is_missing_and_says_what_to_write(load: Load, name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"\A{name} is missing: write .+\Z"):
        load({key: value for key, value in PRODUCTION.items() if key != name})


def test_production_names_everything_that_is_missing_at_once(load: Load) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        load({"AUTHSITE_ENV": "production"})

    assert sorted(line.split()[0] for line in str(refusal.value).splitlines()) == REQUIRED


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("AUTHSITE_DEBUG", "true", "is not allowed in production: write false"),
        ("AUTHSITE_COOKIES_SECURE", "false", "is not allowed in production: write true"),
        ("AUTHSITE_SECRET_KEY", "short", "is too weak"),
        ("AUTHSITE_SECRET_KEY", "django-insecure-" + "abcdefghij" * 5, "is a placeholder"),
        ("AUTHSITE_REFRESH_SECRETS", "1:c2hvcnQ=", "has 5 bytes in version 1"),
        ("AUTHSITE_REFRESH_SECRETS", "1:" + "A" * 43, "repeats a single byte"),
        ("AUTHSITE_KEY_ENCRYPTION_KEYS", "1:c2hvcnQ=", "has 5 bytes in version 1"),
        ("AUTHSITE_KEY_ENCRYPTION_KEYS", "1:" + "AQIDBAUGBwgJ" * 4, "has 36 bytes in version 1"),
        ("AUTHSITE_KEY_SEALER", "KmsSealer", "is not the dotted path of a class"),
        ("AUTHSITE_KEY_SEALER", "our company.Kms", "is not the dotted path of a class"),
        ("AUTHSITE_JWK_SET_MAX_AGE_SECONDS", "1", "is not valid: write a whole number from 2 to 86400"),
        ("AUTHSITE_ISSUER", "http://login.example.com", "does not start with https://"),
        ("AUTHSITE_ISSUER", "https://login.example.com/", "perhaps a trailing slash"),
        ("AUTHSITE_AUDIENCE", "Mi Aplicación", "is not a code"),
        ("AUTHSITE_AUDIENCE", "a" * 64, "is not a code"),
        ("AUTHSITE_ALLOWED_HOSTS", "*", "has a wildcard"),
        ("AUTHSITE_ALLOWED_HOSTS", "login.example.com,.com", "has a wildcard"),
        ("DATABASE_URL", "mysql://db/authsite", "names a database that is neither"),
        ("REDIS_URL", "cache.example.com", "is not the URL of a Redis server"),
        ("AUTHSITE_EMAIL_URL", "smtp://mail.example.com", "sends mails to another machine in the clear"),
        ("AUTHSITE_EMAIL_URL", "mail.example.com", "is not the URL of a mail server"),
        ("AUTHSITE_EMAIL_FROM", "nobody", "is not an e-mail address"),
        ("AUTHSITE_PASSWORD_MIN_LENGTH", "7", "is not valid: write a whole number from 8 to 128"),
        ("AUTHSITE_ARGON2_MEMORY_KIB", "19455", "is not valid: write a whole number from 19456"),
        ("AUTHSITE_ARGON2_PASSES", "1", "is not valid: write a whole number from 2 to 20"),
        ("AUTHSITE_ARGON2_LANES", "0", "is not valid: write a whole number from 1 to 16"),
        ("AUTHSITE_BREACHED_PASSWORDS_FILE", "/no/such/file", "is not a file that can be read"),
        ("AUTHSITE_BREACHED_PASSWORDS_FILE", "/", "is not a file that can be read"),
        ("AUTHSITE_REFRESH_GRACE_SECONDS", "301", "is not valid: write a whole number from 0 to 300"),
        ("AUTHSITE_SESSION_IDLE_DAYS", "0", "is not valid: write a whole number from 1 to 3650"),
        ("AUTHSITE_SESSION_ABSOLUTE_DAYS", "29", "is less than AUTHSITE_SESSION_IDLE_DAYS"),
        ("PORT", "70000", "is not valid: write a whole number from 1 to 65535"),
        ("AUTHSITE_ENV", "staging", "is not a mode"),
    ],
)
def test_production_refuses_what_is_weak(load: Load, name: str, value: str, reason: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"\A{name} .*{reason}"):
        load(PRODUCTION | {name: value})


def test_a_forwarded_protocol_is_believed_only_behind_a_known_proxy(load: Load) -> None:
    assert "SECURE_PROXY_SSL_HEADER" not in load(PRODUCTION)
    assert "SECURE_PROXY_SSL_HEADER" in load(PRODUCTION | {"AUTHSITE_BEHIND_TLS_PROXY": "true"})


def test_lifetimes_are_periods(load: Load) -> None:
    settings = load(PRODUCTION | {"AUTHSITE_REFRESH_GRACE_SECONDS": "5", "AUTHSITE_SESSION_IDLE_DAYS": "90"})

    assert settings["AUTHSITE_REFRESH_GRACE"] == timedelta(seconds=5)
    assert settings["AUTHSITE_SESSION_IDLE_LIFETIME"] == timedelta(days=90)
    assert settings["AUTHSITE_SESSION_ABSOLUTE_LIFETIME"] == timedelta(days=90)


def test_development_prints_mails_and_production_sends_them(load: Load) -> None:
    assert load({})["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"

    settings = load(PRODUCTION)

    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == ("mail.example.com", 587)
    assert settings["DEFAULT_FROM_EMAIL"] == "Example login <login@example.com>"


def test_a_list_of_stolen_passwords_is_asked_where_there_is_one(load: Load, tmp_path: Path) -> None:
    def rules(settings: dict[str, Any]) -> list[str]:
        return [rule["NAME"].rsplit(".", maxsplit=1)[-1] for rule in settings["AUTH_PASSWORD_VALIDATORS"]]

    path = tmp_path / "pwned"
    path.touch()

    assert "BreachedPasswordsValidator" not in rules(load({}))
    assert "BreachedPasswordsValidator" in rules(load({"AUTHSITE_BREACHED_PASSWORDS_FILE": str(path)}))


def test_the_library_has_no_key_of_its_own(load: Load) -> None:
    assert load(PRODUCTION)["SIMPLE_JWT"]["SIGNING_KEY"] == ""


def test_damaged_development_secrets_are_reported_once(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "var/development-secrets.json"
    path.parent.mkdir()
    path.touch(0o600)

    with pytest.raises(ImproperlyConfigured, match=rf"\A{path} is damaged: [^\n]+\Z"):
        load({})
