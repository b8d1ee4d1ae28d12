"""How long a person's token can be, as SQL: never less than it is, so that nobody near a budget is missed.

Only the sources that authsite has can be estimated; those of a deployment's own are code.
"""

from collections.abc import Callable
from typing import Any, Final

from django.db.models import Case, F, Func, IntegerField, Q, Sum, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Length, Replace
from typing_extensions import override

from accounts import conf
from accounts.audiences.claim_paths import segments
from accounts.audiences.contracts import ClaimContract
from accounts.tokens.sizes import json_bytes, token_bytes

_NULL: Final = len("null")
_QUOTES: Final = len('""')
#: The longest network address as text, in quotes.
_LONGEST_ADDRESS: Final = 39 + _QUOTES
#: A position of the change log: milliseconds since 1970.
_EPOCH: Final = 10**12


class _Octets(Func):
    """The bytes of a text in UTF-8."""

    function = "OCTET_LENGTH"
    output_field = IntegerField()

    @override
    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Write what older versions of SQLite know, too."""
        return self.as_sql(compiler, connection, template="LENGTH(CAST(%(expressions)s AS BLOB))", **context)


def bytes_without_values(contract: ClaimContract) -> int:
    """Return the length of a token of ``contract`` in which every claim is null."""
    claims: dict[str, Any] = {
        "iss": conf.issuer(),
        "sub": "0" * 36,
        "aud": contract.audience,
        "client_id": contract.audience,
        "epoch": _EPOCH,
    }
    for row in contract.rows:
        *parents, name = segments(row.path)
        place: Any = claims
        for parent in parents:
            place = place.setdefault(parent, {})
        place[name] = None
    return token_bytes(claims, contract)


def bytes_of_values(contract: ClaimContract, *, longest_path: int) -> Combinable:
    """Return an expression over people: at most how much longer than null the contract's values are.

    ``longest_path`` is the length of the longest way to a department as JSON.
    """
    total: Combinable = Value(0)
    for row in contract.rows:
        if (bytes_of := _BYTES_OF.get(row.source.name)) is not None:
            total = total + bytes_of(longest_path) - Value(_NULL)
    return total


def unestimated_sources(contract: ClaimContract) -> tuple[str, ...]:
    """Return the sources of ``contract`` that count as null, because nobody knows how long they are."""
    return tuple(sorted({row.source.name for row in contract.rows} - _BYTES_OF.keys()))


def _inside(text: str | Combinable) -> Combinable:
    """Count a text within its quotes: quotes and backslashes are escaped, and all that is not ASCII."""
    escaped = Length(Replace(Replace(text, Value("\\"), Value("\\\\")), Value('"'), Value('\\"')))
    return escaped + _not_ascii(text)


def _not_ascii(text: str | Combinable) -> Combinable:
    # ``\\u00f1`` instead of one character; each has at least one byte more than characters of ASCII.
    return (_Octets(text) - Length(text)) * Value(len("\\u00f1") - 1)


def _text(field: str) -> Combinable:
    return _inside(field) + Value(_QUOTES)


def _code_or_null(field: str) -> Combinable:
    return Coalesce(Length(field) + Value(_QUOTES), Value(_NULL))


def _if_department(written: Combinable) -> Combinable:
    """Return ``written``, or null for people without a department or in a retired one."""
    in_force = When(department__isnull=False, department__retired_at__isnull=True, then=written)
    return Case(in_force, default=Value(_NULL), output_field=IntegerField())


def _roles(_longest_path: int) -> Combinable:
    # A join with groups, and no subquery: PostgreSQL asks one anew for each person, which took five times
    # as long (bench/near_budget.py).
    in_force = Q(roles__isnull=False, roles__retired_at__isnull=True)
    each = Sum(Length("roles__code") + Value(len('"",')), filter=in_force)
    return Coalesce(each + Value(1), Value(_QUOTES), output_field=IntegerField())


def _department(longest_path: int) -> Combinable:
    frame = json_bytes({"code": "", "label": "", "path": None}) - _NULL
    return _if_department(
        Length("department__code") + _inside("department__label") + Value(frame + longest_path)
    )


def _ui_preferences(_longest_path: int) -> Combinable:
    # Databases write JSON with spaces, and so never shorter than tokens.
    written = Cast(F("ui_preferences"), TextField())
    return Length(written) + _not_ascii(written)


_BYTES_OF: dict[str, Callable[[int], Combinable]] = {
    "roles": _roles,
    "department_code": lambda _path: _if_department(Length("department__code") + Value(_QUOTES)),
    "department": _department,
    "special_permissions": lambda _path: Value(len("false")),
    "tenant_id": lambda _path: _code_or_null("tenant__code"),
    "ui_preferences": _ui_preferences,
    "locale": lambda _path: _text("locale"),
    "email": lambda _path: _text("email"),
    "name": lambda _path: _text("name"),
    "login_ip": lambda _path: Value(_LONGEST_ADDRESS),
    "auth_time": lambda _path: Value(len("1700000000")),
    "amr": lambda _path: Value(len('["pwd"]')),
}
