"""Bob moves to another department and loses a role; his app notices at its next refresh, without a login."""

from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.services.departments import retire_department
from accounts.services.roles import retire_role
from accounts.services.users import change_user
from tests.api.client import ApiClient, read
from tests.api.test_login import claims_of
from tests.factories import DepartmentFactory, RoleFactory, UserFactory

if TYPE_CHECKING:
    from accounts.models import User

REFRESH = "/api/v1/auth/refresh/"


def refreshed_claims(api: ApiClient, refresh: str) -> tuple[dict[str, object], str]:
    answer = read(api.post(REFRESH, {"refresh": refresh}))
    return claims_of(answer["token"]), answer["refresh"]


def test_claims_follow_the_directory_at_each_refresh(db: None) -> None:
    finance, sales = DepartmentFactory.create(code="finanzas"), DepartmentFactory.create(code="ventas")
    bob = UserFactory.create(email="bob@example.org", roles=["admin", "editor"], department=finance)
    administrator: User = UserFactory.create(email="boss@example.org", is_superuser=True)
    actor, now = administrator.as_actor(), timezone.now()
    api = ApiClient()
    refresh = api.log_in("bob@example.org")["refresh"]

    editor = RoleFactory.create(code="editor")
    change_user(user_id=bob.pk, department=sales, roles=[editor], actor=actor, now=now)
    claims, refresh = refreshed_claims(api, refresh)
    assert claims["user_roles"] == ["editor"]
    assert claims["custom_data"] == {"departamento": "ventas", "permisos_especiales": False}

    retire_role(role_id=editor.pk, actor=actor, now=now)
    retire_department(department_id=sales.pk, actor=actor, now=now)
    claims, refresh = refreshed_claims(api, refresh)
    assert claims["user_roles"] == []
    assert claims["custom_data"] == {"departamento": None, "permisos_especiales": False}

    change_user(user_id=bob.pk, is_active=False, actor=actor, now=now)
    assert read(api.post(REFRESH, {"refresh": refresh}), 401)["code"] == "session_ended"
