"""The pages of an address: asking for another one, and confirming it from both mails."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from accounts.models import User
from accounts.services.browser_sign_in import origin_of
from accounts.services.email_change import confirm_email_change, read_email_change, request_email_change
from api.account_forms import NewEmailForm
from api.views.account.link_cookies import EMAIL_LINK
from api.views.account.pages import FormPage, LinkPage, SaidPage


class NewEmailPage(LoginRequiredMixin, FormPage):
    """Ask for another address for one's own account."""

    login_url = reverse_lazy("rest_framework:login")
    form_class = NewEmailForm
    success_url = reverse_lazy("account-email-sent")
    title = _("Change your e-mail")
    lead = _("Both addresses get a mail with a link. The change takes effect when both have confirmed it.")
    button = _("Send links")

    @override
    def send(self, form: Form) -> None:
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - LoginRequiredMixin
        request_email_change(
            user_id=user.pk,
            new_email=form.cleaned_data["new_email"],
            current_password=form.cleaned_data["current_password"],
            origin=origin_of(self.request),
            now=timezone.now(),
        )


class ConfirmEmailPage(LinkPage):
    """Confirm another address from one of the two mails: by a button, because programs follow links, too."""

    form_class = Form
    title = _("Confirm another e-mail")
    lead = _("The change takes effect when both addresses have confirmed it.")
    button = _("Confirm")

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change = read_email_change(token=EMAIL_LINK.read(self.request), now=timezone.now())
        return super().get_context_data(change=change, **kwargs)

    @override
    def send(self, form: Form) -> HttpResponse:
        changed = confirm_email_change(
            token=EMAIL_LINK.read(self.request), origin=origin_of(self.request), now=timezone.now()
        )
        answer = HttpResponseRedirect(
            reverse("account-email-changed" if changed else "account-email-confirmed")
        )
        EMAIL_LINK.forget(answer)
        return answer


email_sent = SaidPage.as_view(
    title=_("Look into both mailboxes"),
    lead=_("Follow the link in both mails. Each link works once, for 30 minutes."),
)
email_confirmed = SaidPage.as_view(
    title=_("Confirmed by one address"), lead=_("Now follow the link in the mail to the other address.")
)
email_changed = SaidPage.as_view(
    title=_("Your e-mail has changed"), lead=_("From now on you sign in with the new address.")
)
