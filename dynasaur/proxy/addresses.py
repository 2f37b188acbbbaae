"""Which addresses are on the public internet, and not in somebody's own network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_PUBLIC_IPV6 = ip_network("2000::/3")
"""All that is given out so far; what lies elsewhere is local, mapped, translated or not in use."""

_CLOSED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # between a provider and its customers; metadata of some clouds
        "168.63.129.16/32",  # a cloud's own service behind an address that looks public
        "192.0.0.0/24",  # protocol assignments; metadata of some clouds
        "192.88.99.0/24",  # to 6to4 relays, long given up
        "198.18.0.0/15",
        "240.0.0.0/4",
        "2001::/23",  # tunnels (Teredo) and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4: carries an IPv4 address
        "3fff::/20",
    )
)


def is_public(text: str) -> bool:
    """An address belongs to the public internet.

    Not so: private, loopback, link-local, shared, multicast and reserved ones, those of cloud
    metadata, and IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4, Teredo), whatever
    that is. What is no address is not public either.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address) and (address.scope_id or address not in _PUBLIC_IPV6):
        return False
    return not any(address in closed for closed in _CLOSED if _same_kind(closed, address))


def _same_kind(network: object, address: IPv4Address | IPv6Address) -> bool:
    return getattr(network, "version", 0) == address.version
