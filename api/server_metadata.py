"""What authsite says of itself for programs that look for it (RFC 8414): nothing that it does not have.

There is no authorization endpoint and no token endpoint: login and refresh are authsite's own contract. What
RFC 8414 §2 takes for granted where it is left out is said to be empty, although §3.2 would leave it out.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts import conf
from accounts.keys.algorithms import AssertionAlgorithm

_BY_SECRET_OR_KEY = ["client_secret_basic", "private_key_jwt"]


def server_metadata() -> dict[str, Any]:
    """Return the metadata; all addresses are under the issuer, whatever host was asked."""
    algorithms = list(AssertionAlgorithm.values)
    return {
        "issuer": conf.issuer(),
        "jwks_uri": _address("jwks"),
        "introspection_endpoint": _address("introspect"),
        "introspection_endpoint_auth_methods_supported": _BY_SECRET_OR_KEY,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint": _address("revoke"),
        "revocation_endpoint_auth_methods_supported": ["none", *_BY_SECRET_OR_KEY],
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "response_types_supported": [],
        "grant_types_supported": [],
        "service_documentation": _address("docs"),
        "ui_locales_supported": [code for code, _name in settings.LANGUAGES],
    }


def _address(route: str) -> str:
    return conf.issuer() + reverse(route)
