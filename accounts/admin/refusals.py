"""What the domain refuses, as errors of a form or a message, in words that a person understands."""

import logging

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.errors import NotPermittedError
from accounts.limits.errors import ThrottledError

logger = logging.getLogger(__name__)

#: What a service may raise at a wrong request, as opposed to a fault.
Refusal = ValidationError | NotPermittedError | ThrottledError | IntegrityError
REFUSALS = (ValidationError, NotPermittedError, ThrottledError, IntegrityError)


class Refused(Exception):  # noqa: N818 - no error: it carries one out of a transaction
    """One row of many was refused; names the row."""

    def __init__(self, row: object, refusal: Refusal) -> None:
        self.row = row
        self.refusal = refusal
        super().__init__(str(row))


def as_validation_error(refusal: Refusal) -> ValidationError:
    """Return what a form shows for ``refusal``."""
    match refusal:
        case ValidationError():
            return refusal
        case NotPermittedError() | ThrottledError():
            return ValidationError(refusal.sentence, code=refusal.code)
        case IntegrityError():
            # The services validate first, so that only a change in between leads here.
            logger.warning("The database refused a change made in the admin: %s", refusal)
            return ValidationError(
                _("Somebody else has just changed this. Look at it again, then repeat your change."),
                code="changed_meanwhile",
            )


def sentences_of(refusal: Refusal) -> list[str]:
    """Return the sentences of ``refusal``, for a message."""
    return as_validation_error(refusal).messages


def add_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Show ``refusal`` in ``form``, each error beside its field where the form has that field."""
    error = as_validation_error(refusal)
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for name, errors in by_field.items():
        form.add_error(_field_of(form, name), errors)


def _field_of(form: forms.BaseForm, name: str) -> str | None:
    # The services' words for a new password; people type it into the first of two fields.
    name = "password1" if name in {"password", "new_password"} else name
    return name if name in form.fields else None
