"""The pages of a password: changing one's own, asking for a link, and setting one by the link."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.models import User
from accounts.services.browser_sign_in import keep_browser_session, origin_of
from accounts.services.credentials import change_password
from accounts.services.password_links import read_password_link, request_password_reset, reset_password
from api.account_forms import NewPasswordForm, OwnPasswordForm, ResetForm
from api.views.account.link_cookies import PASSWORD_LINK
from api.views.account.pages import FormPage, LinkPage, SaidPage


class OwnPasswordPage(FormPage):
    """Change one's own password; whoever is not signed in is led to the reset."""

    form_class = OwnPasswordForm
    success_url = reverse_lazy("account-password-changed")
    title = _("Change your password")
    lead = _("All other sessions end, on every device; this browser stays signed in.")
    button = _("Change password")

    @override
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return HttpResponseRedirect(reverse("account-password-reset"))
        return super().dispatch(request, *args, **kwargs)

    @override
    def send(self, form: Form) -> None:
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - see dispatch
        change_password(
            user_id=user.pk,
            current_password=form.cleaned_data["current_password"],
            new_password=form.cleaned_data["new_password"],
            keep=None,
            origin=origin_of(self.request),
            now=timezone.now(),
        )
        keep_browser_session(request=self.request, user_id=user.pk)


class ResetPage(FormPage):
    """Ask for a link by mail; the answer is the same for every address."""

    form_class = ResetForm
    success_url = reverse_lazy("account-password-reset-sent")
    title = _("Reset your password")
    lead = _("We send a link to your address, by which you choose a new password.")
    button = _("Send link")

    @override
    def send(self, form: Form) -> None:
        email = form.cleaned_data["email"]
        request_password_reset(email=email, origin=origin_of(self.request), now=timezone.now())


class NewPasswordPage(LinkPage):
    """Set the password of the person whose link it is."""

    form_class = NewPasswordForm
    success_url = reverse_lazy("account-password-set")
    title = _("Choose your password")
    lead = _("All sessions end, on every device. Then you sign in with the new password.")
    button = _("Set password")

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the account: somebody may have sent this person the link of another."""
        whose = read_password_link(token=PASSWORD_LINK.read(self.request), now=timezone.now())
        return super().get_context_data(account=whose.email, **kwargs)

    @override
    def send(self, form: Form) -> HttpResponse:
        reset_password(
            token=PASSWORD_LINK.read(self.request),
            new_password=form.cleaned_data["new_password"],
            origin=origin_of(self.request),
            now=timezone.now(),
        )
        answer = HttpResponseRedirect(self.get_success_url())
        PASSWORD_LINK.forget(answer)
        return answer


reset_sent = SaidPage.as_view(
    title=_("Look into your mail"),
    lead=_(
        "If there is an account with this address, a mail with a link is on its way. The link works once, "
        "for 30 minutes."
    ),
)
password_set = SaidPage.as_view(
    title=_("Your password is set"), lead=_("All sessions have ended. Sign in with the new password.")
)
password_changed = SaidPage.as_view(
    title=_("Your password is changed"), lead=_("All other sessions have ended.")
)
