"""Every spelling by which a client may try to write an identity header itself."""

IDENTITY = (
    "X-Auth-Sub",
    "X-Auth-Roles",
    "X-Auth-Department",
    "X-Auth-Tenant",
    "X-Auth-Client-Id",
    "X-Auth-Sid",
)
#: What may stand in a header's name beside letters, digits and the dash (RFC 9110 §5.6.2).
ODD = "!#$%&'*+.^_`|~"


def spellings(name: str) -> list[str]:
    """Return other spellings that CGI and its heirs read as ``name``."""
    first, _dash, rest = name.partition("-")
    prefix, _dash, last = name.rpartition("-")
    spelt = [name, name.lower(), name.upper(), name.swapcase()]
    spelt += [name.replace("-", odd) for odd in ODD]
    spelt += [name.replace("-", "_").lower(), name.replace("-", "_").upper()]
    spelt += [f"{first}{odd}{rest}" for odd in ODD] + [f"{prefix}{odd}{last}" for odd in ODD]
    return list(dict.fromkeys(spelt))


SPOOFS = {name: spellings(name) for name in IDENTITY}
