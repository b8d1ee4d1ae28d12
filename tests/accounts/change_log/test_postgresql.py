"""What only PostgreSQL has: search paths, temporary tables, replicas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from tests.accounts.change_log.commits import sql, written

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


@pytest.mark.parametrize(
    "setting",
    [
        "SET LOCAL search_path = pg_catalog",
        "CREATE TEMPORARY TABLE change_log_pendingentry (scope text, value text, took_away bool)",
        "SET LOCAL session_replication_role = replica",
    ],
)
def test_no_setting_of_the_session_hides_a_change(alice: User, setting: str) -> None:
    with written() as entries:
        sql(setting)
        sql("UPDATE public.accounts_user SET is_active = false")
        connection.check_constraints()
        sql("SET LOCAL search_path = public")
        sql("SET LOCAL session_replication_role = origin")
        sql("DROP TABLE IF EXISTS pg_temp.change_log_pendingentry")

    assert entries == [("sub", str(alice.id), "-")]
