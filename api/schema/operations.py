"""How one operation is described: its name, what it needs, and the problems that it may answer."""

import inspect
from typing import Any

from drf_spectacular.openapi import AutoSchema
from typing_extensions import override

from api.permissions.conditions import AllOf, ClaimPermission, Requirement

#: The operation's name begins with this, by DRF's name of the action.
_VERBS = {
    "list": "list",
    "retrieve": "get",
    "create": "create",
    "partial_update": "change",
    "destroy": "delete",
    "retire": "retire",
    "restore": "restore",
    "invite": "invite",
}
_SENTENCES = {
    "list": "List {many}, in pages.",
    "retrieve": "Show one of the {many}.",
    "create": "Create one of the {many}.",
    "partial_update": "Change one of the {many}; what is left out stays as it is.",
    "destroy": "Delete one of the {many}.",
    "retire": "Take one of the {many} out of force: no token says it any more, and nobody else gets it.",
    "restore": "Put one of the {many} in force again.",
    "invite": "Mail one of the {many} a link to choose a password; older links are void.",
}
_WITH_BODY = {"POST", "PATCH"}


class OperationSchema(AutoSchema):
    """drf-spectacular's description, with what the permission classes declare."""

    @override
    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            requirement = self._requirement()
            if requirement is not None:
                operation["x-requires"] = requirement
            for status in self._problem_statuses():
                operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
        return operation

    @override
    def get_operation_id(self) -> str:
        action = getattr(self.view, "action", None)
        if action not in _VERBS:
            return str(super().get_operation_id())
        many = self._resource().replace("-", "_")
        return f"{_VERBS[action]}_{many if action == 'list' else many.removesuffix('s')}"

    @override
    def get_description(self) -> str:  # type: ignore[override] # drf-spectacular's own signature
        action = getattr(self.view, "action", None)
        said = (
            _SENTENCES[action].format(many=self._resource().replace("-", " "))
            if action in _SENTENCES
            else self._own_words()
        )
        requirement = self._requirement()
        return said if requirement is None else f"{said}\n\nNeeds {in_words(requirement)}."

    def _own_words(self) -> str:
        # A method that several views share says what they share: then the class says what it does.
        view, name = type(self.view), self.method.lower()
        said = inspect.getdoc(getattr(view, name, None))
        shared = any(inspect.getdoc(getattr(base, name, None)) == said for base in view.__mro__[1:])
        return str((shared and view.__doc__) or super().get_description())

    @override
    def get_tags(self) -> list[str]:
        parts = [part for part in self.path.split("/") if part not in {"", "api", "v1"}]
        return [parts[0]]

    @override
    def get_request_serializer(self) -> Any:
        return None if self._is_button() else super().get_request_serializer()

    @override
    def get_response_serializers(self) -> Any:
        return (
            getattr(self.view, "serializer_class", None)
            if self._is_button()
            else super().get_response_serializers()
        )

    def _is_button(self) -> bool:
        return getattr(self.view, "action", None) in {"retire", "restore", "invite"}

    def _resource(self) -> str:
        return self.path.removeprefix("/api/v1/").split("/")[0]

    def _requirement(self) -> Requirement | None:
        declared = [each for each in self.view.get_permissions() if isinstance(each, ClaimPermission)]
        return AllOf(*declared).requirement() if declared else None

    def _problem_statuses(self) -> list[str]:
        is_list = bool(self._is_list_view())
        statuses = {"401", "406", "500", "503"}
        if self.method in _WITH_BODY or is_list or bool(getattr(self.view, "filter_backends", None)):
            statuses |= {"400"}
        if self.method in _WITH_BODY:
            statuses |= {"413", "415"}
        if self.view.get_authenticators():
            statuses |= {"403"}
        if "{" in self.path or is_list:
            statuses |= {"404"}
        if self.method != "GET" and hasattr(self.view, "action"):
            statuses |= {"400", "409"}
        return sorted(statuses | set(getattr(self.view, "problem_statuses", ())))


def in_words(requirement: Requirement) -> str:  # noqa: PLR0911 - a table of words
    """Return a requirement of a permission class in words."""
    ((word, value),) = requirement.items()
    match word:
        case "all":
            return " and ".join(_inner(each) for each in value)
        case "any":
            return " or ".join(_inner(each) for each in value)
        case "not":
            return f"not {_inner(value)}"
        case "self":
            return "to be that person"
        case "special_permissions":
            return "special permissions"
        case "audience_credential":
            return (
                "the credential of an audience (HTTP Basic: its code and one of its secrets; or an assertion"
                " that its key signed)"
            )
        case "refresh_token":
            return "a refresh token in the body"
        case "audience_and_rule":
            return "a token for the audience of the rule that says what the rule asks for"
        case "audience":
            return f"a token for `{value}`"
        case _:
            return f"{word} " + " or ".join(f"`{code}`" for code in value)


def _inner(requirement: Requirement) -> str:
    said = in_words(requirement)
    return f"({said})" if {"all", "any"} & requirement.keys() else said
