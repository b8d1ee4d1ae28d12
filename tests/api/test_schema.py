"""The OpenAPI description."""

import io

import pytest
from django.core.management import call_command

from tests.api.client import ApiClient


@pytest.mark.django_db
def test_schema_has_neither_warnings_nor_errors(tmp_path: object) -> None:
    out = io.StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)

    assert "openapi: 3.1" in out.getvalue()


def test_documentation_is_served_without_foreign_hosts(api: ApiClient) -> None:
    page = api.get("/api/docs/", Accept="text/html").content.decode()

    assert "swagger-ui" in page
    assert "https://" not in page
