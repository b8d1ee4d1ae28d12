"""The list of people, with the moment at which each was last seen: one query for all rows of a page."""

from typing import Final

from django.contrib.admin.views.main import ChangeList
from django.db.models import Max
from django.http import HttpRequest
from typing_extensions import override

from accounts.refresh_sessions.models import RefreshSession

#: The attribute that the rows of the list carry.
LAST_SEEN: Final = "last_seen_at"


class PeopleList(ChangeList):
    """Reads the newest use of a session of each person whom the page shows."""

    @override
    def get_results(self, request: HttpRequest) -> None:
        """Read the rows, and then when they were seen."""
        super().get_results(request)
        rows = list(self.result_list)
        theirs = RefreshSession.objects.filter(user__in=rows).order_by().values("user")
        newest = dict(theirs.annotate(newest=Max("last_used_at")).values_list("user", "newest"))
        for row in rows:
            setattr(row, LAST_SEEN, newest.get(row.pk))
        self.result_list = rows
