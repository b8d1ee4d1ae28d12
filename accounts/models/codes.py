"""The stable codes by which roles, departments, tenants and audiences are known (design.md §2)."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

CODE_PATTERN = r"^[a-z0-9][a-z0-9_.-]{0,62}$"
CODE_MAX_LENGTH = 63

# \Z and not $ for Python: $ would let a trailing newline through.
validate_code = RegexValidator(
    r"\A[a-z0-9][a-z0-9_.-]{0,62}\Z",
    _("Write 1 to 63 lower-case letters, digits, “_”, “.” or “-”, beginning with a letter or a digit."),
    code="invalid_code",
)


class CodeField(models.CharField):  # type: ignore[type-arg] # Django has no such subscript
    """A code that is written once and never changes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", CODE_MAX_LENGTH)
        kwargs.setdefault("validators", [validate_code])
        super().__init__(*args, **kwargs)


def code_format_constraint(name: str, field: str = "code") -> CheckConstraint:
    """Return the database's own rule that ``field`` holds a code."""
    return CheckConstraint(condition=Q(**{f"{field}__regex": CODE_PATTERN}), name=name)
