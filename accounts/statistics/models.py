"""The tables of counts and figures; nothing depends on them but what the dashboard shows."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from typing_extensions import override

#: The scope that every tenant, and who belongs to none, is part of. No code looks like this.
EVERYBODY: Final = "*"

#: Two days of hours are shown; a week is there for whoever looks later.
HOURS_KEPT: Final = timedelta(days=8)
DAYS_KEPT: Final = timedelta(days=400)


class Period(models.TextChoices):
    """How long a count's period is; both in UTC."""

    HOUR = "hour"
    DAY = "day"


class EventCountQuerySet(models.QuerySet["EventCount"]):
    """Questions about many counts."""

    def disposable(self, *, at: datetime) -> "tuple[EventCountQuerySet, EventCountQuerySet]":
        """Return the hours and the days that nobody is shown any more; one index range each."""
        hours = self.filter(period=Period.HOUR, start__lt=at - HOURS_KEPT)
        return hours, self.filter(period=Period.DAY, start__lt=at - DAYS_KEPT)


class EventCount(models.Model):
    """How many events of a type happened in an hour or a day, to a tenant or to everybody."""

    scope = models.CharField(max_length=63)
    period = models.CharField(max_length=4, choices=Period.choices)
    start = models.DateTimeField()
    type = models.CharField(max_length=64)
    events = models.PositiveBigIntegerField()

    objects = EventCountQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "period", "start", "type"], name="event_count_once"),
            models.CheckConstraint(condition=Q(period__in=Period.values), name="event_count_period_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["period", "start"], name="event_count_by_age")]

    @override
    def __str__(self) -> str:
        return f"{self.scope} {self.start} {self.type}"


class Progress(models.Model):
    """Up to which id events are counted: one row. Each event up to it is in the counts, none after it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="progress_is_one_row")]

    @override
    def __str__(self) -> str:
        return str(self.last_id)


class Figure(models.Model):
    """A figure that takes long to find, as it was found the last time; without a value, not yet."""

    scope = models.CharField(max_length=63)
    name = models.CharField(max_length=32)
    value = models.JSONField(null=True)
    as_of = models.DateTimeField(null=True)
    due_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["scope", "name"], name="figure_once")]

    @override
    def __str__(self) -> str:
        return f"{self.scope} {self.name}"
