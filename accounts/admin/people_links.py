"""The way from a role, a department or a tenant to its people."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html


def people_link(parameter: str, key: Any, text: Any) -> str:
    """Return a link to the list of people, narrowed to those of one row."""
    return format_html(
        '<a href="{}?{}={}">{}</a>', reverse("admin:accounts_user_changelist"), parameter, key, text
    )
