"""The epoch: the position of the change log, read before the claims of a token are computed."""

from django.db.models import BigIntegerField, Value
from django.db.models.expressions import Subquery
from django.db.models.functions import Coalesce

from accounts.change_log.models import ChangeEntry


def current_epoch() -> Coalesce:
    """Return an expression for the epoch, to be read in the same statement as the subject."""
    newest = ChangeEntry.objects.order_by("-position").values("position")[:1]
    return Coalesce(Subquery(newest), Value(0), output_field=BigIntegerField())
