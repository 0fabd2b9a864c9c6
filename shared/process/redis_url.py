"""Parses REDIS_URL: one server, Sentinel or Cluster.

- `redis://[user:password@]host:port[/db]`, `unix:///path`, and bare `host:port`
- `redis+sentinel://[user:password@]host[:port][,host[:port]…]/service[/db]`; options
  `sentinel_username` and `sentinel_password` are for the sentinels themselves
- `redis+cluster://[user:password@]host[:port][,host[:port]…]`, some of the cluster's nodes

`rediss` is the same over TLS, also to sentinels. All other options (`?ssl_ca_certs=…`) are passed
to redis-py.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode

Kind = Literal["server", "sentinel", "cluster"]

SERVER_PORT: Final = 6379
SENTINEL_PORT: Final = 26379
BARE: Final = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s/:@\[\]]+):[0-9]{1,5}")
# One server; redis-py parses the rest.
PLAIN: Final = re.compile(
    r"(rediss?://([^/?#]*@)?[^@/?#,]+(/[^?#]*)?|unix://([^/?#]*@)?/[^?#]+)(\?[^#]*)?"
)
SEVERAL: Final = re.compile(
    r"(?P<scheme>rediss?)\+(?P<kind>sentinel|cluster)://(?P<user>[^/?#]*@)?(?P<nodes>[^@/?#]+)"
    r"(/(?P<service>[^/?#]*))?(/(?P<db>[0-9]{0,4}))?(\?(?P<options>[^#]*))?"
)
NODE: Final = re.compile(r"(\[(?P<ip6>[0-9a-fA-F:.]+)\]|(?P<host>[^\s:\[\]]+))(:(?P<port>[0-9]+))?")
# Options for servers that are not sent to sentinels.
OF_SERVERS: Final = frozenset({"db", "username", "password"})
OF_SENTINELS: Final = {"sentinel_username": "username", "sentinel_password": "password"}
FORMS: Final = (
    "not a URL such as redis://host:6379, redis+sentinel://host:26379/service"
    " or redis+cluster://host:6379"
)


@dataclass(frozen=True, slots=True)
class Node:
    """The host and port of a server or a sentinel."""

    host: str
    port: int

    def called(self, host: str | None, port: int) -> "Node":
        """The node that this one names in a reply; without a host, or with "?", on this host."""
        return Node(self.host if host in (None, "", "?") else host, port)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class RedisUrl:
    """A parsed REDIS_URL: one server, or `nodes` to ask where the servers are."""

    kind: Kind
    text: str = field(repr=False)
    nodes: tuple[Node, ...] = ()
    service: str = ""
    # The text before and after the node in the URLs of servers and of sentinels.
    _server: tuple[str, str] = field(default=("", ""), repr=False)
    _sentinel: tuple[str, str] = field(default=("", ""), repr=False)

    def server(self, node: Node) -> str:
        """One server's URL, for redis-py."""
        return str(node).join(self._server) if self._server[0] else self.text

    def sentinel(self, node: Node) -> str:
        """One sentinel's URL, for redis-py."""
        return str(node).join(self._sentinel)


def parse(text: str) -> RedisUrl:
    """Parse the URL. Raises ValueError without any part of the URL, which may contain passwords."""
    if BARE.fullmatch(text):
        text = f"redis://{text}"
    if PLAIN.fullmatch(text):
        return RedisUrl("server", text.rstrip("/"))
    found = SEVERAL.fullmatch(text)
    if found is None:
        raise ValueError(FORMS)
    return _sentinel(text, found) if found["kind"] == "sentinel" else _cluster(text, found)


def _sentinel(text: str, found: re.Match[str]) -> RedisUrl:
    if not found["service"]:
        raise ValueError("no service name, as in redis+sentinel://host:26379/service")
    scheme, options = found["scheme"], parse_qsl(found["options"] or "")
    credentials = {OF_SENTINELS[name]: value for name, value in options if name in OF_SENTINELS}
    servers = [option for option in options if option[0] not in OF_SENTINELS]
    sentinels = [option for option in servers if option[0] not in OF_SERVERS]
    return RedisUrl(
        "sentinel",
        text,
        _nodes(found["nodes"], SENTINEL_PORT),
        unquote(found["service"]),
        (f"{scheme}://{found['user'] or ''}", f"/{found['db'] or 0}{_query(servers)}"),
        (f"{scheme}://{_user(**credentials)}", _query(sentinels)),
    )


def _cluster(text: str, found: re.Match[str]) -> RedisUrl:
    if (found["service"] or "0") != "0" or found["db"]:
        raise ValueError("a cluster has no numbered databases")
    options = _query(parse_qsl(found["options"] or ""))
    server = (f"{found['scheme']}://{found['user'] or ''}", options)
    return RedisUrl("cluster", text, _nodes(found["nodes"], SERVER_PORT), _server=server)


def _nodes(text: str, default_port: int) -> tuple[Node, ...]:
    return tuple(_node(part, default_port) for part in text.split(","))


def _node(text: str, default_port: int) -> Node:
    found = NODE.fullmatch(text)
    port = int(found["port"] or default_port) if found else 0
    if found is None or not 0 < port < 65536:
        raise ValueError("after the password must come host:port, or several separated by commas")
    return Node(found["ip6"] or unquote(found["host"]), port)


def _user(username: str = "", password: str = "") -> str:
    if not (username or password):
        return ""
    return f"{quote(username, safe='')}:{quote(password, safe='')}@"


def _query(options: list[tuple[str, str]]) -> str:
    return f"?{urlencode(options)}" if options else ""
