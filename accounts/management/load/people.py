"""People: their rows, and of each the few bytes that sessions and events need to refer to them."""

from array import array
from collections.abc import Callable
from itertools import accumulate
from random import Random
from typing import Final

from accounts.management.load.moments import DAY, text_of
from accounts.management.load.organisation import Organisation
from accounts.management.load.tables import TableWriter
from accounts.management.load.words import FIRST_NAMES, LAST_NAMES
from accounts.models import User

#: How long ago the first people came; they are in order of their coming.
_SINCE: Final = 4 * 365 * DAY
_INACTIVE, _STAFF, _SPECIAL, _IN_ENGLISH = 0.06, 0.0005, 0.02, 0.15
#: How many people have one role, two, and so on.
_ROLE_COUNTS: Final = (40, 28, 14, 8, 4, 3, 2, 1)
_PREFERENCES: Final = (
    "{}",
    '{"theme": "dark"}',
    '{"theme": "light"}',
    '{"theme": "light", "density": "compact"}',
)
_USER_COLUMNS: Final = (
    "id",
    "password",
    "is_superuser",
    "email",
    "name",
    "tenant_id",
    "department_id",
    "special_permissions",
    "ui_preferences",
    "locale",
    "is_active",
    "is_staff",
    "created_at",
)


class People:
    """Everybody, by number, in some 25 bytes each."""

    def __init__(self, organisation: Organisation, count: int, now: int) -> None:
        self.organisation, self.count, self.now = organisation, count, now
        self._ids = bytearray(16 * count)
        self._places = array("H", bytes(2 * count))
        self._names = array("I", bytes(4 * count))
        #: A role that each person holds.
        self.role = array("H", bytes(2 * count))
        self.is_inactive = bytearray(count)
        self.inactive: list[int] = []
        self.staff: list[int] = []
        #: Of those who came after ``recently``: the codes of their roles.
        self.recently = now - 90 * DAY
        self.roles_of_recent: dict[int, tuple[str, ...]] = {}

    def created_at(self, number: int) -> int:
        """Return when somebody came."""
        return self.now - _SINCE + _SINCE * number // self.count

    def count_at(self, moment: int) -> int:
        """Return how many had come before a moment."""
        before = (moment - self.now + _SINCE) * self.count // _SINCE
        return max(1, min(self.count, before))

    def id_of(self, number: int) -> str:
        """Return the 32 digits of somebody's id."""
        return self._ids[16 * number : 16 * number + 16].hex()

    def email_of(self, number: int) -> str:
        """Return somebody's address."""
        first, last, _second = self._names_of(number)
        domain = self.organisation.places[self._places[number]].domain
        return f"{FIRST_NAMES[first][1]}.{LAST_NAMES[last][1]}{number}@{domain}"

    def name_of(self, number: int) -> str:
        """Return somebody's name."""
        first, last, second = self._names_of(number)
        return f"{FIRST_NAMES[first][0]} {LAST_NAMES[last][0]} {LAST_NAMES[second][0]}"

    def tenant_of(self, number: int) -> str:
        """Return the code of somebody's tenant, or nothing."""
        return self.organisation.places[self._places[number]].tenant_code

    def ip_of(self, number: int) -> str:
        """Return the address that somebody is mostly at."""
        return f"{80 + number % 60}.{number >> 12 & 255}.{number >> 4 & 255}.{number * 7 % 254 + 1}"

    def write(self, rng: Random, told: Callable[[int], None]) -> None:
        """Make everybody up and write their rows; ``told`` is called now and then with how many there are."""
        users = TableWriter(User, _USER_COLUMNS)
        memberships = TableWriter(User.roles.through, ("user_id", "role_id"), after=users)
        organisation = self.organisation
        # The first place has no tenant; the others shrink as the ranks of cities do.
        place_weights = list(accumulate(3 / (2 + rank) for rank in range(len(organisation.places))))
        role_weights = list(accumulate(1 / (1 + rank) for rank in range(len(organisation.roles))))
        count_weights = list(accumulate(_ROLE_COUNTS))
        places, roles = range(len(organisation.places)), range(len(organisation.roles))
        counts = range(1, len(_ROLE_COUNTS) + 1)
        for number in range(self.count):
            sub = self._make_up(number, rng.choices(places, cum_weights=place_weights)[0], rng)
            held = rng.choices(
                roles, cum_weights=role_weights, k=rng.choices(counts, cum_weights=count_weights)[0]
            )
            ids = dict.fromkeys(organisation.roles[role] for role in held)
            is_staff = number < 1 or rng.random() < _STAFF
            if is_staff and not self.is_inactive[number]:
                self.staff.append(number)
                ids[organisation.staff_role] = None
            self.role[number] = held[0]
            if self.created_at(number) >= self.recently:
                self.roles_of_recent[number] = tuple(code for _id, code in ids)
            users.add(self._row(number, sub, rng, is_staff=is_staff))
            for role_id, _code in ids:
                memberships.add((sub, role_id))
            if number % 10_000 == 0:
                told(number)
        memberships.flush()
        told(self.count)

    def _make_up(self, number: int, place: int, rng: Random) -> str:
        raw = bytearray(rng.randbytes(16))
        raw[6], raw[8] = raw[6] & 0x0F | 0x40, raw[8] & 0x3F | 0x80  # version 4 (RFC 9562 §5.4)
        self._ids[16 * number : 16 * number + 16] = raw
        self._places[number] = place
        self._names[number] = rng.randrange(len(FIRST_NAMES) * len(LAST_NAMES) ** 2)
        if number and rng.random() < _INACTIVE:
            self.is_inactive[number] = 1
            self.inactive.append(number)
        return raw.hex()

    def _names_of(self, number: int) -> tuple[int, int, int]:
        rest, first = divmod(self._names[number], len(FIRST_NAMES))
        second, last = divmod(rest, len(LAST_NAMES))
        return first, last, second

    def _row(self, number: int, sub: str, rng: Random, *, is_staff: bool) -> tuple[str | int | None, ...]:
        place = self.organisation.places[self._places[number]]
        departments = place.department_ids
        return (
            sub,
            # Nobody can log in as them.
            "!" + sub,
            0,
            self.email_of(number),
            self.name_of(number),
            place.tenant_id,
            departments[int(len(departments) * rng.random() ** 2)] if rng.random() < 0.95 else None,  # noqa: PLR2004
            int(rng.random() < _SPECIAL),
            _PREFERENCES[int(4 * rng.random() ** 2)],
            "en" if rng.random() < _IN_ENGLISH else "es",
            int(not self.is_inactive[number]),
            int(is_staff),
            text_of(self.created_at(number)),
        )
