"""What can be told of the recipe for Traefik without one: good rules, and a pattern that no spoof passes."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.http import QueryDict

from api.forward_rules import door_for
from api.views.forward_auth import IDENTITY_HEADERS
from tests.docs.blocks import blocks_of
from tests.factories import DepartmentFactory, RoleFactory
from tests.proxies.spoofs import IDENTITY, SPOOFS

RECIPE: dict[str, Any] = yaml.safe_load(blocks_of("forward-auth.md", "Traefik")["yaml"])["http"]
DOORS = {name: each["forwardAuth"] for name, each in RECIPE["middlewares"].items() if "forwardAuth" in each}


@pytest.mark.django_db
def test_its_rules_have_no_fault() -> None:
    RoleFactory.create(code="admin"), RoleFactory.create(code="editor")
    DepartmentFactory.create(code="finanzas")
    rules = [urlsplit(door["address"]) for door in DOORS.values()]

    assert {rule.path for rule in rules} == {"/api/v1/forward-auth/"}
    opened = [door_for(QueryDict(rule.query)).rule for rule in rules]
    assert [(set(rule.roles), set(rule.departments)) for rule in opened] == [
        ({"editor", "admin"}, set()),
        ({"admin"}, {"finanzas"}),
    ]


def test_every_route_asks_a_door_first() -> None:
    assert [route["middlewares"][0] in DOORS for route in RECIPE["routers"].values()] == [True, True]


@pytest.mark.parametrize("door", DOORS.values(), ids=list(DOORS))
def test_its_pattern_takes_every_spelling_away(door: dict[str, Any]) -> None:
    pattern = re.compile(door["authResponseHeadersRegex"])

    assert all(pattern.search(spelling) for each in SPOOFS.values() for spelling in each)
    assert not pattern.search("Authorization")
    assert (door["trustForwardHeader"], "Authorization" in door["authRequestHeaders"]) == (False, True)


def test_the_spoofs_are_those_of_every_header_that_is_answered() -> None:
    assert tuple(IDENTITY_HEADERS) == IDENTITY
