"""Rows for tests (factory-boy). Tokens and sessions come from the services, not from here."""

from typing import Any

from django.contrib.auth.hashers import make_password
from factory.declarations import LazyAttribute, LazyFunction, Sequence
from factory.django import DjangoModelFactory
from factory.helpers import post_generation

from accounts.models import Department, Role, Tenant, User

PASSWORD = "correct horse battery staple"


class TenantFactory(DjangoModelFactory[Tenant]):
    """A tenant in force."""

    class Meta:
        model = Tenant

    code = Sequence(lambda number: f"empresa_{number}")
    label = LazyAttribute(lambda tenant: tenant.code.title())


class RoleFactory(DjangoModelFactory[Role]):
    """A role in force; the same code is the same row."""

    class Meta:
        model = Role
        django_get_or_create = ("code",)

    code = Sequence(lambda number: f"role-{number}")
    label = LazyAttribute(lambda role: role.code.title())


class DepartmentFactory(DjangoModelFactory[Department]):
    """A department in force; the same code is the same row."""

    class Meta:
        model = Department
        django_get_or_create = ("code",)

    code = Sequence(lambda number: f"department-{number}")
    label = LazyAttribute(lambda department: department.code.title())


class UserFactory(DjangoModelFactory[User]):
    """An active person with ``PASSWORD``; ``roles=["admin"]`` names roles by code."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = Sequence(lambda number: f"person{number}@example.org")
    name = Sequence(lambda number: f"Person {number}")
    password = LazyFunction(lambda: make_password(PASSWORD))

    @post_generation  # type: ignore[untyped-decorator] # factory-boy has no types
    def roles(self: User, create: bool, codes: list[str] | None, **_kwargs: Any) -> None:  # noqa: FBT001 - factory-boy's signature
        """Give the roles with these codes."""
        if create and codes:
            self.roles.set([RoleFactory.create(code=code) for code in codes])
