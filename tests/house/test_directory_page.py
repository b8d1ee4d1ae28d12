"""docs/directory.md says which fields, filters and orders the directory has."""

import re
from typing import Any

import pytest

from api.field_rules import FIELD_RULES
from api.urls import directory
from tests.house.source_files import ROOT

PAGE = (ROOT / "docs/directory.md").read_text("utf-8")

VIEWSETS: list[tuple[str, Any]] = [(prefix, viewset) for prefix, viewset, _ in directory.registry]


def test_each_field_says_who_writes_it_and_nothing_else_does() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| `(\w+)` \| ([\w, ]+) \|$", PAGE, flags=re.MULTILINE)

    assert rows == [
        (resource, field, rule.value)
        for resource, rules in FIELD_RULES.items()
        for field, rule in rules.items()
    ]


@pytest.mark.parametrize(("prefix", "viewset"), VIEWSETS, ids=[prefix for prefix, _ in VIEWSETS])
def test_each_list_says_its_filters_what_it_searches_and_its_orders(prefix: str, viewset: Any) -> None:
    columns = (viewset.filterset_class.base_filters, viewset.search_fields, viewset.ordering_fields)
    row = [f"`{prefix}`", *(" ".join(f"`{name}`" for name in names) for names in columns)]

    assert f"| {' | '.join(row)} |" in PAGE.splitlines()
