"""The page that says all about a token that somebody sent; the token is not kept, logged or shown again."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from django.views.debug import SafeExceptionReporterFilter
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from typing_extensions import override

from accounts.admin.acts import act_of, staff_of
from accounts.admin.history import history_line
from accounts.admin.pages import site_page
from accounts.admin.tokens.words import DOORS, KINDS, MEANINGS, NO_REFRESH, SIGNATURES, TIMES, why_stale
from accounts.admin.users.end_sessions import may_end_sessions
from accounts.admin.users.explain_words import ALWAYS
from accounts.explanations.pasted.recognised import Kind, Signature
from accounts.explanations.pasted.report import MAX_EVENTS, TokenReport, explain_pasted_token
from accounts.refresh_sessions.models import RefreshSession
from accounts.services.token_inspections import record_token_inspection

FIELD = "pasted"
PERMISSIONS = ("accounts.view_user", "refresh_sessions.view_refreshsession")


class _HidesAlways(SafeExceptionReporterFilter):
    """Hides what is sensitive also while debugging, where Django shows everything."""

    @override
    def is_active(self, request: HttpRequest | None) -> bool:
        """Return true."""
        return True


class PastedTokenForm(forms.Form):
    """Where the token goes. It is shown empty each time, and never bound: a bound form would repeat it."""

    pasted = forms.CharField(
        label=_("Token"),
        help_text=_("Alone, or with “Bearer”, quotes, line breaks or the JSON answer around it."),
        widget=forms.Textarea(
            # Spelling checkers of browsers may send what they check to somebody else.
            attrs={
                "rows": 8,
                "cols": 80,
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
            }
        ),
    )


@site_page(
    "pasted-token",
    at="token/",
    permissions=PERMISSIONS,
    says=_(
        "The token is neither stored nor logged nor shown again. That you looked at it is recorded, with its"
        " person and its session."
    ),
)
@sensitive_post_parameters()
@sensitive_variables()
def pasted_token_page(request: HttpRequest) -> TemplateResponse:
    """Ask for a token; where one was sent, say what it is, and record that it was looked at."""
    request.exception_reporter_filter = _HidesAlways()  # Django asks the request for it
    report = None
    if request.method == "POST":
        report = explain_pasted_token(
            request.POST.get(FIELD, ""),
            viewer=staff_of(request),
            with_events=request.user.has_perm("audit.view_auditevent"),
            now=act_of(request).now,
        )
        _record(request, report)
    context = {
        **admin.site.each_context(request),
        "title": _now_("Paste a token"),
        "subtitle": None,
        "form": PastedTokenForm(),
        **(_told(request, report) if report else {}),
    }
    response = TemplateResponse(request, "admin/token/pasted_token.html", context)
    response["Cache-Control"] = "no-store"
    return response


def may_inspect_tokens(request: HttpRequest) -> bool:
    """Tell whether the person signed in may look at people and at sessions, which a token tells of."""
    return bool(request.user.has_perms(PERMISSIONS))


def _record(request: HttpRequest, report: TokenReport) -> None:
    """Record the look, before anything is shown: where that fails, nothing is."""
    if report.sub is None:
        return
    act = act_of(request)
    claims = report.recognised.claims
    said = {name: str(claims[name]) for name in ("aud", "jti") if name in claims}
    facts: dict[str, object] = {"kind": str(report.recognised.kind), "sid": str(report.sid), **said}
    if report.is_withheld:
        facts["shown"] = "no"
    record_token_inspection(sub=report.sub, person=report.person, facts=facts, actor=act.actor, now=act.now)


def _told(request: HttpRequest, report: TokenReport) -> dict[str, Any]:
    recognised, verdict = report.recognised, report.verdict
    # What an audience has encrypted is not for everybody who may look at tokens.
    is_veiled = bool(recognised.outer_header) and not staff_of(request).is_superuser
    claims = {name: value for name, value in recognised.claims.items() if not is_veiled or name in ALWAYS}
    is_verified = recognised.signature is Signature.RIGHT
    return {
        "report": report,
        "kind": KINDS[recognised.kind],
        "signature": SIGNATURES[recognised.signature],
        "times": TIMES[recognised.times] if recognised.times else "",
        "has_signature": recognised.kind
        not in {Kind.NOTHING, Kind.TOO_LONG, Kind.GARBAGE, Kind.DEVICE_TOKEN},
        "door": DOORS[verdict.door],
        "why_stale": why_stale(verdict.reason),
        "meaning": MEANINGS[report.meaning] if report.meaning else "",
        "no_refresh": _no_refresh(report),
        "differences": report.next_claims.differences if report.next_claims and not is_veiled else (),
        "is_veiled": is_veiled,
        "header": _as_json(recognised.header),
        "outer_header": _as_json(recognised.outer_header),
        "header_is_verified": is_verified,
        "is_unproven": not is_verified and recognised.kind is not Kind.ENCRYPTED_TOKEN,
        "claims": _as_json(claims),
        "lines": [history_line(event) for event in report.events],
        "max_events": MAX_EVENTS,
        "may_end": report.session_is_live and may_end_sessions(request),
        "opts": RefreshSession._meta,
        "may_see_events": request.user.has_perm("audit.view_auditevent"),
    }


def _no_refresh(report: TokenReport) -> object:
    problem = report.next_claims.problem if report.next_claims else None
    return NO_REFRESH[problem] if problem else ""


def _as_json(members: Mapping[str, object]) -> str:
    return json.dumps(members, ensure_ascii=False, indent=2) if members else ""
