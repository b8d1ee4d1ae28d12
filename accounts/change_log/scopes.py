"""Whom an entry of the change log is about: something that a token itself carries."""

from enum import StrEnum


class Scope(StrEnum):
    """What an entry's value names."""

    SUB = "sub"
    SID = "sid"
    AUD = "aud"
    KID = "kid"
    ROLE = "role"
    DEPARTMENT = "department"
    TENANT = "tenant"
    #: Every token; the value is empty.
    EVERYBODY = "all"
    #: The triggers are away for a migration: nothing more is known until the next entry for everybody.
    PAUSED = "paused"


#: The scopes whose values are codes that stand somewhere among the claims of a contract.
CODES = (Scope.ROLE, Scope.DEPARTMENT, Scope.TENANT)
