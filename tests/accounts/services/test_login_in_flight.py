"""A login in flight does not outlive the password that it was made with."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from accounts.audit.actors import Origin
from accounts.models import User
from accounts.services.credentials import require_unchanged_credentials, verify_credentials
from accounts.services.errors import InvalidCredentialsError
from tests.factories import PASSWORD, UserFactory

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"password": "!other"}, {"is_active": False}, None])
def test_changed_account_is_refused_before_the_session_is_written(change: dict[str, object] | None) -> None:
    UserFactory.create(email="alice@example.org")
    alice = verify_credentials(email="alice@example.org", password=PASSWORD, origin=Origin(), now=NOW)
    if change is None:
        User.objects.all().delete()
    else:
        User.objects.update(**change)

    with pytest.raises(InvalidCredentialsError), transaction.atomic():
        require_unchanged_credentials(alice)


@pytest.mark.django_db
def test_unchanged_account_goes_on() -> None:
    UserFactory.create(email="alice@example.org")
    alice = verify_credentials(email="alice@example.org", password=PASSWORD, origin=Origin(), now=NOW)

    with transaction.atomic():
        require_unchanged_credentials(alice)
