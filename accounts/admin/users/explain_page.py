"""The page that says what a person's token says, why, and since when; and what their sessions still carry."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

from accounts import conf
from accounts.admin.acts import act_of, staff_of
from accounts.admin.row_head import tab_page
from accounts.admin.users.explain_form import ExplainForm
from accounts.admin.users.explain_words import role_sentences, written
from accounts.admin.users.explained_rows import ShownSession, reason_lines, shown_claims, shown_sessions
from accounts.admin.users.person_head import person_head
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

    from accounts.admin.service_admin import ServiceModelAdmin
    from accounts.refresh_sessions.models import RefreshSession

#: Codes that the browser offers; any other may be typed.
ROLES_OFFERED = 500


def token_for_authsite(user: User, *, now: "datetime") -> dict[str, Any]:
    """Return what the person's page says in a line of the token for authsite's own audience."""
    audience = conf.own_audience()
    token = explain_token(
        user_id=user.pk, audience=audience, context=assumed_context(audience=audience, now=now)
    )
    return {"token": token, "reasons": [str(reason) for reason in seen_by(None, token.reasons)]}


def explain_page(model_admin: "ServiceModelAdmin", request: HttpRequest, user: User) -> HttpResponse:
    """Show what a token of the person says for one audience; nothing is written."""
    now, may_see = act_of(request).now, request.user.has_perm("refresh_sessions.view_refreshsession")
    sessions, are_more = live_sessions(user, now=now) if may_see else ([], False)
    form = ExplainForm(request.GET, sessions=sessions if may_see else None)
    form.full_clean()
    found = explain_token(user_id=user.pk, audience=form.audience_code, context=form.context(now=now))
    token = replace(found, reasons=tuple(seen_by(staff_of(request), found.reasons)))
    context = {
        "head": person_head(model_admin, request, user, current="token"),
        "form": form,
        "role_codes": Role.objects.order_by("code").values_list("code", flat=True)[:ROLES_OFFERED],
        "may_see_sessions": may_see,
        "are_more": are_more,
        "sessions": sessions_shown(request, sessions, user=token.subject.user, epoch=token.subject.epoch),
        **_answers(request, token, form.cleaned_data.get("role", "")),
    }
    return tab_page(model_admin, request, user, "admin/accounts/user/explain.html", context)


def sessions_shown(
    request: HttpRequest, sessions: "Sequence[RefreshSession]", *, user: User, epoch: int
) -> list[ShownSession]:
    """Return what sessions still carry, as the viewer may see it; roles of ``user`` are loaded."""
    viewer = staff_of(request)
    carried = what_sessions_carry(sessions, user=user, epoch=epoch, viewer=viewer, now=act_of(request).now)
    return shown_sessions(carried if viewer.is_superuser else map(veiled_session, carried))


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
