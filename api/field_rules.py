"""Who may write which field of the directory: one table, read by the serializers, the docs and the tests."""

from collections.abc import Mapping
from enum import StrEnum


class Writer(StrEnum):
    """Who may write a field; everybody who sees the row may read it."""

    #: authsite itself, or the admin panel.
    NOBODY = "nobody"
    #: Role ``admin``, when the row is created: a code never changes.
    CREATOR = "administrators, once"
    ADMINISTRATORS = "administrators"
    #: Role ``admin``, and the person on themselves (``/me/``).
    THE_PERSON_TOO = "administrators and the person"


FIELD_RULES: Mapping[str, Mapping[str, Writer]] = {
    "users": {
        "id": Writer.NOBODY,
        "email": Writer.ADMINISTRATORS,
        "name": Writer.THE_PERSON_TOO,
        "roles": Writer.ADMINISTRATORS,
        "department": Writer.ADMINISTRATORS,
        "tenant": Writer.ADMINISTRATORS,
        "special_permissions": Writer.ADMINISTRATORS,
        "locale": Writer.THE_PERSON_TOO,
        "ui_preferences": Writer.THE_PERSON_TOO,
        "is_active": Writer.ADMINISTRATORS,
        "is_staff": Writer.NOBODY,
        "is_superuser": Writer.NOBODY,
        "created_at": Writer.NOBODY,
    },
    "roles": {
        "code": Writer.CREATOR,
        "label": Writer.ADMINISTRATORS,
        "description": Writer.ADMINISTRATORS,
        "retired_at": Writer.NOBODY,
    },
    "departments": {
        "code": Writer.CREATOR,
        "label": Writer.ADMINISTRATORS,
        "parent": Writer.ADMINISTRATORS,
        "tenant": Writer.ADMINISTRATORS,
        "retired_at": Writer.NOBODY,
    },
    "tenants": {
        "code": Writer.CREATOR,
        "label": Writer.ADMINISTRATORS,
        "retired_at": Writer.NOBODY,
    },
    "audiences": {
        "code": Writer.CREATOR,
        "label": Writer.ADMINISTRATORS,
        "access_lifetime": Writer.ADMINISTRATORS,
        "max_token_bytes": Writer.ADMINISTRATORS,
        "signing_algorithm": Writer.ADMINISTRATORS,
        "is_encrypted": Writer.ADMINISTRATORS,
        "encryption_key": Writer.ADMINISTRATORS,
        "open_to_roles": Writer.ADMINISTRATORS,
        "open_to_departments": Writer.ADMINISTRATORS,
        "open_to_tenants": Writer.ADMINISTRATORS,
        "claims": Writer.ADMINISTRATORS,
        "contract_version": Writer.NOBODY,
        "retired_at": Writer.NOBODY,
    },
}

#: The fields of ``/me/``, by the rules of ``users``.
PROFILE_FIELDS = (
    "id",
    "email",
    "name",
    "roles",
    "department",
    "tenant",
    "special_permissions",
    "locale",
    "ui_preferences",
)
