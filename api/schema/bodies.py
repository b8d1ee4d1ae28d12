"""OpenAPI: what a body may hold, as strictly as it is read."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from typing_extensions import override

from accounts.audiences.claim_paths import MAX_LENGTH, PATH_PATTERN
from accounts.audiences.models import MAX_LIFETIME, MIN_LIFETIME

_LIFETIME = {
    "minimum": int(MIN_LIFETIME.total_seconds()),
    "maximum": int(MAX_LIFETIME.total_seconds()),
}
#: Rules that stand in the domain, where drf-spectacular does not look: component, property, bounds.
_BOUNDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ContractClaimRequest", "path", {"pattern": PATH_PATTERN, "maxLength": MAX_LENGTH}),
    ("AudienceRequest", "access_lifetime", _LIFETIME),
    ("PatchedAudienceRequest", "access_lifetime", _LIFETIME),
)


class StrictSerializerExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call] # registers itself
    """A request with a field that the serializer does not know is refused."""

    target_class = "api.serializers.strict.StrictSerializer"
    match_subclasses = True

    @override
    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        described = auto_schema._map_serializer  # noqa: SLF001 - as drf-spectacular documents it
        schema = described(self.target, direction, bypass_extensions=True)
        return schema | ({"additionalProperties": False} if direction == "request" else {})


def add_bounds(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Add the domain's bounds (a hook of drf-spectacular)."""
    for component, name, bounds in _BOUNDS:
        result["components"]["schemas"][component]["properties"][name] |= bounds
    # Beside what every token says, the claims of the audience's contract.
    result["components"]["schemas"]["IntrospectionAnswer"]["additionalProperties"] = {}
    return result
