"""OpenAPI: the filters of lists, as they are read."""

from typing import Any

from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from typing_extensions import override

from api.filters import YesNoFilter

#: By the name of the parameter; a test asks for a sentence for each.
DESCRIPTIONS = {
    "actor": "Who did it, by id.",
    "department": "People of this department, by its code.",
    "is_active": "Only people who may log in, or only those who may not.",
    "parent": "Departments directly below this one, by its code.",
    "retired": "Only rows that are retired, or only those in force.",
    "role": "People who hold this role, by its code, while it is in force.",
    "since": "Not before this moment.",
    "special_permissions": "Only people with special permissions, or only those without.",
    "subject_id": "What it was done to, by id; together with `subject_kind`.",
    "subject_kind": "What kind of thing it was done to, such as `user` or `role`.",
    "tenant": "Of this tenant, by its code.",
    "type": "What happened.",
    "until": "Before this moment.",
}


class FilterExtension(DjangoFilterExtension):  # type: ignore[no-untyped-call] # registers itself
    """drf-spectacular's description, with the types that are really read, and our sentences.

    It would guess the type from the column, which for ``retired`` is a moment.
    """

    target_class = "api.list_parameters.StrictFilterBackend"
    priority = 1

    @override
    def resolve_filter_field(
        self, auto_schema: Any, model: Any, filterset_class: Any, field_name: str, filter_field: Any
    ) -> Any:
        inherited: Any = super().resolve_filter_field
        described = inherited(auto_schema, model, filterset_class, field_name, filter_field)
        for parameter in described:
            parameter["description"] = DESCRIPTIONS[field_name]
            if isinstance(filter_field, YesNoFilter):
                parameter["schema"] = {"type": "boolean"}
            elif parameter["schema"] == {"type": "string"}:
                parameter["schema"] = {"type": "string", "minLength": 1}
        return described
