"""The table of buckets, for installations without Redis and for when it is down."""

from typing import ClassVar

from django.db import models
from typing_extensions import override


class BucketRow(models.Model):
    """What is left of one bucket until its window ends; a row whose window has ended means nothing.

    The key holds no address in clear: people type passwords into the wrong field. Milliseconds since the
    epoch, because the same numbers go to Redis and through plain SQL.
    """

    key = models.CharField(max_length=80, primary_key=True)
    places_left = models.PositiveIntegerField()
    ends_ms = models.BigIntegerField()
    is_announced = models.BooleanField(default=False)

    class Meta:
        db_table = "limits_bucket"
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["ends_ms"], name="bucket_by_end")]

    @override
    def __str__(self) -> str:
        return self.key
