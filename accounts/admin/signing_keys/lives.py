"""The life of each algorithm's keys, to be looked at: where each key stands, and what the timer does next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.admin.signing_keys.words import audiences_by_algorithm
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.rotation import ROTATED_EVERY, Step, StepKind, steps_of

#: Of revoked keys only the latest are drawn: they stay for ever.
REVOKED_SHOWN: Final = 3

STEP_WORDS: Final[dict[StepKind, Promise]] = {
    StepKind.PREPARE: _("makes and publishes the next key"),
    StepKind.PROMOTE: _("signs with the next key from then on"),
    StepKind.RETIRE: _("takes the previous key out of the JWK Set"),
}
_STAGES: Final[dict[KeyState, tuple[Promise, str]]] = {
    KeyState.NEXT: (_("Next"), "is-accent"),
    KeyState.CURRENT: (_("Current"), "is-good"),
    KeyState.PREVIOUS: (_("Previous"), "is-quiet"),
    KeyState.REVOKED: (_("Revoked"), "is-bad"),
}
#: By state, the class of its badge.
TONES: Final = {str(state): tone for state, (_title, tone) in _STAGES.items()}
_EMPTY: Final[dict[KeyState, Promise]] = {
    KeyState.NEXT: _("None waits. In an emergency verifiers would not know the new key yet."),
    KeyState.CURRENT: _("None signs: no token of this algorithm can be issued."),
    KeyState.PREVIOUS: _("None: every token that lives was signed by the current key."),
    KeyState.REVOKED: _("None was revoked."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What happens to a key, and when; ``is_past`` where that has come."""

    words: Promise
    at: datetime
    is_past: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An action that fits the state of a key, as a button."""

    action: str
    label: Promise
    does: Promise
    look: str = "is-quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnKey:
    """One key where it stands."""

    key: SigningKey
    moments: tuple[Moment, ...]
    offered: tuple[Offered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One state of the four, with its keys."""

    title: Promise
    tone: str
    empty: Promise
    keys: tuple[DrawnKey, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """All of one algorithm; ``step`` is what the timer does first, ``is_due`` whether it could by now."""

    algorithm: str
    audiences: tuple[str, ...]
    stages: tuple[Stage, ...]
    step: str | Promise
    at: datetime | None
    is_due: bool


def lives(*, now: datetime) -> list[Life]:
    """Return the life of every algorithm that has a key. Two queries."""
    keys: dict[str, list[SigningKey]] = {}
    rows = SigningKey.objects.defer("sealed_private_jwk").order_by("algorithm", "-state_changed_at", "kid")
    for key in rows:
        keys.setdefault(key.algorithm, []).append(key)
    audiences = audiences_by_algorithm()
    return [
        _life(algorithm, of_algorithm, tuple(audiences.get(algorithm, ())), now)
        for algorithm, of_algorithm in keys.items()
    ]


def _life(algorithm: str, keys: list[SigningKey], audiences: tuple[str, ...], now: datetime) -> Life:
    in_rotation = any(key.state == KeyState.CURRENT for key in keys)
    step = _first_step(algorithm, keys, now) if in_rotation else None
    return Life(
        algorithm=algorithm,
        audiences=audiences,
        stages=tuple(_stage(state, keys, now) for state in _STAGES),
        step=STEP_WORDS[step.kind] if step else "",
        at=step.at if step else None,
        is_due=step is not None and step.at <= now,
    )


def _first_step(algorithm: str, keys: list[SigningKey], now: datetime) -> Step | None:
    longest_first = sorted(keys, key=lambda key: (key.published_at, key.kid))
    steps = steps_of(longest_first, algorithm=SigningAlgorithm(algorithm), every=ROTATED_EVERY, now=now)
    return steps[0] if steps else None


def _stage(state: KeyState, keys: Iterable[SigningKey], now: datetime) -> Stage:
    title, tone = _STAGES[state]
    there = [key for key in keys if key.state == state]
    shown = there[:REVOKED_SHOWN] if state is KeyState.REVOKED else there
    return Stage(
        title=title,
        tone=tone,
        empty=_EMPTY[state],
        keys=tuple(drawn_key(key, now=now) for key in shown),
        more=len(there) - len(shown),
    )


def drawn_key(key: SigningKey, *, now: datetime) -> DrawnKey:
    """Return one key with its moments, and the actions that fit its state."""
    return DrawnKey(key=key, moments=tuple(_moments(key, now)), offered=tuple(_offered(key, now)))


def _moments(key: SigningKey, now: datetime) -> Iterator[Moment]:
    match key.state:
        case KeyState.NEXT:
            yield _moment(_("published since"), key.published_at, now)
            yield _moment(_("may sign from"), key.may_sign_from, now)
        case KeyState.CURRENT:
            yield _moment(_("signs since"), key.state_changed_at, now)
            yield _moment(_("planned to sign until"), key.state_changed_at + ROTATED_EVERY, now)
        case KeyState.PREVIOUS:
            yield _moment(_("signed until"), key.signed_until or key.state_changed_at, now)
            if key.may_go_from is not None:
                yield _moment(_("its last token expires at the latest"), key.may_go_from, now)
        case _:
            yield _moment(_("revoked since"), key.state_changed_at, now)


def _moment(words: Promise, at: datetime, now: datetime) -> Moment:
    return Moment(words=words, at=at, is_past=at <= now)


def _offered(key: SigningKey, now: datetime) -> Iterator[Offered]:
    if key.state == KeyState.NEXT:
        does = _("New tokens are signed with it. Nobody has to log in.")
        look = "" if key.may_sign_from <= now else "is-quiet"
        yield Offered(action="promote_selected", label=_("Rotate: sign with it"), does=does, look=look)
    if key.state == KeyState.PREVIOUS:
        does = _("It signs again, and the current key waits as a next one.")
        yield Offered(action="take_back_selected", label=_("Take back"), does=does)
        if key.may_go_from is not None and key.may_go_from <= now:
            does = _("It leaves the JWK Set. No living token is lost.")
            yield Offered(action="retire_selected", label=_("Retire"), does=does)
    if key.state != KeyState.REVOKED:
        does = _("Every token that it signed is refused at once. This cannot be undone.")
        yield Offered(action="revoke_selected", label=_("Revoke"), does=does, look="is-danger")


#: How long a key signs, for pages that say when the next step is due.
EVERY_DAYS: Final = ROTATED_EVERY // timedelta(days=1)
