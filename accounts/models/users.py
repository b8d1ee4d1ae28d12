"""Users: who logs in, and what their tokens say about them."""

import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast, Length, Lower
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.audit.actors import Actor, Origin
from accounts.audit.event_types import EventType
from accounts.audit.services import AuditSubject, record_event
from accounts.hashers import normalise_password
from accounts.models.departments import Department
from accounts.models.emails import MAX_LENGTH, normalise_email
from accounts.models.labels import validate_label
from accounts.models.roles import Role
from accounts.models.tenants import Tenant
from accounts.models.ui_preferences import MAX_BYTES, validate_ui_preferences

_TOLD_OF_A_SUPERUSER = ("email", "name", "is_active", "is_staff", "is_superuser")


class UserQuerySet(models.QuerySet["User"]):
    """Questions about many users."""

    def with_directory(self) -> "UserQuerySet":
        """Read department and tenant in the same query."""
        return self.select_related("department", "tenant")

    def with_browser_session_marker(self) -> "UserQuerySet":
        """Read what browser sessions hang on in the same query."""
        return self.select_related("browser_session_marker")

    def visible_to(self, viewer: "User") -> "UserQuerySet":
        """Return whom ``viewer`` sees: their own tenant, or everybody for people without a tenant."""
        return self if viewer.tenant_id is None else self.filter(tenant=viewer.tenant_id)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc] # built by a call
    """Finds users by any spelling of their address."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user with this address, in any case."""
        user: User = self.get(email=normalise_email(username or ""))
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create the first administrator, for ``manage.py createsuperuser``, with its audit event."""
        user: User = self.model(email=email, is_staff=True, is_superuser=True, **fields)
        user.set_password(password)
        with transaction.atomic():
            user.save()
            record_event(
                type=EventType.USER_CREATED,
                actor=Actor.system("manage.py createsuperuser"),
                subject=user.as_audit_subject(),
                now=timezone.now(),
                changes={name: (None, getattr(user, name)) for name in _TOLD_OF_A_SUPERUSER},
            )
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person (or a robot) with one account. ``User.roles`` is the only membership."""

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(
        _("e-mail"),
        max_length=MAX_LENGTH,
        unique=True,
        error_messages={"unique": _("This address has an account.")},
    )
    name = models.CharField(_("name"), max_length=150, validators=[validate_label])
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        related_name="users",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        related_name="users",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    roles = models.ManyToManyField(Role, verbose_name=_("roles"), related_name="holders", blank=True)
    special_permissions = models.BooleanField(_("special permissions"), default=False)
    ui_preferences = models.JSONField(
        _("UI preferences"), default=dict, blank=True, validators=[validate_ui_preferences]
    )
    locale = models.CharField(
        _("language"), max_length=5, choices=[("es", "Español"), ("en", "English")], default="es"
    )
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Inactive people get no token."))
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May sign in to this admin."))
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    # Roles carry the permissions; refresh sessions know the last login, so that a login writes no user row.
    groups = None  # type: ignore[assignment] # Django's way to leave out an inherited field
    user_permissions = None  # type: ignore[assignment] # as above
    last_login = None

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering: ClassVar = ["email"]
        constraints: ClassVar = [
            # With the unique index on email this makes addresses unique without regard to case.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case"),
            models.CheckConstraint(condition=Q(email__contains="@"), name="user_email_has_at_sign"),
            models.CheckConstraint(condition=Q(locale__in=["es", "en"]), name="user_locale_known"),
            models.CheckConstraint(
                # Looser than validate_ui_preferences: databases write JSON with other spaces and escapes.
                condition=Q(
                    LessThanOrEqual(Length(Cast("ui_preferences", models.TextField())), 8 * MAX_BYTES)
                ),
                name="user_ui_preferences_small",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "email"], name="user_by_tenant"),
            models.Index(fields=["department", "email"], name="user_by_department"),
            # Of the few; SQLite uses no index of both for a yes or no.
            models.Index(fields=["email"], name="user_inactive", condition=Q(is_active=False)),
            models.Index(fields=["email"], name="user_staff", condition=Q(is_staff=True)),
            models.Index(fields=["name"], name="user_by_name"),
            models.Index(fields=["created_at"], name="user_by_creation"),
        ]

    @override
    def __str__(self) -> str:
        return self.email

    @override
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the address in its one spelling."""
        self.email = normalise_email(self.email)
        super().save(*args, **kwargs)

    @override
    def clean(self) -> None:
        """Bring the address into its one spelling before uniqueness is validated."""
        self.email = normalise_email(self.email)

    @override
    def set_password(self, raw_password: str | None) -> None:
        """Hash the password's one form, also where Django's own commands set it."""
        super().set_password(None if raw_password is None else normalise_password(raw_password))

    @override
    def check_password(self, raw_password: str | None) -> bool:
        """Compare the password's one form."""
        return raw_password is not None and super().check_password(normalise_password(raw_password))

    @override
    def get_session_auth_hash(self) -> str:
        """Return what a browser session hangs on: the password's hash, and the marker that ends them all."""
        return super().get_session_auth_hash() + self._browser_session_marker()

    @override
    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Return the same by former secret keys."""
        for fallback in super().get_session_auth_fallback_hash():
            yield fallback + self._browser_session_marker()

    def _browser_session_marker(self) -> str:
        try:
            return f".{self.browser_session_marker.marker.hex}"
        except ObjectDoesNotExist:
            return ""

    def get_full_name(self) -> str:
        """Return the name, as Django's admin asks for it."""
        return self.name

    def get_short_name(self) -> str:
        """Return the name, as Django's admin asks for it."""
        return self.name

    def as_audit_subject(self) -> AuditSubject:
        """Return how audit events refer to this person."""
        return AuditSubject(kind="user", id=self.id, label=self.email, tenant=self.tenant_code or "")

    def as_actor(self, origin: Origin | None = None, *, by_role: str | None = None) -> Actor:
        """Return this person as the one who acts, from where the request came."""
        return Actor(sub=self.id, label=self.email, origin=origin or Origin(), by_role=by_role)

    def may_log_in(self) -> bool:
        """Tell whether this person gets tokens: active, and not of a retired tenant."""
        return self.is_active and (self.tenant is None or self.tenant.retired_at is None)

    @property
    def department_code(self) -> str | None:
        """Return the code of the department, retired or not."""
        return self.department.code if self.department else None

    @property
    def tenant_code(self) -> str | None:
        """Return the code of the tenant."""
        return self.tenant.code if self.tenant else None

    def role_codes(self) -> list[str]:
        """Return the codes of the roles in force, in order. One query unless roles are prefetched."""
        return sorted(role.code for role in self.roles.all() if role.retired_at is None)
