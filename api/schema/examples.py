"""An example for each request and each answer: the sample organisation's own words."""

from typing import Any

_ID = "6f7dcc9d-941b-4b8e-ac9a-e7493b8c0a69"
_SID = "bfd0fd7a-55dc-42ee-9196-b582502b5583"
_AT = "2026-03-02T09:00:00Z"
_TOKEN = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiIsImtpZCI6Ii4uLiJ9.eyJhdWQiOiIuLi4ifQ.c2lnbmF0dXJl"  # noqa: S105 - an example
_REFRESH = f"1.{_SID}.0.bWVzc2FnZSBhdXRoZW50aWNhdGlvbiBjb2Rl"
_LINK = "b25lIGxpbmssIG9uY2UsIGZvciB0aGlydHkgbWludXQ"
_EMAIL, _PASSWORD = "editora@example.com", "correct horse battery staple"

_PERSON = {
    "id": _ID,
    "email": _EMAIL,
    "name": "Elena Editora",
    "roles": ["editor"],
    "department": "finanzas",
    "tenant": None,
}
_PROFILE = _PERSON | {"special_permissions": False, "locale": "es", "ui_preferences": {"theme": "dark"}}
_WRITTEN_USER = {name: value for name, value in _PROFILE.items() if name != "id"} | {"is_active": True}
_TOKENS = {
    "token": _TOKEN,
    "token_type": "Bearer",
    "expires_in": 28800,
    "refresh": _REFRESH,
    "refresh_expires_in": 2592000,
    "sid": _SID,
    "device_token": "1.ZGV2aWNl.bWFj",
}
_CLAIM = {"path": "user_roles", "source": "roles", "required": True}
_AUDIENCE = {
    "label": "Nóminas",
    "access_lifetime": 3600,
    "max_token_bytes": 2048,
    "signing_algorithm": "ES256",
    "open_to_roles": ["editor"],
    "open_to_departments": ["finanzas"],
    "claims": [_CLAIM],
}

#: By the name of the component.
EXAMPLES: dict[str, Any] = {
    "LoginRequest": {
        "email": _EMAIL,
        "password": _PASSWORD,
        "device": {"name": "Pixel 9", "platform": "android"},
    },
    "LoginAnswer": {"user": _PERSON, **_TOKENS},
    "RefreshRequest": {"refresh": _REFRESH},
    "TokensAnswer": _TOKENS,
    "LogoutRequest": {"refresh": _REFRESH},
    "PasswordChangeRequest": {"current_password": _PASSWORD, "new_password": "staple battery horse correct"},
    "PasswordResetRequest": {"email": _EMAIL},
    "PasswordResetConfirmRequest": {"token": _LINK, "new_password": "staple battery horse correct"},
    "EmailChangeRequest": {"new_email": "elena@example.com", "current_password": _PASSWORD},
    "EmailConfirmRequest": {"token": _LINK},
    "EmailConfirmAnswer": {"changed": True},
    "Session": {
        "sid": _SID,
        "device": "Pixel 9",
        "platform": "android",
        "ip": "192.0.2.7",
        "created_at": _AT,
        "last_used_at": _AT,
        "expires_at": "2026-04-01T09:00:00Z",
        "current": True,
    },
    "TokenContent": {
        "identity": _ID,
        "header": {"typ": "at+jwt", "alg": "ES256", "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
        "claims": {
            "sub": _ID,
            "aud": "api-mi-aplicacion",
            "user_roles": ["editor"],
            "custom_data": {"departamento": "finanzas", "permisos_especiales": False},
        },
    },
    "UserDataAnswer": {"departamento": "finanzas", "permisos": ["admin", "editor"]},
    "Profile": _PROFILE,
    "PatchedProfileRequest": {"name": "Elena Editora", "ui_preferences": {"theme": "light"}},
    "User": _PROFILE | {"is_active": True, "is_staff": False, "is_superuser": False, "created_at": _AT},
    "UserRequest": _WRITTEN_USER,
    "PatchedUserRequest": {"roles": ["admin", "editor"], "department": "finanzas"},
    "Role": {"code": "editor", "label": "Edición", "description": "", "retired_at": None},
    "RoleRequest": {"code": "editor", "label": "Edición"},
    "PatchedRoleRequest": {"label": "Redacción"},
    "Department": {
        "code": "finanzas",
        "label": "Finanzas",
        "parent": "direccion",
        "tenant": None,
        "retired_at": None,
    },
    "DepartmentRequest": {"code": "finanzas", "label": "Finanzas", "parent": "direccion"},
    "PatchedDepartmentRequest": {"parent": None},
    "Tenant": {"code": "empresa_123", "label": "Empresa 123", "retired_at": None},
    "TenantRequest": {"code": "empresa_123", "label": "Empresa 123"},
    "PatchedTenantRequest": {"label": "Empresa 123, S. A."},
    "Audience": {"code": "nominas", **_AUDIENCE, "contract_version": 2, "retired_at": None},
    "AudienceRequest": {"code": "nominas", **_AUDIENCE},
    "PatchedAudienceRequest": {"claims": [_CLAIM], "access_lifetime": 1800},
    "AuditEvent": {
        "id": 1042,
        "type": "user.changed",
        "at": _AT,
        "actor": {"id": "0f3f4b7c-3c43-4b0e-8f0a-3f6a5c1f2e11", "label": "admin@example.com"},
        "subject": {"kind": "user", "id": _ID, "label": _EMAIL},
        "tenant": None,
        "ip": "192.0.2.7",
        "user_agent": "Mozilla/5.0",
        "request_id": "",
        "changes": {"department": [None, "finanzas"]},
        "facts": {},
    },
    "ChangePage": {
        "entries": [{"position": 1772442000123, "scope": "sub", "value": _ID, "took_away": True}],
        "next": 1772442000123,
        "more": False,
    },
    "IntrospectionRequest": {"token": _TOKEN},
    "IntrospectionAnswer": {
        "active": True,
        "token_type": "Bearer",
        "iss": "https://login.example.com",
        "sub": _ID,
        "aud": "nominas",
        "client_id": "nominas",
        "exp": 1795500717,
        "iat": 1795471917,
        "jti": "69867a06401f4f4d9c1323defb7b890d",
        "sid": _SID,
        "epoch": 1795471902318,
        "user_roles": ["editor"],
    },
    "RevocationRequest": {"token": _REFRESH},
    "TokenObtainPairRequest": {"email": _EMAIL, "password": _PASSWORD},
    "TokenPairAnswer": {"access": _TOKEN, "refresh": _REFRESH},
    "TokenRefreshRequest": {"refresh": _REFRESH},
    "TokenVerifyRequest": {"token": _TOKEN},
    "TokenBlacklistRequest": {"refresh": _REFRESH},
    "EmptyAnswer": {},
}


def add_examples(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Put the examples beside the shapes they are of (a hook of drf-spectacular)."""
    for path in result["paths"].values():
        for operation in path.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                for media_type, media in body.get("content", {}).items():
                    if media_type == "application/jwt":
                        media["example"] = _TOKEN
                    _add_example(media)
    return result


def _add_example(media: dict[str, Any]) -> None:
    name = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
    row = name.removeprefix("Paginated").removesuffix("List")
    if name in EXAMPLES:
        media["example"] = EXAMPLES[name]
    elif row in EXAMPLES:
        media["example"] = {"count": 1, "next": None, "previous": None, "results": [EXAMPLES[row]]}
