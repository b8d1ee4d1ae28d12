"""What every action does around its service calls: impact seen and password typed, or nothing is kept."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.http import HttpRequest

from accounts.admin.impact.page import require_seen, watch_for
from accounts.admin.recent_password import require_recent_password
from accounts.explanations.impact.people import Touched


@contextmanager
def confirmed_change(request: HttpRequest, touched: Touched | None, *, is_dangerous: bool) -> Iterator[None]:
    """Make a change in one transaction, which is kept if its impact was seen and the password is recent.

    Where there is an impact to show, it comes first: nobody types a password for what they have not seen.

    :raise ImpactUnseen: and what ``require_recent_password`` raises, inside of a view under
        ``asks_before_saving``, which asks
    """
    with transaction.atomic():
        watch = watch_for(request, touched)
        if is_dangerous and watch is None:
            require_recent_password(request)
        yield
        require_seen(request, watch)
        if is_dangerous:
            require_recent_password(request)
