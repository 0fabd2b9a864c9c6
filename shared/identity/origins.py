"""Whether a web page that sent a request is one of the server's own, or of the listed ones.

Pages cannot set the three headers that tell it (the Fetch standard, "forbidden request-header").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection

ForeignHeader = Literal["Origin", "Sec-Fetch-Site", "Host"]

EVERY_ORIGIN: Final = "*"
# Names that mean something only in the network where they are asked for (RFC 6762, RFC 8375, …).
LOCAL_NAMES: Final = (
    ".local",
    ".lan",
    ".home",
    ".internal",
    ".localdomain",
    ".home.arpa",
    ".svc",
)
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+(?:%[^\]\s]+)?\]|[^\s:/?#@\[\]]+)(?::([0-9]{1,5}))?")


class Sender(NamedTuple):
    """The headers that tell which page sent a request; None or "" for one that is missing."""

    origin: str | None
    fetch_site: str | None
    host: str | None


class Origin(NamedTuple):
    """An origin (RFC 6454, section 4); `port` is None if the scheme has no default."""

    scheme: str
    host: str
    port: int | None


@dataclass(frozen=True, slots=True)
class OwnPages:
    """Whose pages a server takes for its own.

    `urls` are the server's links, `listed` the origins of other pages that may do the same; `*` is
    none. `ports` are those of the server's pages, besides that of the request. `has_public_url`:
    the links name the server as clients do, so that a proxy may change the `Host`.
    """

    urls: Collection[str]
    listed: Collection[str]
    ports: Collection[int | None] = ()
    has_public_url: bool = False


def foreign_header(sender: Sender, own: OwnPages) -> ForeignHeader | None:
    """The header that shows that a foreign page sent the request, or None.

    Games and other programs that are no browsers send neither `Origin` nor `Sec-Fetch-Site`.
    """
    known = origins_of((*own.urls, *own.listed))
    here = _host_of(sender.host)
    is_steady = here is None or not can_be_rebound(here[0]) or here[0] in {o.host for o in known}
    if not (is_steady or own.has_public_url):
        return "Host"
    if sender.origin:
        page = origin_of(sender.origin)
        is_here = is_steady and _is_at(page, here, own.ports)
        return None if is_here or page in known else "Origin"
    # "same-site" is another port of this host, such as another program's on localhost.
    return None if sender.fetch_site in (None, "", "same-origin", "none") else "Sec-Fetch-Site"


def origins_of(urls: Collection[str]) -> set[Origin]:
    """The origins of those URLs that have one."""
    return {origin for origin in map(origin_of, urls) if origin}


def origin_of(url: str) -> Origin | None:
    """The origin of a URL as browsers write it; None for what has none, such as `null` and `*`."""
    try:
        parts = urlsplit(url)
        name = parts.hostname or ""
        host = name if name.isascii() else name.encode("idna").decode()
        port = parts.port
    except ValueError:
        return None
    default = DEFAULT_PORTS.get(parts.scheme)
    return Origin(parts.scheme, host, default if port is None else port) if host else None


def can_be_rebound(host: str) -> bool:
    """Whether a stranger's DNS may lead this name here: no IP address, and in the public DNS.

    `host` is in lower case, an IPv6 address without brackets.
    """
    try:
        ip_address(host)
    except ValueError:
        return "." in host and not host.endswith((".localhost", *LOCAL_NAMES))
    return False


def _is_at(
    page: Origin | None, here: tuple[str, int | None] | None, ports: Collection[int | None]
) -> bool:
    """Whether a page comes from the host that the request names, at its port or one of `ports`."""
    if page is None or here is None or page.scheme not in DEFAULT_PORTS or page.host != here[0]:
        return False
    return page.port in {*ports, here[1] or DEFAULT_PORTS[page.scheme]}


def _host_of(header: str | None) -> tuple[str, int | None] | None:
    """The name and port of a `Host`; None if there is none, or one that no browser sends.

    A name may end with the dot of the root (RFC 1034, section 3.1).
    """
    found = _HOST.fullmatch(header or "")
    if found is None:
        return None
    return found[1].lower().strip("[]").removesuffix("."), int(found[2]) if found[2] else None
