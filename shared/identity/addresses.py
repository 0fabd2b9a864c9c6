"""The client IP address of a request behind proxies, and whether limits apply to it."""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

# Peers that no per-address limit applies to. Not ipaddress's `is_private`: it differs between
# Python versions, and includes the ranges reserved for documentation.
NEVER_LIMITED = tuple(
    ip_network(network)
    for network in (
        "127.0.0.0/8",  # loopback, RFC 1122
        "10.0.0.0/8",  # private, RFC 1918
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",  # link-local, RFC 3927
        "::1/128",  # loopback, RFC 4291
        "fc00::/7",  # unique local, RFC 4193
        "fe80::/10",  # link-local, RFC 4291
    )
)
# What an address may store for good, in bytes: a whole studio at once, and 60 MiB an hour. A row
# counts as `ROW` besides its content: the smallest take so much, with their indexes and the ledger.
STORAGE = {"per_minute": 1024 * 1024, "burst": 24 * 1024 * 1024}
ROW = 1024
IPV6_SITE_PREFIX = 64  # what one household or phone gets: RFC 6177, RFC 7278
LONGEST_ENTRY = 64  # an IPv6 address with scope, brackets and port is shorter

# 192.0.2.1, 192.0.2.1:80, [2001:db8::1], [2001:db8::1]:80, 2001:db8::1, fe80::1%eth0
_NODE = re.compile(
    r"\[(?P<bracketed>[^\]%]+)(?:%[^\]]*)?\](?::\d+)?"
    r"|(?P<v4>[\d.]+)(?::\d+)?"
    r"|(?P<v6>[^%\[\]]+)(?:%.*)?",
    re.ASCII,
)


class Address(msgspec.Struct, frozen=True):
    """The client address of a request.

    `text` is the address in canonical form. Limits count by `key`: the address, or the /64 network
    of an IPv6 address. `limited` is false if no limits apply to it.
    """

    text: str
    key: str
    limited: bool


UNIX_SOCKET = Address(text="unix", key="unix", limited=False)


def client_address(
    peer: str | None,
    forwarded_for: Sequence[str],
    trusted: Sequence[IPv4Network | IPv6Network],
) -> Address:
    """The address of the client behind trusted proxies.

    `peer` is the socket's other end (None or a path for a unix socket), `forwarded_for` the
    values of X-Forwarded-For in order. Each proxy appends the peer that it saw, so the entries are
    read from the right, while the proxy that wrote the entry is trusted, up to a malformed entry.
    """
    nearest = _parsed(peer or "")
    if nearest is None:
        return UNIX_SOCKET
    if not trusted or not forwarded_for:
        return _address(nearest)
    entries = [entry.strip() for entry in ",".join(forwarded_for).split(",")]
    entries = [entry for entry in entries if entry]  # empty entries are ignored: RFC 9110, 5.6.1
    while entries and any(nearest in network for network in trusted):
        further = _parsed(entries.pop())
        if further is None:
            break
        nearest = further
    return _address(nearest)


def is_trusted(peer: str, trusted: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether a socket's other end is a trusted proxy."""
    nearest = _parsed(peer) if trusted else None
    return nearest is not None and any(nearest in network for network in trusted)


def forwarded(
    peer: str | None, trusted: Sequence[IPv4Network | IPv6Network], value: str | None
) -> str | None:
    """The header value if the peer is a trusted proxy, else None."""
    return value if peer and is_trusted(peer, trusted) else None


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    # Checked here, so that long texts do not enter the cache.
    return None if len(text) > LONGEST_ENTRY else _parsed_short(text)


@lru_cache(maxsize=4096)
def _parsed_short(text: str) -> IPv4Address | IPv6Address | None:
    node = _NODE.fullmatch(text)
    if node is None:
        return None
    try:
        address = ip_address(node["bracketed"] or node["v4"] or node["v6"])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@lru_cache(maxsize=4096)
def _address(address: IPv4Address | IPv6Address) -> Address:
    limited = not any(address in network for network in NEVER_LIMITED)
    if isinstance(address, IPv4Address):
        return Address(text=str(address), key=str(address), limited=limited)
    site = IPv6Network((address, IPV6_SITE_PREFIX), strict=False)
    return Address(text=str(address), key=str(site), limited=limited)
