"""The address of a client behind proxies: ``X-Forwarded-For``, as far as it can be believed."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def client_address(*, peer: str, forwarded_for: str, proxies: Iterable[Network]) -> str | None:
    """Return the rightmost address that is no trusted proxy: anybody may have written the rest.

    Without trusted proxies that is the peer. Where a proxy wrote what is no address, the proxy's own counts.
    """
    address = _parse(peer)
    trusted = tuple(proxies)
    hops = forwarded_for.split(",") if forwarded_for else []
    while address is not None and hops and any(address in network for network in trusted):
        before = _parse(hops.pop())
        if before is None:
            break
        address = before
    return None if address is None else str(address)


def _parse(text: str) -> Address | None:
    """Return an address without port, brackets and zone; an IPv4 one also where it is written as IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
