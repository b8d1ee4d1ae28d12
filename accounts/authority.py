"""Who may change what in the directory (design.md §4), read from the database when it matters."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Permission

from accounts.audit.actors import Actor
from accounts.errors import NotPermittedError
from accounts.models import Role, Tenant, User
from accounts.models.roles import ADMIN


@dataclass(frozen=True, slots=True)
class Authority:
    """What one actor may change. The system itself (no user) may change everything."""

    user: User | None

    @property
    def is_unbounded(self) -> bool:
        """Tell whether this is the system or a superuser."""
        return self.user is None or self.user.is_superuser

    def require_global(self) -> None:
        """Roles, tenants and audiences belong to everybody: not for people of one tenant.

        :raise NotPermittedError: the actor belongs to a tenant
        """
        if self.user is not None and self.user.tenant_id is not None:
            raise NotPermittedError(reason="belongs to one tenant", actor=self.user.id)

    def require_over_tenant(self, tenant: Tenant | None) -> None:
        """People of a tenant change only what belongs to it.

        :raise NotPermittedError: ``tenant`` is another, or none
        """
        if self.user is None or self.user.tenant_id is None:
            return
        if tenant is None or tenant.pk != self.user.tenant_id:
            raise NotPermittedError(reason="another tenant", actor=self.user.id)

    def require_over_user(self, user: User) -> None:
        """Nobody changes the account of someone who may do more than they: it would become theirs.

        :raise NotPermittedError: another tenant, or a more powerful account
        """
        self.require_over_tenant(user.tenant)
        if self.is_unbounded or (self.user is not None and self.user.pk == user.pk):
            return
        # Whoever sets somebody's password or address can log in as they.
        if self._is_outranked_by(user):
            raise NotPermittedError(reason="a more powerful account", user=user.id)

    def require_grantable(self, roles: Iterable[Role]) -> None:
        """Nobody gives or takes a role that opens more than they have, or that is not theirs to give.

        :raise NotPermittedError: naming the first such role
        """
        if self.is_unbounded:
            return
        assert self.user is not None  # noqa: S101 - is_unbounded
        held = set(self.user.role_codes())
        for role in roles:
            if ADMIN not in held and role.code not in held:
                raise NotPermittedError(reason="may not give this role", role=role.code)
            self.require_permissions(role.permissions.all())

    def require_permissions(self, permissions: Iterable[Permission]) -> None:
        """Nobody hands out admin permissions that they lack.

        :raise NotPermittedError: naming the first such permission
        """
        if self.is_unbounded:
            return
        for permission in permissions:
            if not self._has({_named(permission)}):
                raise NotPermittedError(reason="lacks this permission", permission=_named(permission))

    def require_flags(self, *, special_permissions: bool, staff_flags: bool) -> None:
        """Staff and superuser flags are for superusers; special permissions for those who have them.

        :raise NotPermittedError: the actor lacks what they would grant
        """
        if self.is_unbounded:
            return
        assert self.user is not None  # noqa: S101 - is_unbounded
        if staff_flags or (special_permissions and not self.user.special_permissions):
            raise NotPermittedError(reason="lacks what they would grant", actor=self.user.id)

    def _is_outranked_by(self, user: User) -> bool:
        assert self.user is not None  # noqa: S101 - the system is unbounded
        if user.is_superuser or (user.special_permissions and not self.user.special_permissions):
            return True
        if ADMIN in user.role_codes() and ADMIN not in self.user.role_codes():
            return True
        # From the roles and not from has_perm(): an inactive account has them again once it is active.
        carried = Permission.objects.filter(roles__holders=user, roles__retired_at__isnull=True)
        return not self._has({_named(permission) for permission in carried.select_related("content_type")})

    def _has(self, permissions: set[str]) -> bool:
        return self.user is not None and all(self.user.has_perm(permission) for permission in permissions)


def _named(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


def authority_of(actor: Actor) -> Authority:
    """Read what ``actor`` may do now; two queries, and more only where permissions are compared.

    :raise NotPermittedError: the account is gone, may not log in, or lost the role that it acts by
    """
    if actor.sub is None:
        return Authority(None)
    user = User.objects.with_directory().prefetch_related("roles").filter(pk=actor.sub).first()
    if user is None or not user.may_log_in():
        raise NotPermittedError(reason="no active account", actor=actor.sub)
    if actor.by_role is not None and actor.by_role not in user.role_codes():
        raise NotPermittedError(reason="no longer has the role", actor=actor.sub, role=actor.by_role)
    return Authority(user)
