"""What the account pages share: a form that a service judges, and pages that only say something."""

from http import HTTPStatus
from math import ceil
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView
from typing_extensions import override

from accounts.limits.errors import ThrottledError
from accounts.mail_links.errors import InvalidLinkError
from accounts.refresh_sessions.errors import SessionEndedError
from api.account_forms import add_errors


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class FormPage(FormView):  # type: ignore[type-arg] # Django has no such subscript
    """A page with one form, which calls one service; what that refuses stands in the form."""

    http_method_names = ("get", "head", "post", "options")
    template_name = "account/form.html"
    title: ClassVar[str | Promise]
    lead: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise]

    def send(self, form: Form) -> HttpResponse | None:
        """Call the service, and answer, where there is more to say than that the next page follows.

        :raise ValidationError: what the form shows
        """
        raise NotImplementedError

    @override
    def form_valid(self, form: Form) -> HttpResponse:
        try:
            answer = self.send(form)
        except ValidationError as refusal:
            add_errors(form, refusal)
            return self.form_invalid(form)
        except ThrottledError as refusal:
            form.add_error(None, refusal.sentence)
            refused = self.form_invalid(form)
            refused.status_code, refused["Retry-After"] = (
                HTTPStatus.TOO_MANY_REQUESTS,
                str(ceil(refusal.wait)),
            )
            return refused
        except SessionEndedError:
            return HttpResponseRedirect(self.request.get_full_path())  # signed out meanwhile
        return answer or super().form_valid(form)

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = {"name": self.title, "lead": self.lead, "button": self.button}
        return super().get_context_data(**said, **kwargs)


@method_decorator(never_cache, name="dispatch")
class LinkPage(FormPage):
    """A page that a link in a mail has opened; a link that opens nothing is said, and nothing else."""

    @override
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer = super().dispatch(request, *args, **kwargs)
        except InvalidLinkError:
            return TemplateResponse(request, "account/invalid_link.html", status=400)
        return answer  # type: ignore[return-value] # Django's own base of responses


@method_decorator(never_cache, name="dispatch")
class SaidPage(TemplateView):
    """A page that says what has happened."""

    template_name = "account/said.html"
    title: str | Promise = ""
    lead: str | Promise = ""

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(name=self.title, lead=self.lead, **kwargs)
