"""The words of the page that explains a token."""

import json
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from accounts.admin.event_words import words_of
from accounts.audit.models import AuditEvent
from accounts.explanations.sessions.carried import Acceptance, Gap
from accounts.explanations.tokens.origins import Knowledge, Origin
from accounts.explanations.tokens.retirements import Retirement
from accounts.explanations.tokens.why_not import RoleAnswer

#: What every token says, beside its contract.
ALWAYS: dict[str, Promise] = {
    "iss": _("Who issued the token: this installation."),
    "sub": _("The person's id."),
    "aud": _("The audience that the token is for."),
    "client_id": _("The app that logged in."),
    "epoch": _("The position of the change log that the claims were read at."),
    "sid": _("The session, new with each login."),
    "jti": _("The token's own id, new with each token."),
    "iat": _("When it is issued."),
    "exp": _("When it expires."),
}
ACCEPTANCES: dict[Acceptance, Promise] = {
    Acceptance.ACCEPTED: _("Its last token is accepted."),
    Acceptance.REFUSED: _("Its last token is refused already: the next request has to refresh or log in."),
    Acceptance.EXPIRED: _("Its last token has expired."),
    Acceptance.UNKNOWN: _("Whether its last token is accepted is not known."),
}
_SILENCES: dict[Knowledge, Promise] = {
    Knowledge.UNTOLD: _("No event tells of it: something that records no events wrote it."),
    Knowledge.OUT_OF_SIGHT: _("No event of your tenant tells of it."),
}
_GAPS: dict[Gap, Promise] = {
    Gap.DROPPED: _("Events up to %s were exported and dropped: what it said then cannot be told from here."),
    Gap.UNRECORDED: _("Changed by something that records no events, so what it said is not certain: %s."),
    Gap.CONTRACT_CHANGED: _("The contract has changed since (%s)."),
    Gap.FAILED: _("It cannot be compared: the claims could not be computed (%s)."),
}


def written(value: object, *, indent: int | None = None) -> str:
    """Return JSON for people; half a surrogate pair as an escape, which no page could hold otherwise."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "backslashreplace").decode()


def moment(at: datetime) -> str:
    """Return a moment as the admin shows it."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def event_sentence(event: AuditEvent) -> str:
    """Return what happened, who did it and when."""
    said = {"what": words_of(event.type), "who": event.actor_label or "—", "when": moment(event.at)}
    return _now_("%(what)s by %(who)s on %(when)s") % said


def origin_sentence(origin: Origin) -> str:
    """Return how something came to be as it is."""
    if origin.knowledge is Knowledge.DROPPED and origin.dropped_until is not None:
        return _now_("No event tells of it: events up to %s were exported and dropped.") % moment(
            origin.dropped_until
        )
    if origin.event is None:
        return str(_SILENCES[origin.knowledge])
    sentence = event_sentence(origin.event)
    if origin.knowledge is Knowledge.CONTRADICTED:
        otherwise = _now_("The newest event says otherwise, so something that records no events changed it:")
        return f"{otherwise} {sentence}"
    return sentence


def retirement_sentence(retirement: Retirement) -> str:
    """Return since when something is retired, and who did it where that is known."""
    if retirement.event is not None:
        return event_sentence(retirement.event)
    return _now_("Retired since %s") % moment(retirement.at)


def gap_sentence(gap: Gap, about: object) -> str:
    """Return why it cannot be known what a token said."""
    if gap is Gap.ELSEWHERE:
        return _now_("At that moment this person did not belong to your tenant.")
    return str(_GAPS[gap]) % (moment(about) if isinstance(about, datetime) else about)


def role_sentences(answer: RoleAnswer, *, audience: str) -> Iterator[str]:
    """Yield why a token says a role, or why not, the plainest first."""
    if not answer.exists:
        yield _now_("There is no role “%s”.") % answer.code
        return
    yield from _holding(answer)
    if answer.retirement is not None:
        yield _now_("The role is retired, so no token says it.")
        yield retirement_sentence(answer.retirement)
    if not answer.paths_are_known:
        yield _now_("Which claim would say it is not known, because the claims cannot be computed.")
    elif not answer.paths:
        yield _now_("No claim of the audience “%s” says it: its contract does not say roles.") % audience
    elif not answer.is_said:
        yield _now_("In this audience it would stand in %s.") % ", ".join(answer.paths)
    yield from (str(reason) for reason in answer.reasons)


def _holding(answer: RoleAnswer) -> Iterator[str]:
    assert answer.last is not None  # noqa: S101 - origins were read with the code
    if answer.is_held:
        yield _now_("The person has it.")
        yield origin_sentence(answer.last)
        return
    yield _now_("The person does not have it.")
    if answer.last.knowledge is Knowledge.UNTOLD:
        yield _now_("It was never given to them, as far as events tell.")
    else:
        yield origin_sentence(answer.last)
