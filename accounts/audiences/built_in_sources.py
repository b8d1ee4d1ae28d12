"""The claim sources that every deployment has (design.md §4)."""

from django.utils.translation import gettext_lazy as _

from accounts.audiences.claim_sources import ClaimInput, ClaimSource, JSONType, JSONValue, Sensitivity


def _department(claim_input: ClaimInput) -> JSONValue:
    department = claim_input.subject.department
    if department is None:
        return None
    return {"code": department.code, "label": department.label, "path": list(department.path)}


def _department_code(claim_input: ClaimInput) -> JSONValue:
    department = claim_input.subject.department
    return department.code if department else None


BUILT_IN_SOURCES = (
    ClaimSource(
        name="roles",
        json_type=JSONType.ARRAY_OF_STRINGS,
        sensitivity=Sensitivity.PUBLIC,
        description=_("The codes of the person's roles, in order (RFC 9068 §2.2.3.1)."),
        compute=lambda given: list(given.subject.roles),
        may_be_null=False,
        registered_as=("roles", "groups"),
    ),
    ClaimSource(
        name="department_code",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PUBLIC,
        description=_("The code of the person's department."),
        compute=_department_code,
    ),
    ClaimSource(
        name="department",
        json_type=JSONType.OBJECT,
        sensitivity=Sensitivity.PUBLIC,
        description=_("The person's department: code, label, and the codes from the root of the tree."),
        compute=_department,
        reads_department_path=True,
        members={
            "code": JSONType.STRING,
            "label": JSONType.STRING,
            "path": JSONType.ARRAY_OF_STRINGS,
        },
    ),
    ClaimSource(
        name="special_permissions",
        json_type=JSONType.BOOLEAN,
        sensitivity=Sensitivity.PUBLIC,
        description=_("Whether the person has special permissions."),
        compute=lambda given: given.subject.special_permissions,
        may_be_null=False,
    ),
    ClaimSource(
        name="tenant_id",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PUBLIC,
        description=_("The code of the person's tenant."),
        compute=lambda given: given.subject.tenant,
    ),
    ClaimSource(
        name="ui_preferences",
        json_type=JSONType.OBJECT,
        sensitivity=Sensitivity.PUBLIC,
        description=_("The person's preferences for user interfaces."),
        compute=lambda given: given.subject.ui_preferences,  # type: ignore[arg-type,return-value] # JSON by its field
        may_be_null=False,
    ),
    ClaimSource(
        name="locale",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PUBLIC,
        description=_("The person's language (OpenID Connect Core §5.1)."),
        compute=lambda given: given.subject.locale,
        may_be_null=False,
        registered_as=("locale",),
    ),
    ClaimSource(
        name="email",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PERSONAL,
        description=_("The person's e-mail address."),
        compute=lambda given: given.subject.email,
        may_be_null=False,
        registered_as=("email",),
    ),
    ClaimSource(
        name="name",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PERSONAL,
        description=_("The person's name."),
        compute=lambda given: given.subject.name,
        may_be_null=False,
        registered_as=("name",),
    ),
    ClaimSource(
        name="login_ip",
        json_type=JSONType.STRING,
        sensitivity=Sensitivity.PERSONAL,
        description=_("The network address of the login."),
        compute=lambda given: given.context.ip,
    ),
    ClaimSource(
        name="auth_time",
        json_type=JSONType.INTEGER,
        sensitivity=Sensitivity.PUBLIC,
        description=_("When the person last proved who they are, in seconds since 1970 (RFC 9068 §2.2.1)."),
        compute=lambda given: int(given.context.auth_time.timestamp()),
        may_be_null=False,
        registered_as=("auth_time",),
    ),
    ClaimSource(
        name="amr",
        json_type=JSONType.ARRAY_OF_STRINGS,
        sensitivity=Sensitivity.PUBLIC,
        description=_("How the person proved who they are (RFC 8176)."),
        compute=lambda given: list(given.context.auth_methods),
        may_be_null=False,
        registered_as=("amr",),
    ),
)
