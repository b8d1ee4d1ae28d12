"""Contracts that cannot stand, each with what its sentence must say: refused by every way to write one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Refused:
    """Rows of path and source, and part of the English sentence that refuses them."""

    rows: Rows
    sentence: str


def _one(path: str, sentence: str, source: str = "department_code") -> Refused:
    return Refused([(path, source)], sentence)


REFUSED = {
    "reserved": _one("sub", "“sub” is reserved for authsite itself"),
    "reserved in other capitals": _one("Sub", "“Sub” is reserved for authsite itself"),
    "reserved, all in capitals": _one("AUD", "“AUD” is reserved for authsite itself"),
    "reserved of two words": _one("Client_Id", "“Client_Id” is reserved for authsite itself"),
    "inside a reserved name": _one("ACT.sub", "“ACT” is reserved for authsite itself"),
    "registered, from another source": _one("roles", "“roles” may come from roles alone"),
    "registered, and inside it": _one("roles.first", "“roles” may come from roles alone", "roles"),
    "registered, in capitals": _one("Email", "registered “email”: write that instead of “Email”", "email"),
    "registered, capitals, another source": _one("Email", "“email” may come from email alone"),
    "registered, without a source": _one("scope", "no source here says it. Choose another name"),
    "registered, without a source, inside": _one("address.street", "as in “custom.address”"),
    "the same path twice": Refused([("a", "roles"), ("a", "locale")], "“a” collides with “a”"),
    "inside another": Refused([("a.b", "roles"), ("a", "locale")], "“a.b” collides with “a”"),
    "two spellings": Refused(
        [("User_Roles", "roles"), ("user_roles", "locale")],
        "“User_Roles” and “user_roles” differ in capitals",
    ),
    "two spellings around": Refused(
        [("Custom.a", "roles"), ("custom.b", "locale")], "“Custom” and “custom” differ in capitals"
    ),
    **{
        f"inherited: {path}": _one(path, "is something that every JavaScript object has")
        for path in (
            "toString",
            "valueOf",
            "hasOwnProperty",
            "isPrototypeOf",
            "propertyIsEnumerable",
            "toLocaleString",
            "__proto__",
            "constructor",
            "prototype",
            "custom.toString",
            "a.b.__proto__.c",
        )
    },
    "Cyrillic": _one("r\u043eles", "Character 2 is \u043e (U+043E CYRILLIC SMALL LETTER O)"),
    "full width": _one("\uff53ub", "Character 1 is \uff53 (U+FF53 FULLWIDTH LATIN SMALL LETTER S)"),
    "zero width": _one("s\u200bub", "Character 2 is (U+200B ZERO WIDTH SPACE)"),
    "five levels": _one("a.b.c.d.e", "Write at most 4 names and 128 characters"),
    "no name": _one("a..b", "Write names of letters, digits and “_” that begin with a letter"),
    "a digit first": _one("1st", "Write names of letters, digits and “_” that begin with a letter"),
}
#: Longer than the field, which every way says in words of its own.
TOO_LONG = ".".join(["a"] * 200)

for_each_refused = pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
