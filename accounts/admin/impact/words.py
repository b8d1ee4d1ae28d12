"""An impact in the words of its page."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.admin.impact.lines import audience_lines, difference_lines
from accounts.explanations.impact.differences import without_own_values
from accounts.explanations.impact.values import Group, Impact, News, TokenSize

#: Groups, people of a group, and tokens that the page names; beyond it stands how many more there are.
GROUPS_SHOWN, PEOPLE_SHOWN, TOKENS_SHOWN = 25, 10, 20


def impact_in_words(impact: Impact, *, names_people: bool) -> dict[str, Any]:
    """Return what the page shows; names and values of people only to whoever may see people."""
    groups = impact.groups
    if len(groups) > GROUPS_SHOWN:
        groups = without_own_values(groups)
    return {
        "groups": [_group(group, names_people) for group in groups[:GROUPS_SHOWN]],
        "more_people": sum(len(group.people) for group in groups[GROUPS_SHOWN:]),
        "changed_audiences": [(change.audience, list(audience_lines(change))) for change in impact.audiences],
        "over": _tokens(impact.over, names_people),
        "near": _tokens(impact.near, names_people),
        "largest": _tokens(impact.largest, names_people),
        "reach_sentences": list(_reach(impact)),
        "effect_sentences": list(_effect(impact)),
    }


def _group(group: Group, names_people: bool) -> dict[str, Any]:  # noqa: FBT001 - private
    people = [person.email for person in group.people] if names_people else []
    return {
        "count": len(group.people),
        "people": people[:PEOPLE_SHOWN],
        "more": len(people[PEOPLE_SHOWN:]),
        "lines": list(difference_lines(group.difference, shows_values=names_people)),
    }


def _tokens(sizes: Sequence[TokenSize], names_people: bool) -> dict[str, Any]:  # noqa: FBT001 - private
    shown = [(size, size.person.email if names_people else "—") for size in sizes[:TOKENS_SHOWN]]
    return {
        "shown": shown,
        "more": len(sizes[TOKENS_SHOWN:]),
        "people": len({size.person.sub for size in sizes}),
    }


def _reach(impact: Impact) -> Iterator[str]:
    reach = impact.reach
    numbers = {
        "differing": reach.differing,
        "people": reach.people,
        "computed": reach.computed,
        "longest": reach.longest,
        "counted": reach.only_counted,
    }
    if reach.is_exact:
        yield (
            _("Everybody whom it may touch was computed: something changes for %(differing)d of %(people)d.")
            % numbers
        )
    else:
        yield (
            _(
                "It may touch %(people)d people. Computed were %(computed)d: the %(longest)d with the longest"
                " role lists, then staff, then others by address; something changes for %(differing)d of"
                " them. %(counted)d more were counted, not computed."
            )
            % numbers
        )
    yield ngettext(
        "%(count)d live session is touched.", "%(count)d live sessions are touched.", reach.sessions
    ) % {"count": reach.sessions}
    if reach.ended_sessions:
        yield ngettext(
            "%(count)d session ends at once.", "%(count)d sessions end at once.", reach.ended_sessions
        ) % {"count": reach.ended_sessions}


def _effect(impact: Impact) -> Iterator[str]:
    effect = impact.effect
    until = effect.old_tokens_until
    latest = date_format(timezone.localtime(until), "DATETIME_FORMAT") if until else ""
    logins = {group.difference.login for group in impact.groups}
    if effect.takes_away and logins != {News.LOST}:
        yield _(
            "What is taken away: within 2 seconds each token that still says it is refused, here and by every"
            " service that follows the change log; apps refresh by themselves, and get what is new. A service"
            " that does not follow it accepts such a token until it expires (at the latest on %(latest)s)."
        ) % {"latest": latest}
    if effect.takes_away and News.LOST in logins:
        yield _(
            "Whoever can no longer log in: within 2 seconds each of their tokens is refused, here and by"
            " every service that follows the change log, and none is refreshed. A service that does not"
            " follow it accepts them until they expire (at the latest on %(latest)s)."
        ) % {"latest": latest}
    if effect.adds:
        yield _(
            "What is added: in each token from the next login or refresh on, at the latest when the last"
            " token that lives now expires (on %(latest)s)."
        ) % {"latest": latest}
    if any(change.changes_issue for change in impact.audiences):
        yield _(
            "Lifetime, budget and algorithm: for each token that is issued from now on; those that live"
            " stay as they are until they expire."
        )
    if any(change.in_force is News.GAINED for change in impact.audiences):
        yield _("An audience in force again: from the next login or refresh that asks for it.")
    if any(group.difference.login is News.GAINED for group in impact.groups):
        yield _("Whoever can log in again does so anew: no session comes back.")
    if any(group.difference.admin for group in impact.groups):
        yield _("In the admin: with the next page that they open.")
