"""What a token weighs and its claims cost, also encrypted: ``.venv/bin/python -m bench.claims``."""

import os
import uuid
from dataclasses import replace
from datetime import datetime

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases
from django.utils import timezone

from accounts import conf
from accounts.audiences.claim_sources import ClaimInput, LoginContext
from accounts.audiences.contracts import ClaimContract, read_contract
from accounts.audiences.encryption_keys import create_encryption_key
from accounts.audiences.models import AccessRule, Audience
from accounts.audiences.services import change_audience
from accounts.audit.actors import Actor
from accounts.keys.algorithms import EncryptionAlgorithm, SigningAlgorithm
from accounts.keys.services import ensure_current_key
from accounts.models import User
from accounts.models.subject_facts import SubjectFacts, read_subject_facts
from accounts.refresh_sessions.session_tokens import Device
from accounts.tokens.claims import compute_claims
from accounts.tokens.decryption_keys import encryption
from accounts.tokens.issuing import issue_access_token
from accounts.tokens.verification import verify_access_token
from bench.tokens import microseconds
from tests.accounts.journeys import refresh, start_session
from tests.factories import DepartmentFactory, RoleFactory, UserFactory

SYSTEM = Actor.system("bench")
CONTEXT = LoginContext(
    client_id="api-mi-aplicacion", ip="192.0.2.1", auth_time=timezone.now(), auth_methods=("pwd",)
)


def weights(subject: SubjectFacts, contract: ClaimContract, now: datetime) -> None:
    """Print the bytes of the user's example, and what issuing and verifying it costs."""
    own = Audience.objects.get(code=contract.audience)

    def issue(written: ClaimContract) -> str:
        return issue_access_token(
            subject=subject, contract=written, context=CONTEXT, sid=uuid.uuid4(), epoch=0, now=now
        ).token

    def row(name: str, written: ClaimContract) -> None:
        encryption.forget()
        token = issue(written)
        issuing = microseconds(lambda: issue(written), rounds=7, calls=40)
        verifying = microseconds(
            lambda: verify_access_token(token, now=now, may_be_outdated=True), rounds=7, calls=40
        )
        size = f"{len(token)}"
        ratio = f"{issuing / first[0]:.2f} x" if first else "1.00 x"
        first.append(issuing)
        print(f"{name:<34}{size:>7} bytes{issuing:>9.0f} µs {ratio:>8}   verified in {verifying:>6.0f} µs")

    first: list[float] = []
    for algorithm in SigningAlgorithm:
        ensure_current_key(algorithm=algorithm, actor=SYSTEM, now=now)
        row(algorithm, replace(contract, signing_algorithm=algorithm))
    for way in EncryptionAlgorithm:
        create_encryption_key(audience_id=own.pk, algorithm=way, actor=SYSTEM, now=now)
        change_audience(audience_id=own.pk, is_encrypted=True, actor=SYSTEM, now=now)
        row(f"ES256 in {way}", read_contract(contract.audience))
    change_audience(audience_id=own.pk, is_encrypted=False, actor=SYSTEM, now=now)


def claims(subject: SubjectFacts, contract: ClaimContract) -> None:
    """Print the microseconds of computing claims, for few and for many roles."""
    print()
    for number in (3, 50, 500):
        codes = tuple(f"role-{each:03}" for each in range(number))
        given = ClaimInput(subject=replace(subject, roles=codes), audience=contract.audience, context=CONTEXT)
        spent = microseconds(lambda given=given: compute_claims(given, contract))  # type: ignore[misc] # bound at once
        print(f"claims of {number:>3} roles{spent:>9.1f} µs")


def statements(user: User, now: datetime) -> None:
    """Print the statements of issuing, by what the audience asks for."""
    print()
    own = Audience.objects.get(code=conf.own_audience())
    for name in ("open, signed", "with rules", "with rules, encrypted"):
        if name == "with rules":
            AccessRule.objects.create(audience=own, role=RoleFactory.create(code="editor"))
        if name.endswith("encrypted"):
            change_audience(audience_id=own.pk, is_encrypted=True, actor=SYSTEM, now=now)
        tokens = start_session(user, now=now)
        device = Device(token=tokens.device_token)
        with CaptureQueriesContext(connection) as login:
            start_session(user, now=now, device=device)
        with CaptureQueriesContext(connection) as refreshed:
            refresh(tokens.refresh_token, now=now)
        counts = [_reads_and_writes(captured) for captured in (login, refreshed)]
        print(f"{name:<24}login {counts[0]:>3} statements, refresh {counts[1]:>2}")


def _reads_and_writes(captured: CaptureQueriesContext) -> int:
    kinds = ("SELECT", "INSERT", "UPDATE", "DELETE")
    return sum(query["sql"].lstrip().upper().startswith(kinds) for query in captured.captured_queries)


if __name__ == "__main__":
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        someone = UserFactory.create(
            email="admin@example.com",
            department=DepartmentFactory.create(code="finanzas"),
            roles=["admin", "editor"],
            special_permissions=True,
        )
        moment = timezone.now()
        example = read_contract(conf.own_audience())
        facts = read_subject_facts(someone)
        weights(facts, example, moment)
        claims(facts, example)
        statements(someone, moment)
    finally:
        teardown_databases(databases, verbosity=0)
