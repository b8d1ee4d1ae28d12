"""The page that says what a person's token says, why, and since when; and what their sessions still carry."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now_

from accounts import conf
from accounts.admin.acts import act_of, staff_of
from accounts.admin.users.explain_form import ExplainForm
from accounts.admin.users.explain_words import role_sentences, written
from accounts.admin.users.explained_rows import ShownSession, reason_lines, shown_claims, shown_sessions
from accounts.explanations.sessions.carried import live_sessions, what_sessions_carry
from accounts.explanations.sessions.veils import veiled_session, veiled_token
from accounts.explanations.tokens.explained import TokenExplained, assumed_context, explain_token
from accounts.explanations.tokens.origins import read_origins
from accounts.explanations.tokens.reasons import seen_by
from accounts.explanations.tokens.retirements import read_retirements
from accounts.explanations.tokens.why_not import why_role
from accounts.models import Role, User
from accounts.tokens.sizes import NEAR

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.contrib.admin import ModelAdmin

    from accounts.refresh_sessions.models import RefreshSession

#: Codes that the browser offers; any other may be typed.
ROLES_OFFERED = 500


def render_token_block(user: User, *, now: "datetime") -> SafeString:
    """Return what the person's page shows: the token for authsite's own audience, and the way to the rest."""
    audience = conf.own_audience()
    token = explain_token(
        user_id=user.pk, audience=audience, context=assumed_context(audience=audience, now=now)
    )
    context = {
        **_plain(veiled_token(token)),
        "reasons": [{"sentence": str(reason)} for reason in seen_by(None, token.reasons)],
        "page": reverse("admin:accounts_user_token", args=[user.pk]),
    }
    return render_to_string("admin/accounts/user/token_says.html", context)


def explain_page(model_admin: "ModelAdmin[Any]", request: HttpRequest, user: User) -> HttpResponse:
    """Show what a token of the person says for one audience; nothing is written."""
    now, may_see = act_of(request).now, request.user.has_perm("refresh_sessions.view_refreshsession")
    sessions, are_more = live_sessions(user, now=now) if may_see else ([], False)
    form = ExplainForm(request.GET, sessions=sessions if may_see else None)
    form.full_clean()
    found = explain_token(user_id=user.pk, audience=form.audience_code, context=form.context(now=now))
    token = replace(found, reasons=tuple(seen_by(staff_of(request), found.reasons)))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _now_("What the token says: %s") % user,
        "subtitle": None,
        "original": user,
        "opts": model_admin.opts,
        "form": form,
        "role_codes": Role.objects.order_by("code").values_list("code", flat=True)[:ROLES_OFFERED],
        "may_see_sessions": may_see,
        "are_more": are_more,
        "sessions": _carried(request, token, sessions),
        **_answers(request, token, form.cleaned_data.get("role", "")),
    }
    return TemplateResponse(request, "admin/accounts/user/explain.html", context)


def _carried(
    request: HttpRequest, token: TokenExplained, sessions: "Sequence[RefreshSession]"
) -> list[ShownSession]:
    subject = token.subject
    carried = what_sessions_carry(
        sessions, user=subject.user, epoch=subject.epoch, viewer=staff_of(request), now=act_of(request).now
    )
    return shown_sessions(carried if staff_of(request).is_superuser else map(veiled_session, carried))


def _answers(request: HttpRequest, token: TokenExplained, role: str) -> dict[str, Any]:
    viewer, user = staff_of(request), token.subject.user
    origins = read_origins(user, viewer=viewer, also_roles=[role] if role else [])
    retirements = read_retirements([user.department, user.tenant, *user.roles.all()], viewer=viewer)
    answer = why_role(role, token=token, origins=origins, viewer=viewer) if role else None
    shown = token if viewer.is_superuser else veiled_token(token)
    return {
        **_plain(shown),
        "reasons": reason_lines(token, origins, retirements),
        "advice": [str(reason) for reason in token.advice],
        "claim_rows": shown_claims(shown, origins, retirements),
        "answer": answer,
        "answer_sentences": list(role_sentences(answer, audience=token.audience)) if answer else [],
    }


def _plain(token: TokenExplained) -> dict[str, Any]:
    return {
        "token": token,
        "header": written(token.header, indent=2) if token.header else "",
        "outer_header": written(token.encryption_header, indent=2) if token.encryption_header else "",
        "claims": written(token.claims, indent=2) if token.claims is not None else "",
        "percent": token.percent,
        "near": int(NEAR * token.budget),
    }
