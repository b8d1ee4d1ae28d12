"""How the signing keys are: age, state, and what needs doing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin.signing_keys.lives import TONES
from accounts.admin.signing_keys.words import what_comes
from accounts.audiences.models import Audience
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.rotation import ROTATED_EVERY, StepKind, coming_steps

#: How late the timer of `manage.py rotate_signing_keys` may be before that is said.
_LATE: Final = timedelta(days=2)
_PROBLEMS: Final[dict[StepKind, Promise]] = {
    StepKind.PREPARE: gettext_lazy("%(algorithm)s has no next key: an emergency would find none ready."),
    StepKind.PROMOTE: gettext_lazy("The current key of %(algorithm)s has signed for 90 days: rotate it."),
    StepKind.RETIRE: gettext_lazy("A previous key of %(algorithm)s may leave the JWK Set: retire it."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One key that verifies tokens."""

    kid: str
    algorithm: str
    state: str
    tone: str
    age: str
    coming: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStanding:
    """The keys, and what is wrong with them: nobody can log in, and what somebody or a timer should do."""

    keys: tuple[KeyLine, ...]
    failures: tuple[str, ...]
    due: tuple[str, ...]


def key_standing(*, now: datetime) -> KeyStanding:
    """Return how the keys are. One query, one for audiences, and one for each algorithm that signs."""
    keys = list(SigningKey.objects.usable().defer("sealed_private_jwk", "public_jwk"))
    keys.sort(key=lambda key: (key.algorithm, KeyState.values.index(key.state), key.published_at))
    signing = sorted({key.algorithm for key in keys if key.state == KeyState.CURRENT})
    asked = Audience.objects.in_force().order_by().values_list("signing_algorithm", flat=True).distinct()
    failures = [
        _("No key signs %(algorithm)s: audiences with this algorithm get no tokens.") % {"algorithm": missing}
        for missing in sorted(set(asked) - set(signing))
    ]
    due = [said for algorithm in signing for said in _due(algorithm, now)]
    lines = tuple(_line(key, now) for key in keys)
    return KeyStanding(keys=lines, failures=tuple(failures), due=tuple(due))


def _due(algorithm: str, now: datetime) -> list[str]:
    steps = coming_steps(SigningAlgorithm(algorithm), every=ROTATED_EVERY, now=now)
    kinds = {step.kind for step in steps if step.kind == StepKind.PREPARE or step.at <= now - _LATE}
    return [str(_PROBLEMS[kind]) % {"algorithm": algorithm} for kind in StepKind if kind in kinds]


def _line(key: SigningKey, now: datetime) -> KeyLine:
    days = max((now - key.state_changed_at).days, 0)
    state = KeyState(key.state)
    return KeyLine(
        kid=key.kid,
        algorithm=key.algorithm,
        state=str(state.label),
        tone=TONES[state],
        age=ngettext("for %(count)s day", "for %(count)s days", days) % {"count": days},
        coming=what_comes(key),
    )
