"""Sentences as people write them."""

from typing import Any

from django import template
from django.template.defaultfilters import capfirst

register = template.Library()


@register.filter(is_safe=True)
def sentence(said: Any) -> str:
    """Begin with a capital letter, except where an address begins: it is nobody's in capitals."""
    text = str(said)
    first, _, _ = text.partition(" ")
    return text if "@" in first else capfirst(said)
