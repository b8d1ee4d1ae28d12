"""A proxy's rule, as forward-auth's query writes it: what is not understood is refused, never passed over."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError as InvalidCodeError
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from accounts.models.codes import validate_code
from accounts.tokens.doors import DoorRule, RuleFault, door_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import QueryDict

    from accounts.tokens.doors import Door

logger = logging.getLogger(__name__)

PARAMETERS = ("audience", "role", "department")
#: Characters of an unknown parameter's name, and faults of a rule, that are repeated to whoever wrote it.
_SHOWN, _FAULTS_SHOWN = 64, 10


def door_for(query: QueryDict) -> Door:
    """Return the door of the rule that the query writes.

    :raise ValidationError: a parameter is unknown, repeated, empty or no code, or names what does not exist;
        the log says which, since a proxy shows its clients no reason
    """
    faults = list(_written_faults(query))
    if not faults:
        door = door_of(_rule_of(query))
        if not door.faults:
            return door
        faults = list(door.faults)
    with translation.override("en"):
        logger.warning("Forward-auth lets nobody in by a faulty rule: %s", json.dumps(_by_parameter(faults)))
    raise ValidationError(_by_parameter(faults))


def _written_faults(query: QueryDict) -> Iterator[RuleFault]:
    if "audience" not in query:
        yield RuleFault("audience", _("Name the audience."))
    for name in query:
        if name not in PARAMETERS:
            yield RuleFault(name[:_SHOWN], _("There is no such parameter."))
        elif len(query.getlist(name)) > 1:
            yield RuleFault(name, _("Write this parameter once; a comma between codes means any of them."))
        elif not all(_is_code(code) for code in _codes(query, name)):
            yield RuleFault(name, _("Write codes, with a comma between them and no space."))


def _rule_of(query: QueryDict) -> DoorRule:
    (audience,) = _codes(query, "audience")
    return DoorRule(
        audience=audience,
        roles=frozenset(_codes(query, "role")),
        departments=frozenset(_codes(query, "department")),
    )


def _codes(query: QueryDict, name: str) -> list[str]:
    """Return the codes of a parameter; there is one audience, and a comma is part of no code."""
    written = [str(value) for value in query.getlist(name)]
    return written if name == "audience" else [code for value in written for code in value.split(",")]


def _is_code(text: str) -> bool:
    try:
        validate_code(text)
    except InvalidCodeError:
        return False
    return True


def _by_parameter(faults: Sequence[RuleFault]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for fault in faults[:_FAULTS_SHOWN]:
        said.setdefault(fault.parameter, []).append(str(fault))
    return said
