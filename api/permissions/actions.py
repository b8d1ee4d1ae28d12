"""Permissions declared per action, in one table on the viewset."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from api.permissions.claim_permissions import ForAudience
from api.permissions.conditions import AllOf, ClaimPermission, DenyAll

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rest_framework.permissions import BasePermission

#: DRF's names for a method that the viewset lacks (405), and for OPTIONS.
_UNDECLARED = (None, "metadata")


class PermissionsByAction:
    """A viewset's mixin: ``permissions_by_action = {"list": ForAudience() & HasRole("admin"), …}``.

    An action that is missing there is closed to everybody.
    """

    permissions_by_action: ClassVar[Mapping[str, ClaimPermission]] = {}

    def get_permissions(self) -> Sequence[BasePermission]:
        """Return the condition of the action, its parts one by one: a refusal names its own problem."""
        action: str | None = getattr(self, "action", None)
        if action in _UNDECLARED:
            return [ForAudience()]
        condition = self.permissions_by_action.get(str(action))
        if condition is None:
            return [DenyAll()]
        return condition.parts if isinstance(condition, AllOf) else [condition]
