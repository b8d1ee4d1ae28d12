"""Changes that someone can ask for on signing keys: next → current → previous → revoked (docs/keys.md).

Who may ask is judged above this room: whoever shows a page asks ``accounts.authority`` first.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.actors import Actor
from accounts.audit.event_types import EventType
from accounts.audit.models import AuditEvent
from accounts.keys.algorithms import SigningAlgorithm
from accounts.keys.making import make_key
from accounts.keys.models import KeyState, SigningKey
from accounts.keys.steps import (
    current_key_of,
    keep,
    lock_algorithm,
    lock_key,
    record,
    require_opens,
    stated,
    step_aside,
)


def ensure_current_key(*, algorithm: SigningAlgorithm, actor: Actor, now: datetime) -> SigningKey:
    """Return the current key of ``algorithm``; if there is none, the next one signs, or one made now."""
    with transaction.atomic():
        # In most cases there is one, and nobody has to wait.
        if (current := current_key_of(algorithm)) is not None:
            return current
        lock_algorithm(algorithm)
        # Read after the lock: what another administrator did meanwhile is seen.
        if (current := current_key_of(algorithm)) is not None:
            return current
        waiting = SigningKey.objects.next_in_line().filter(algorithm=algorithm).first()
        if waiting is not None:
            require_opens(waiting)
            keep(waiting, KeyState.CURRENT, type_=EventType.SIGNING_KEY_PROMOTED, actor=actor, now=now)
            return waiting
        return _save(make_key(algorithm, state=KeyState.CURRENT, now=now), actor, now)


def require_key_known(*, algorithm: SigningAlgorithm, now: datetime) -> None:
    """Hold that verifiers know the key that tokens of another audience would be signed with.

    :raise ValidationError: there is none, or it has not been published for twice the JWK Set's max-age
    """
    key = current_key_of(algorithm) or SigningKey.objects.next_in_line().filter(algorithm=algorithm).first()
    if key is None:
        raise ValidationError(
            _("Verifiers know no key for %(algorithm)s: prepare one under “Signing keys”."),
            code="no_signing_key",
            params={"algorithm": algorithm.value},
        )
    if now < key.may_sign_from:
        raise ValidationError(
            _("Verifiers may not know the key for %(algorithm)s yet: it may sign from %(moment)s on."),
            code="not_published_long_enough",
            params={"algorithm": algorithm.value, "moment": stated(key.may_sign_from)},
        )


def create_first_signing_key(**_signal: object) -> None:
    """Make the default algorithm's key after ``migrate``, so that tokens can be signed at once."""
    if not {SigningKey._meta.db_table, AuditEvent._meta.db_table} <= set(
        connection.introspection.table_names()
    ):
        return  # migrated backwards, or only in part
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, SigningKey._meta.db_table)
    if not {field.column for field in SigningKey._meta.concrete_fields} <= {
        column.name for column in described
    }:
        return  # as above
    ensure_current_key(algorithm=SigningAlgorithm.ES256, actor=Actor.system("migrate"), now=timezone.now())


def prepare_next_key(*, algorithm: SigningAlgorithm, actor: Actor, now: datetime) -> SigningKey:
    """Make a key and publish it: it may sign once every verifier has fetched it.

    :raise ValidationError: a next key is there already
    :raise IntegrityError: somebody else made one at the same moment
    """
    made = make_key(algorithm, state=KeyState.NEXT, now=now)  # before the transaction: RSA takes a moment
    with transaction.atomic():
        lock_algorithm(algorithm)
        waiting = SigningKey.objects.next_in_line().filter(algorithm=algorithm).first()
        if waiting is not None:
            raise ValidationError(
                _("There is a next key for %(algorithm)s already: %(kid)s."),
                code="next_key_exists",
                params={"algorithm": algorithm.value, "kid": waiting.kid},
            )
        return _save(made, actor, now)


def promote_next_key(
    *, kid: str, actor: Actor, now: datetime, although_unpublished: bool = False
) -> SigningKey:
    """Sign with a next key from now on; the current one goes on verifying as a previous one.

    ``although_unpublished`` is for emergencies: whoever verifies with a JWK Set fetched before refuses the
    new tokens until it fetches another, at most the max-age later.

    :raise ValidationError: it is no next key, its private half does not open, or it has not been published
        for twice the JWK Set's max-age; with the moment from which on it may sign
    """
    with transaction.atomic():
        key = lock_key(kid)
        if key.state != KeyState.NEXT:
            raise ValidationError(_("Only a next key can become the current one."), code="not_next")
        if now < key.may_sign_from and not although_unpublished:
            raise ValidationError(
                _("Verifiers may not know this key yet: it may sign from %(moment)s on."),
                code="not_published_long_enough",
                params={"moment": stated(key.may_sign_from)},
            )
        _replace_current(key, KeyState.PREVIOUS, EventType.SIGNING_KEY_PROMOTED, actor, now)
    return key


def take_back_key(*, kid: str, actor: Actor, now: datetime) -> SigningKey:
    """Sign with a previous key again; the current one waits as a next key, and goes on verifying.

    :raise ValidationError: it is no previous key, or its private half does not open
    """
    with transaction.atomic():
        key = lock_key(kid)
        if key.state != KeyState.PREVIOUS:
            raise ValidationError(_("Only a previous key can be taken back."), code="not_previous")
        _replace_current(key, KeyState.NEXT, EventType.SIGNING_KEY_TAKEN_BACK, actor, now)
    return key


def retire_key(*, kid: str, actor: Actor, now: datetime) -> bool:
    """Take a key out of the JWK Set that no living token is signed with; tell whether it was there.

    :raise ValidationError: it is the current key, or tokens may live that it signed; with the moment from
        which on it may go
    """
    with transaction.atomic():
        key = lock_key(kid)
        if key.state == KeyState.REVOKED:
            return False
        if key.may_go_from is None:
            raise ValidationError(
                _("This is the only key that signs %(algorithm)s: have another one sign first."),
                code="only_active_key",
                params={"algorithm": key.algorithm},
            )
        if now < key.may_go_from:
            raise ValidationError(
                _("Tokens that it signed may live until %(moment)s: it may go from then on."),
                code="tokens_live",
                params={"moment": stated(key.may_go_from)},
            )
        keep(key, KeyState.REVOKED, type_=EventType.SIGNING_KEY_RETIRED, actor=actor, now=now)
    return True


def _replace_current(
    key: SigningKey, other_state: KeyState, type_: EventType, actor: Actor, now: datetime
) -> None:
    require_opens(key)
    facts: dict[str, object] = {"published_at": key.published_at.isoformat()}
    current = current_key_of(key.algorithm)
    if current is not None:
        step_aside(current, other_state, now=now)
        facts["instead_of"] = current.kid
    if now < key.may_sign_from:
        facts["although_unpublished"] = True
    keep(key, KeyState.CURRENT, type_=type_, actor=actor, now=now, facts=facts)


def _save(made: SigningKey, actor: Actor, now: datetime) -> SigningKey:
    made.save(force_insert=True)
    record(made, EventType.SIGNING_KEY_CREATED, actor, now, facts={"state": made.state})
    return made
