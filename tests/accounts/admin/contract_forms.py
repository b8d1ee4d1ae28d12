"""The form of an audience, as somebody fills in the rows of its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from tests.accounts.admin.browsing import form_values, page_url

if TYPE_CHECKING:
    from django.test import Client

    from accounts.audiences.models import Audience

ROWS = "contract_claims"


def with_rows(client: Client, audience: Audience, *rows: dict[str, str]) -> dict[str, Any]:
    """Return the form of ``audience`` with some rows more."""
    values = form_values(client.get(page_url(audience)))
    first = int(values[f"{ROWS}-TOTAL_FORMS"])
    for number, row in enumerate(rows, start=first):
        values |= {f"{ROWS}-{number}-{name}": value for name, value in row.items()}
        values[f"{ROWS}-{number}-audience"] = audience.pk
    return values | {f"{ROWS}-TOTAL_FORMS": first + len(rows)}


def check_url(audience: Audience | None = None) -> str:
    """Return where the script of the form asks."""
    url = reverse("admin:audiences_audience_check_contract")
    return url if audience is None else f"{url}?audience={audience.pk}"
