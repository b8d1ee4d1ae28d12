"""The system checks of the installation."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from authsite.checks import check_clients_are_told_apart, check_static_files_are_collected

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings


@pytest.fixture
def production_static_files(settings: Settings, tmp_path: Path) -> None:
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}


@pytest.mark.usefixtures("production_static_files")
def test_production_without_static_files_is_an_error() -> None:
    assert [message.id for message in check_static_files_are_collected()] == ["authsite.E001"]


@pytest.mark.usefixtures("production_static_files")
def test_static_files_that_were_collected_are_found() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)

    assert check_static_files_are_collected() == []


def test_development_needs_no_static_files() -> None:
    assert check_static_files_are_collected() == []


def test_a_proxy_that_is_not_trusted_with_addresses_is_warned_of(settings: Settings) -> None:
    assert check_clients_are_told_apart() == []
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    assert [message.id for message in check_clients_are_told_apart()] == ["authsite.W001"]
    settings.AUTHSITE_TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    assert check_clients_are_told_apart() == []
