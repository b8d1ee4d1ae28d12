"""What an action has to be told before it acts: nothing, unless a subclass asks."""

from typing import Any

from django import forms
from django.http import HttpRequest


class ActionForm(forms.Form):
    """The questions of an action, asked on the page that says what it does."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request


class BulkForm(ActionForm):
    """The questions of an action on many rows."""

    #: How many rows the page showed: a filter may match others by the time that it is confirmed.
    expected = forms.IntegerField(widget=forms.HiddenInput)
