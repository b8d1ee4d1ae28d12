"""The form of a row whose values a service writes."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from typing_extensions import override

from accounts.admin.refusals import Refusal, add_refusal
from accounts.admin.row_versions import VERSION, RowGuard, VersionField


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg] # Django has no such subscript
    """A form whose values a service writes; it shows what the service refused."""

    refusal: ClassVar[Refusal | None] = None
    #: Whether it is only shown again as somebody typed it, and not to be saved.
    is_shown_again: ClassVar[bool] = False
    #: Keeps what others have changed meanwhile; none where there is no row yet.
    guard: ClassVar[RowGuard | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.guard is not None and self.fields:
            self.fields[VERSION] = VersionField()
            self.fields[VERSION].initial = partial(self.guard.version_of, self)

    @override
    def is_valid(self) -> bool:
        """Tell whether the values may be saved."""
        return not self.is_shown_again and super().is_valid()

    @override
    def full_clean(self) -> None:
        """Add what the service refused when these very values were given to it."""
        super().full_clean()
        if self.is_bound and self.refusal is not None:
            add_refusal(self, self.refusal)
        if self.is_bound and self.guard is not None and VERSION in self.fields:
            self.guard.refuse_stale(self)
