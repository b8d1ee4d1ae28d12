"""Sentences of Django that its Spanish says badly, so that our catalogue has them, too.

Its participles are masculine whatever was added, one sentence lacks a space, one is no longer polite. A
catalogue of the project wins over those of apps; nothing here is used otherwise.
"""

from typing import Final

from django.utils.translation import gettext_noop as _

BETTER_SAID: Final = (
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("The %(name)s “%(obj)s” was deleted successfully."),
    _("Successfully deleted %(count)d %(items)s."),
    _("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?"),  # noqa: RUF001 - as Django writes it
    _(
        'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? All of the following'
        " related items will be deleted:"
    ),
    _("Yes, I’m sure"),  # noqa: RUF001 - as Django writes it
    _("Add another %(verbose_name)s"),
    _("Add another %(model)s"),
    _("Save and add another"),
    _(
        "Please enter the correct %(username)s and password for a staff account. Note that both fields may be"
        " case-sensitive."
    ),
    _("Enter a valid JSON."),
)
