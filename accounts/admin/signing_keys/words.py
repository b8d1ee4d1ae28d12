"""What the admin says of signing keys: which audiences use them, what may come next, what an action does."""

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from accounts.audiences.models import Audience
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.steps import current_key_of, stated

#: What a state means, for the list's heading and the key's page.
STATE_WORDS: dict[KeyState, Promise] = {
    KeyState.NEXT: _("next: published, so that verifiers know it before it signs"),
    KeyState.CURRENT: _("current: signs the new tokens of its algorithm"),
    KeyState.PREVIOUS: _("previous: signs nothing new, and verifies the tokens that it signed"),
    KeyState.REVOKED: _("revoked: never accepted again; its private half is erased"),
}


def audiences_by_algorithm() -> dict[str, list[str]]:
    """Return, by algorithm, the codes of the audiences in force whose tokens it signs. One query."""
    codes: dict[str, list[str]] = {}
    for algorithm, code in Audience.objects.in_force().values_list("signing_algorithm", "code"):
        codes.setdefault(algorithm, []).append(code)
    return codes


def audiences_of(algorithm: str) -> list[str]:
    """Return the codes of the audiences in force whose tokens are signed by this algorithm."""
    return audiences_by_algorithm().get(algorithm, [])


def what_comes(key: SigningKey) -> str:
    """Return when a next key may sign, and a previous one may go."""
    match key.state:
        case KeyState.NEXT if timezone.now() < key.may_sign_from:
            return _now_("may sign from %(moment)s on") % {"moment": stated(key.may_sign_from)}
        case KeyState.NEXT:
            return _now_("may sign")
        case KeyState.PREVIOUS:
            return when_it_goes(key)
        case _:
            return ""


def when_it_goes(key: SigningKey) -> str:
    """Return when a key may leave the JWK Set."""
    if key.may_go_from is None:
        return _now_("is the only key that signs %(algorithm)s") % {"algorithm": key.algorithm}
    if timezone.now() < key.may_go_from:
        return _now_("may go from %(moment)s on") % {"moment": stated(key.may_go_from)}
    return _now_("may go")


def told_of_promotion(key: SigningKey) -> str:
    """Return what promoting does."""
    said = _now_("%(key)s will sign the tokens of: %(audiences)s. It %(when)s.")
    return _said(key, said, when=what_comes(key)) + _and_the_current(
        key, _now_("%(kid)s becomes a previous key.")
    )


def told_of_taking_back(key: SigningKey) -> str:
    """Return what taking back does."""
    said = _now_("%(key)s will sign the tokens of: %(audiences)s.")
    return _said(key, said) + _and_the_current(key, _now_("%(kid)s becomes a next key."))


def told_of_retirement(key: SigningKey) -> str:
    """Return what retiring does."""
    return _now_("%(key)s leaves the JWK Set for good; it %(when)s.") % {
        "key": key,
        "when": when_it_goes(key),
    }


def told_of_revocation(key: SigningKey) -> str:
    """Return what revoking does."""
    said = _now_("Every token that %(key)s signed is refused, those of: %(audiences)s.")
    if key.state != KeyState.CURRENT:
        return _said(key, said)
    waiting = SigningKey.objects.next_in_line().filter(algorithm=key.algorithm).first()
    if waiting is None:
        after = _now_(
            "A new key is made, which verifiers do not know yet: they refuse new tokens until they fetch the"
            " JWK Set again."
        )
    else:
        after = _now_("%(kid)s signs at once; it %(when)s.") % {
            "kid": waiting.kid,
            "when": what_comes(waiting),
        }
    return f"{_said(key, said)} {after}"


def _said(key: SigningKey, sentence: str, **more: str) -> str:
    audiences = ", ".join(audiences_of(key.algorithm)) or _now_("no audience")
    return sentence % {"key": key, "audiences": audiences, **more}


def _and_the_current(key: SigningKey, sentence: str) -> str:
    current = current_key_of(key.algorithm)
    return f" {sentence % {'kid': current.kid}}" if current is not None else ""
