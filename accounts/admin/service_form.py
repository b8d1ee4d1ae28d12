"""The form of a row whose values a service writes."""

from typing import ClassVar

from django import forms
from typing_extensions import override

from accounts.admin.refusals import Refusal, add_refusal


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg] # Django has no such subscript
    """A form whose values a service writes; it shows what the service refused."""

    refusal: ClassVar[Refusal | None] = None
    #: Whether it is only shown again as somebody typed it, and not to be saved.
    is_shown_again: ClassVar[bool] = False

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
