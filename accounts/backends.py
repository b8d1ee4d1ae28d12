"""Django's authentication backend: signs staff in by browser, and reads permissions from roles."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AnonymousUser, Permission
from django.http import HttpRequest
from django.utils import timezone
from typing_extensions import override

from accounts.audit.actors import Origin
from accounts.models import User
from accounts.services.browser_sign_in import DEVICE_COOKIE, origin_of
from accounts.services.credentials import verify_credentials
from accounts.services.errors import InvalidCredentialsError

_CACHE = "_permissions_of_roles"


class DirectoryBackend(BaseBackend):
    """E-mail and password; a person's permissions are those that the roles in force carry."""

    @override
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the person, or none where the credentials are not accepted.

        :raise ThrottledError: too many failed; the sign-in forms say so
        """
        email = kwargs.get("email") or username
        if not email or password is None:
            return None
        origin = origin_of(request) if request else Origin()
        device_token = request.COOKIES.get(DEVICE_COOKIE) if request else None
        try:
            return verify_credentials(
                email=email, password=password, device_token=device_token, origin=origin, now=timezone.now()
            )
        except InvalidCredentialsError:
            return None

    @override
    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a browser session, unless they may not log in any more."""
        user = User.objects.with_directory().with_browser_session_marker().filter(pk=user_id).first()
        return user if user is not None and user.may_log_in() else None

    @override
    def get_group_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        """Return ``app.codename`` of all that the person's roles in force carry; one query, then cached."""
        if obj is not None or isinstance(user_obj, AnonymousUser) or not user_obj.is_active:
            return set()
        if not hasattr(user_obj, _CACHE):
            held = Permission.objects.all()
            if not user_obj.is_superuser:
                held = held.filter(roles__holders=user_obj, roles__retired_at__isnull=True)
            named = held.values_list("content_type__app_label", "codename").order_by().distinct()
            setattr(user_obj, _CACHE, {f"{app}.{codename}" for app, codename in named})
        permissions: set[str] = getattr(user_obj, _CACHE)
        return permissions

    def has_module_perms(self, user_obj: User, app_label: str) -> bool:
        """Tell whether the person may see any part of an app in the admin."""
        return any(
            permission.startswith(f"{app_label}.") for permission in self.get_all_permissions(user_obj)
        )
