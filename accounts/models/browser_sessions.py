"""What ends browser sessions: a marker beside the person, which no form and no stale ``save()`` writes."""

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from typing_extensions import override


class BrowserSessionMarkerQuerySet(models.QuerySet["BrowserSessionMarker"]):
    """Renewing markers."""

    def renew_for(self, user_ids: Iterable[uuid.UUID]) -> None:
        """End every browser session of these people, whose rows the caller has locked. One statement."""
        renewed = [BrowserSessionMarker(user_id=user_id, marker=uuid.uuid4()) for user_id in user_ids]
        self.bulk_create(
            renewed, batch_size=400, update_conflicts=True, unique_fields=["user"], update_fields=["marker"]
        )


class BrowserSessionMarker(models.Model):
    """The part of a person's browser sessions that is renewed to end them all.

    It is a row of its own because ``User.save()`` writes every column: one that somebody read before a
    password was changed would bring back the old hash, and with it the old browser sessions. It is random,
    so that no marker ever comes back.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        related_name="browser_session_marker",
        on_delete=models.CASCADE,
    )
    marker = models.UUIDField()

    objects = BrowserSessionMarkerQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    @override
    def __str__(self) -> str:
        return str(self.user_id)
