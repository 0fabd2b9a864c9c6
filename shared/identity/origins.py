"""Whether a web page that sent a request is one of the server's own, or of the listed ones.

Pages cannot set the three headers that tell it (the Fetch standard, "forbidden request-header").
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

# The header that tells; "null" is an `Origin` that no list can contain.
Sign = Literal["Origin", "null", "Sec-Fetch-Site", "Host"]

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
# In a link no character may be special in a URL or a CSP header.
_LINKED_HOST: Final = re.compile(
    r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?", re.ASCII
)
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+(?:%[^\]\s]+)?\]|[^\s:/?#@\[\]]+)(?::([0-9]{1,5}))?")


class Sender(NamedTuple):
    """The headers that tell which page sent a request; "" for one that is missing."""

    origin: str
    fetch_site: str
    host: str

    @classmethod
    def told_by(cls, values_of: Callable[[str], Sequence[str]]) -> "Sender":
        """What the headers say; repeated ones are joined to a list (RFC 9110, section 5.3)."""
        return cls(*(", ".join(values_of(name)) for name in ("Origin", "Sec-Fetch-Site", "Host")))


class Origin(NamedTuple):
    """An origin (RFC 6454, section 4); `port` is None if the scheme has no default."""

    scheme: str
    host: str
    port: int | None


@dataclass(frozen=True, slots=True)
class OwnPages:
    """Whose pages a server takes for its own.

    `origins` are those of the server's links, and the listed ones. `ports` are those of the
    server's pages, besides that of the request. `has_public_url`: the links name the server as
    clients do, so that a proxy may change the `Host`.
    """

    origins: frozenset[Origin]
    ports: Collection[int | None] = ()
    has_public_url: bool = False


def foreign_page(sender: Sender, own: OwnPages) -> tuple[Sign, str] | None:
    """What shows that a foreign page sent the request, and the page or host that it names.

    None for others: programs that are no browsers send neither `Origin` nor `Sec-Fetch-Site`.
    """
    here = _host_of(sender.host)
    is_steady = here is None or not can_be_rebound(here[0]) or _names(own, here[0])
    if not (is_steady or own.has_public_url):
        return "Host", sender.host
    if sender.origin:
        page = origin_of(sender.origin)
        if page in own.origins or (is_steady and _is_at(page, here, own.ports)):
            return None
        return "Origin" if page else "null", sender.origin
    # "same-site" is another port of this host, such as another program's on localhost.
    if sender.fetch_site not in ("", "same-origin", "none"):
        return "Sec-Fetch-Site", ""
    return None


def origins_of(urls: Collection[str]) -> frozenset[Origin]:
    """The origins of those URLs that have one: `*` has none."""
    return frozenset(origin for origin in map(origin_of, urls) if origin)


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

    `host` is as in a URL or a `Host`, without a port.
    """
    name = _plain(host)
    try:
        ip_address(name)
    except ValueError:
        return "." in name and not name.endswith((".localhost", *LOCAL_NAMES))
    return False


def linked_host(header: str) -> str:
    """The host in a `Host`, without its port, as a link may contain it; "" if it may not."""
    found = _LINKED_HOST.fullmatch(header)
    return found[1] if found else ""


def _names(own: OwnPages, host: str) -> bool:
    return any(origin.host == host for origin in own.origins)


def _is_at(
    page: Origin | None, here: tuple[str, int | None] | None, ports: Collection[int | None]
) -> bool:
    """Whether a page comes from the host that the request names, at its port or one of `ports`."""
    if page is None or here is None or page.scheme not in DEFAULT_PORTS or page.host != here[0]:
        return False
    return page.port in {*ports, here[1] or DEFAULT_PORTS[page.scheme]}


def _host_of(header: str) -> tuple[str, int | None] | None:
    """The name and port of a `Host`; None if there is none, or one that no browser sends."""
    found = _HOST.fullmatch(header)
    if found is None:
        return None
    return _plain(found[1]), int(found[2]) if found[2] else None


def _plain(host: str) -> str:
    """In lower case, without brackets and the dot of the root (RFC 1034, section 3.1)."""
    return host.lower().strip("[]").removesuffix(".")
