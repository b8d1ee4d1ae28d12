"""The routes of the account pages."""

from django.urls import path

from api.views.account import emails, passwords
from api.views.account.link_cookies import EMAIL_LINK, PASSWORD_LINK, follow_link

# Links take whatever stands for their token: an address that has no route would be logged.
urlpatterns = [
    path("password/", passwords.OwnPasswordPage.as_view(), name="account-password"),
    path("password/changed/", passwords.password_changed, name="account-password-changed"),
    path("password/link/<path:token>", follow_link, {"cookie": PASSWORD_LINK}, name="account-password-link"),
    path("password/new/", passwords.NewPasswordPage.as_view(), name="account-new-password"),
    path("password/set/", passwords.password_set, name="account-password-set"),
    path("password-reset/", passwords.ResetPage.as_view(), name="account-password-reset"),
    path("password-reset/sent/", passwords.reset_sent, name="account-password-reset-sent"),
    path("email/", emails.NewEmailPage.as_view(), name="account-email"),
    path("email/sent/", emails.email_sent, name="account-email-sent"),
    path("email/link/<path:token>", follow_link, {"cookie": EMAIL_LINK}, name="account-email-link"),
    path("email/confirm/", emails.ConfirmEmailPage.as_view(), name="account-email-confirm"),
    path("email/confirmed/", emails.email_confirmed, name="account-email-confirmed"),
    path("email/changed/", emails.email_changed, name="account-email-changed"),
]
