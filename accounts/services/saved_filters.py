"""Saving, renaming and deleting the filters of lists: everybody their own.

They change neither what anybody may do nor what a token says, so that they leave no audit event.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import SavedFilter, User

#: Of one person for one list.
MOST = 20


def save_filter(
    *, owner: User, list_name: str, name: str, query: str, is_shared: bool, now: datetime
) -> SavedFilter:
    """Keep ``query``, which the caller has found to be one of this list, under a name.

    :raise ValidationError: the name is taken or no name, or there are too many
    """
    if not query:
        raise ValidationError(_("Choose a filter, a search or an order first."))
    row = SavedFilter(
        owner=owner, list_name=list_name, name=name.strip(), query=query, is_shared=is_shared, created_at=now
    )
    with transaction.atomic():
        # One after the other, or two tabs would save one too many.
        User.objects.select_for_update().filter(pk=owner.pk).values_list("pk").first()
        if SavedFilter.objects.filter(owner=owner, list_name=list_name).count() >= MOST:
            raise ValidationError(_("You have %d filters for this list; delete one first.") % MOST)
        row.full_clean()
        row.save(force_insert=True)
    return row


def change_filter(*, owner: User, pk: int, list_name: str, name: str, is_shared: bool) -> SavedFilter:
    """Rename one of the owner's filters, or share it.

    :raise ValidationError: there is no such filter of theirs, or the name is taken
    """
    with transaction.atomic():
        row = _own(owner, pk, list_name)
        row.name, row.is_shared = name.strip(), is_shared
        row.full_clean()
        row.save(update_fields=["name", "is_shared"])
    return row


def delete_filter(*, owner: User, pk: int, list_name: str) -> None:
    """Delete one of the owner's filters.

    :raise ValidationError: there is no such filter of theirs
    """
    with transaction.atomic():
        _own(owner, pk, list_name).delete()


def _own(owner: User, pk: int, list_name: str) -> SavedFilter:
    rows = SavedFilter.objects.select_for_update().filter(pk=pk, owner=owner, list_name=list_name)
    row = rows.first()
    if row is None:
        raise ValidationError(_("You have no such filter."))
    return row
