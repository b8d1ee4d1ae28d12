"""Forged encrypted tokens, made by whoever knows the public key alone: none may open anything."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

from joserfc import jwe
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey

from accounts.keys.keyring import import_key
from accounts.tokens.compact import json_object
from tests.accounts.tokens.forging import base64url, part_of
from tests.api.forged_signed import Tokens, claims, token, unsigned

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.audiences.models import EncryptionKey
    from accounts.keys.keyring import AsymmetricKey

_ANYTHING = jwe.JWERegistry(
    algorithms=[
        *(
            "RSA-OAEP-256",
            "RSA-OAEP",
            "RSA1_5",
            "ECDH-ES+A256KW",
            "ECDH-ES+A128KW",
            "ECDH-ES",
            "dir",
            "A256KW",
        ),
        *("PBES2-HS256+A128KW", "A256GCM", "A128GCM", "A256CBC-HS512", "DEF"),
    ],
    strict_check_header=False,
)
#: An encrypted key, a nonce, some content and a tag, which nobody should look at.
_TAIL = ".".join(base64url(bytes(size)) for size in (40, 12, 200, 16))
#: Unpacks to 4 MB, of which a token of 8192 bytes has room for the packed form.
_BOMB = " " * 4_000_000


def sealed(content: str | bytes, own: EncryptionKey, **members: object) -> str:
    """Return ``content`` encrypted to our public key, with a header of any members."""
    key: Any = import_key(own.public_jwk)
    return _sealed(content, _header(own) | members, key)


def _header(own: EncryptionKey) -> dict[str, object]:
    return {"typ": "at+jwt", "cty": "JWT", "alg": own.algorithm, "enc": "A256GCM", "kid": own.kid}


def _sealed(content: str | bytes, header: dict[str, object], key: AsymmetricKey | OctKey) -> str:
    said: Any = {name: value for name, value in header.items() if value is not None}
    with warnings.catch_warnings(action="ignore", category=SecurityWarning):  # attackers do not mind
        return jwe.encrypt_compact(said, content, key, registry=_ANYTHING)


def without_signature(own: EncryptionKey) -> Tokens:
    """Return what is encrypted, and signed by nobody: what anybody can make."""
    words = ("none", "None", "NONE")
    contents: dict[str, str] = {f"alg {word}": f"{unsigned(alg=word)}." for word in words}
    contents |= {
        "claims": json.dumps(claims()),
        "nothing": "",
        "an altered token": f"{token()[:-8]}AAAAAAAA",
        "not ASCII": "\xe9.\xe9.\xe9",
        "too long": "A" * 5_000,
    }
    return {what: sealed(content, own) for what, content in contents.items()}


def other_ways_to_encrypt(own: EncryptionKey) -> Tokens:
    """Return other algorithms for the same key, whether it could be used so or not (RFC 8725 §3.1, §3.2)."""
    is_rsa = own.algorithm == "RSA-OAEP-256"
    ways = ("RSA-OAEP", "RSA1_5") if is_rsa else ("ECDH-ES", "ECDH-ES+A128KW")
    found: Tokens = {alg: sealed(token(), own, alg=alg) for alg in ways}
    found |= {enc: sealed(token(), own, enc=enc) for enc in ("A128GCM", "A256CBC-HS512")}
    point = str(own.public_jwk.get("x") or own.public_jwk["n"])
    guess = OctKey.import_key({"kty": "oct", "k": base64url(point.encode()[:32].ljust(32))})
    for alg in ("dir", "A256KW"):
        found[alg] = _sealed(token(), _header(own) | {"alg": alg}, guess)
    others: dict[str, tuple[object, ...]] = {
        "alg": ("none", "None", "", None, 1, ["dir"], own.algorithm.lower(), "ECDH-1PU"),
        "enc": ("none", "", None, 1, ["A256GCM"], "a256gcm"),
    }
    for member, values in others.items():
        for value in values:
            found[f"{member} {value!r}"] = f"{part_of(_header(own) | {member: value})}.{_TAIL}"
    return found


def bombs(own: EncryptionKey) -> Tokens:
    """Return little to send and much to do (RFC 8725bis: PBES2 counts, compression, sizes)."""
    stretched = {"alg": "PBES2-HS512+A256KW", "p2s": base64url(bytes(16))}
    found: Tokens = {
        f"PBES2, {count} rounds": f"{part_of(_header(own) | stretched | {'p2c': count})}.{_TAIL}"
        for count in (1, 310_000, 2**31 - 1, 10**300)
    }
    found |= {
        "PBES2 members beside our algorithm": sealed(token(), own, zip="DEF", p2c=2**31 - 1, p2s="AAAA"),
        "compressed": sealed(token(), own, zip="DEF"),
        "4 MB of spaces": sealed(_BOMB, own, zip="DEF"),
        "4 MB of spaces before a token": sealed(_BOMB + token(), own, zip="DEF"),
        "zip of another kind": f"{part_of(_header(own) | {'zip': 'GZ'})}.{_TAIL}",
        "zip null": f"{part_of(_header(own) | {'zip': None})}.{_TAIL}",
        "8193 bytes": f"{sealed(token(), own)}{'A' * 8192}"[:8193],
        "apu of 4 kB": f"{part_of(_header(own) | {'apu': 'A' * 4096})}.{_TAIL}",
    }
    return found


def other_nestings(own: EncryptionKey) -> Tokens:
    """Return what is encrypted twice and thrice, and the JSON serialisations of RFC 7516 §7.2."""
    once = sealed(token(), own)
    twice = sealed(once, own)
    protected, key, nonce, content, tag = once.split(".")
    members = {"protected": protected, "iv": nonce, "ciphertext": content, "tag": tag}
    flattened = members | {"encrypted_key": key}
    general = members | {"recipients": [{"encrypted_key": key}]}
    return {
        "twice": twice,
        "thrice": sealed(twice, own),
        "flattened": json.dumps(flattened, separators=(",", ":")),
        "general": json.dumps(general, separators=(",", ":")),
        "flattened within": sealed(json.dumps(flattened), own),
        "six parts": f"{once}.AAAA",
        "four parts": once.rpartition(".")[0],
        "token and token": f"{once},{token()}",
        "bare": token(),
    }


def other_headers(own: EncryptionKey) -> Tokens:
    """Return other types, critical members, names of keys, and keys brought along."""
    stranger = ECKey.generate_key("P-256")
    changes: dict[str, dict[str, object]] = {
        **{f"typ {typ!r}": {"typ": typ} for typ in ("JWT", "changes+jwt", None)},
        **{f"cty {cty!r}": {"cty": cty} for cty in ("JWE", "at+jwt", "text/plain", None)},
        **{f"kid {kid!r}": {"kid": kid} for kid in ("../../dev/null", "", None, stranger.thumbprint())},
        "crit": {"crit": ["kid"]},
        "empty crit": {"crit": []},
    }
    found: Tokens = {what: sealed(token(), own, **members) for what, members in changes.items()}
    own_key = dict(stranger.as_dict(private=False))
    brought = _header(own) | {"alg": "ECDH-ES+A256KW", "jwk": own_key, "kid": stranger.thumbprint()}
    found["to a key of its own"] = _sealed(token(), brought, stranger)
    twice = json.dumps(_header(own))[:-1] + f', "alg": "{own.algorithm}"}}'
    found["duplicate alg"] = f"{part_of(twice.encode())}.{sealed(token(), own).partition('.')[2]}"
    return found


def altered_parts(own: EncryptionKey) -> Tokens:
    """Return truncated tags, empty parts, and points that are on no curve of ours."""
    parts = sealed(token(), own).split(".")
    found: Tokens = {f"empty part {place}": _with(parts, place, "") for place in range(5)}
    found |= {
        f"tag of {size} bytes": _with(parts, 4, base64url(bytes(size))) for size in (1, 4, 8, 12, 15, 17)
    }
    found |= {f"tag cut by {cut}": _with(parts, 4, parts[4][:-cut]) for cut in (2, 6, 11)}
    found |= {f"nonce of {size} bytes": _with(parts, 2, base64url(bytes(size))) for size in (0, 8, 16)}
    other = dict(ECKey.generate_key("P-384").as_dict(private=False))
    points: dict[str, object] = {
        "another curve": other,
        "off the curve": {
            "kty": "EC",
            "crv": "P-256",
            "x": base64url(b"\1" * 32),
            "y": base64url(b"\1" * 32),
        },
        "zero": {"kty": "EC", "crv": "P-256", "x": base64url(bytes(32)), "y": base64url(bytes(32))},
        "a shared key": {"kty": "oct", "k": "AAAA"},
        "text": "x",
        "null": None,
    }
    header = json_object(parts[0].encode())
    return found | {
        f"epk {what}": _with(parts, 0, part_of(header | {"epk": epk})) for what, epk in points.items()
    }


def _with(parts: list[str], place: int, changed: str) -> str:
    return ".".join([*parts[:place], changed, *parts[place + 1 :]])


ATTACKS: dict[str, Callable[[EncryptionKey], Tokens]] = {
    each.__name__: each
    for each in (
        without_signature,
        other_ways_to_encrypt,
        bombs,
        other_nestings,
        other_headers,
        altered_parts,
    )
}
