"""The ways from the roots of the departments, for many people at once: read in one query."""

from dataclasses import dataclass
from typing import Self

from accounts.models import Department
from accounts.tokens.sizes import json_bytes


@dataclass(frozen=True, slots=True)
class DepartmentPaths:
    """Every department's parent and code, by its id."""

    by_id: dict[int, tuple[int | None, str]]

    @classmethod
    def read(cls) -> Self:
        """Read all departments. One query."""
        rows = Department.objects.values_list("pk", "parent_id", "code").order_by()
        return cls({pk: (parent, code) for pk, parent, code in rows})

    def path(self, pk: int) -> tuple[str, ...]:
        """Return the codes from the root down to the department, as ``read_subject_facts`` does."""
        codes: list[str] = []
        place: int | None = pk
        while place is not None and len(codes) <= len(self.by_id):
            place, code = self.by_id[place]
            codes.append(code)
        return tuple(reversed(codes))

    def longest(self) -> int:
        """Return the length of the longest path as JSON."""
        return max((json_bytes(list(self.path(pk))) for pk in self.by_id), default=0)
