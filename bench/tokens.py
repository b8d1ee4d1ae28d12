"""What our checks and claims cost beside PyJWT alone, in one run: ``.venv/bin/python -m bench.tokens``."""

import json
import os
import statistics
import time
import uuid
from collections.abc import Callable

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

import jwt
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone

from accounts import conf
from accounts.audiences.claim_sources import ClaimInput, LoginContext
from accounts.audiences.contracts import read_contract
from accounts.keys import keyring as ring
from accounts.models.subject_facts import read_subject_facts
from accounts.tokens.claims import compute_claims
from accounts.tokens.issuing import issue_access_token
from accounts.tokens.verification import verify_access_token
from tests.factories import DepartmentFactory, UserFactory

ROUNDS, CALLS = 15, 200


def microseconds(call: Callable[[], object], *, rounds: int = ROUNDS, calls: int = CALLS) -> float:
    """Return the median over rounds of the time of one call."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        times.append((time.perf_counter() - start) / calls * 1e6)
    return statistics.median(times)


def compare() -> None:
    """Print the table: microseconds, and the ratio to PyJWT."""
    now = timezone.now()
    user = UserFactory.create(
        email="admin@example.com",
        department=DepartmentFactory.create(code="finanzas"),
        roles=["admin", "editor"],
        special_permissions=True,
    )
    contract = read_contract(conf.own_audience())
    subject = read_subject_facts(user)
    context = LoginContext(client_id="app", ip="127.0.0.1", auth_time=now, auth_methods=("pwd",))
    sid = uuid.uuid4()

    def issue() -> str:
        return issue_access_token(
            subject=subject, contract=contract, context=context, sid=sid, epoch=0, now=now
        ).token

    token = issue()
    key = ring.keyring.signing_key("ES256")
    public = jwt.PyJWK(key.row.public_jwk, algorithm="ES256")
    private = jwt.PyJWK(key.private.as_dict(private=True), algorithm="ES256")
    claims = verify_access_token(token, now=now).claims
    claim_input = ClaimInput(subject=subject, audience=contract.audience, context=context)

    def by_pyjwt() -> object:
        return jwt.decode(
            token, public, algorithms=["ES256"], audience=contract.audience, issuer=conf.issuer()
        )

    rows = [
        ("verify, PyJWT alone", microseconds(by_pyjwt)),
        ("verify, authsite", microseconds(lambda: verify_access_token(token, now=now))),
        ("sign, PyJWT alone", microseconds(lambda: jwt.encode(claims, private, algorithm="ES256"))),
        ("claims and sign, authsite", microseconds(issue)),
        ("claims only, authsite", microseconds(lambda: compute_claims(claim_input, contract))),
    ]
    peers = {"verify": rows[0][1], "sign": rows[2][1]}
    for name, spent in rows:
        peer = peers["verify" if name.startswith("verify") else "sign"]
        print(f"{name:<28}{spent:>9.1f} µs{spent / peer:>8.2f} x")
    print(f"\nToken of the user's example: {len(token)} bytes, of which claims {len(json.dumps(claims))}")


if __name__ == "__main__":
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        compare()
    finally:
        teardown_databases(databases, verbosity=0)
