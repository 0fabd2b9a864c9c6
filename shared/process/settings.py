"""Reads the environment once into a frozen object; no other module reads it."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_origin, get_type_hints
from urllib.parse import urlsplit

from shared.process import redis_url

Mode = Literal["api", "ws", "both"]
LogFormat = Literal["text", "json"]
Starts = Literal["game", "press"]
Network = IPv4Network | IPv6Network

WILDCARD_HOSTS: Final = frozenset({"0.0.0.0", "::", ""})
SHORTEST_SECRET: Final = 16
LONGEST_GRACE: Final = 82_800  # s
LEDGER_BACKLOG: Final = 500_000  # unread entries of one shard
# Of an entry in a full backlog, on average: about 32 batches. An entry of one batch has 160 bytes,
# one of 128, the most, 5.5 kB. Whichever limit is met first, the backlog takes no more of Redis.
ENTRY_BYTES: Final = 1_500
LEDGER_BACKLOG_BYTES: Final = LEDGER_BACKLOG * ENTRY_BYTES


class SettingsError(Exception):
    """A variable has an invalid value; the text is one line that names the variable."""


@dataclass(frozen=True, slots=True)
class PerAddress:
    """The limit of one client address: a token bucket with a refill rate and a size."""

    per_minute: int
    burst: int


def _one_of(*allowed: str) -> Callable[[str], str]:
    by_name = {name.lower(): name for name in allowed}

    def parse(text: str) -> str:
        if text.lower() not in by_name:
            raise ValueError(f"{text!r} is not one of {', '.join(allowed)}")
        return by_name[text.lower()]

    return parse


def _whole(lowest: int, highest: int | None = None) -> Callable[[str], int]:
    bounds = f"of {lowest} or more" if highest is None else f"from {lowest} to {highest}"

    def parse(text: str) -> int:
        number = int(text) if re.fullmatch(r"[0-9]{1,15}", text) else lowest - 1
        if number < lowest or (highest is not None and number > highest):
            raise ValueError(f"{text!r} is not a whole number {bounds}")
        return number

    return parse


def _grace(text: str) -> float:
    # Redis keeps a room for a day without its game; an hour of that is for ending the round.
    if (seconds := _seconds(text)) > LONGEST_GRACE:
        raise ValueError(f"{text!r} is more than {LONGEST_GRACE} (23 hours)")
    return seconds


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise ValueError(f"{text!r} is not a number of seconds")
    return seconds


SWITCH: Final = {
    **dict.fromkeys(("on", "true", "yes", "1"), True),
    **dict.fromkeys(("off", "false", "no", "0"), False),
}


def _switch(text: str) -> bool:
    if text.lower() not in SWITCH:
        raise ValueError(f"{text!r} is neither on nor off")
    return SWITCH[text.lower()]


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _url(*schemes: str) -> Callable[[str], str]:
    # URLs may contain passwords, so error messages do not repeat them.
    def parse(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not (parts.netloc or parts.path.strip("/")):
            raise ValueError(
                f"not a URL that begins with {' or '.join(f'{s}://' for s in schemes)}"
            )
        return text.rstrip("/")

    return parse


def _web_url(text: str) -> str:
    if "{room_id}" not in text:
        raise ValueError(f"{text!r} does not contain {{room_id}}")
    return _url("http", "https")(text)


def _redis_url(text: str) -> str:
    return redis_url.parse(text).text


def _database_url(text: str) -> str:
    # Not normalised: libpq parses it, and a trailing slash or an empty host has a meaning.
    if not text.startswith(("postgres://", "postgresql://")):
        raise ValueError("not a URL that begins with postgresql:// or postgres://")
    # libpq's own complaints repeat parts of the URL, which may be parts of the password.
    hosts = urlsplit(text).netloc.rpartition("@")[2].split(",")
    if not all(_HOST_AND_PORT.fullmatch(host) for host in hosts) or _LONE_PERCENT.search(text):
        raise ValueError(
            "no URL that libpq can read: in a password write % as %25, / as %2F, ? as %3F, # as %23"
        )
    return text


# A name or an IPv4 address, an IPv6 address in brackets, or a socket's folder, percent-encoded.
_HOST_AND_PORT: Final = re.compile(r"([^:\[\]]*|\[[^\]]*\])(:[0-9]*)?")
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def _origins(text: str) -> tuple[str, ...]:
    return tuple(_origin(part) for part in _list(text))


def _origin(text: str) -> str:
    if text == "*":
        return text
    origin = text.rstrip("/").lower()
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^\s/?#@]+", origin):
        raise ValueError(f"{text!r} is not an origin such as https://example.com")
    return origin


def _secrets(text: str) -> tuple[str, ...]:
    secrets = _list(text)
    if not secrets or min(map(len, secrets)) < SHORTEST_SECRET:
        raise ValueError(f"every key needs at least {SHORTEST_SECRET} characters")
    return secrets


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(part, strict=False) for part in _list(text))


def _per_address(text: str) -> PerAddress:
    rate = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text)
    if rate is None or "0" in rate.groups():
        raise ValueError(f"{text!r} is not a rate such as 60/300 (a minute / at once)")
    return PerAddress(int(rate[1]), int(rate[2]))


@dataclass(slots=True)
class Tunnel:
    """Where a tunnel leads to this machine from the internet; it may change while services run.

    `url` is "" while the tunnel has no address. It is `confirmed` once a request that this machine
    sent to it has come back here.
    """

    url: str = ""
    confirmed: bool = False

    @property
    def is_secure(self) -> bool:
        """Whether clients reach it by HTTPS, as they do but for a test's own provider."""
        return not self.url.startswith("http:")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; each has its variable's name in lower case, and the function that parses it.

    Durations are in seconds. Two have no variable, since `streamario up` finds them: `network_host`
    is this machine's name in its network, `tunnel` is that of `--public`, else None.
    """

    mode: Annotated[Mode, _one_of("api", "ws", "both")] = "both"
    # Not loopback: phones and, in a container, all clients connect from outside.
    host: Annotated[str, str] = "0.0.0.0"
    port: Annotated[int, _whole(1, 65535)] = 8888
    unity_ws_port: Annotated[int, _whole(1, 65535)] = 8890
    public_api_url: Annotated[str, _url("http", "https")] = ""
    public_ws_url: Annotated[str, _url("ws", "wss")] = ""
    web_url: Annotated[str, _web_url] = ""
    network_host: str = ""
    tunnel: Tunnel | None = field(default=None, compare=False)
    redis_url: Annotated[str, _redis_url] = field(default="", repr=False)
    database_url: Annotated[str, _database_url] = field(default="", repr=False)
    data_dir: Annotated[Path, Path] = Path(".streamario")
    frontend_url: Annotated[tuple[str, ...], _origins] = ("*",)
    game_origins: Annotated[tuple[str, ...], _origins] = ()
    game_keys: Annotated[tuple[str, ...], _secrets] = field(default=(), repr=False)
    game_starts: Annotated[Starts, _one_of("game", "press")] = "press"
    secret_keys: Annotated[tuple[str, ...], _secrets] = field(default=(), repr=False)
    admin_token: Annotated[str, str] = field(default="", repr=False)
    trusted_proxies: Annotated[tuple[Network, ...], _networks] = ()
    viewers_per_address: Annotated[PerAddress, _per_address] = PerAddress(per_minute=60, burst=300)
    rooms_per_address: Annotated[PerAddress, _per_address] = PerAddress(per_minute=10, burst=20)
    active_per_address: Annotated[int, _whole(1)] = 100
    max_sockets: Annotated[int, _whole(1)] = 10_000
    max_viewer_sockets: Annotated[int, _whole(1)] = 10_000
    viewer_sockets_per_address: Annotated[int, _whole(1)] = 100
    reconnect_grace: Annotated[float, _grace] = 300.0
    drain_delay: Annotated[float, _seconds] = 5.0
    socket_max_age: Annotated[float, _seconds] = 0.0
    ledger: Annotated[bool, _switch] = True
    ledger_backlog: Annotated[int, _whole(1)] = LEDGER_BACKLOG
    ledger_backlog_bytes: Annotated[int, _whole(1)] = LEDGER_BACKLOG_BYTES
    game_events_tap: Annotated[bool, _switch] = True
    log_level: Annotated[str, _one_of("DEBUG", "INFO", "WARNING", "ERROR")] = "INFO"
    log_format: Annotated[LogFormat, _one_of("text", "json")] = "text"

    @property
    def api_url(self) -> str:
        """The URL of the API service for viewers: `PUBLIC_API_URL`, else this machine."""
        return self.public_api_url or f"http://{self._own_name}:{self.port}"

    @property
    def home_url(self) -> str:
        """The URL of the API service that links and QR codes give to other machines."""
        if self.tunnel and self.tunnel.url:
            return self.tunnel.url
        return self.network_url

    @property
    def network_url(self) -> str:
        """The same without a tunnel, which opens no studios and no game sockets."""
        if self.network_host and not self.public_api_url:
            return f"http://{self.network_host}:{self.port}"
        return self.api_url

    def api_url_from(self, host: str, *, is_public: bool) -> str:
        """The URL of the API for a game that reached the gateway as `host` ("" = unknown).

        Unless it is configured, it contains that host. "" where nothing says where the API is: for
        a gateway alone whose `PORT` is its own, and for a host in the public DNS, in front of which
        a proxy may end TLS: games would send room tokens there in clear.
        """
        if self.port == self.unity_ws_port or is_public:
            return self.public_api_url
        if self.public_api_url or not host or self.host not in WILDCARD_HOSTS:
            return self.network_url
        return f"http://{host}:{self.port}"

    @property
    def ws_url(self) -> str:
        """The URL of the gateway for games: `PUBLIC_WS_URL`, else this machine; without a path."""
        return self.public_ws_url or f"ws://{self._own_name}:{self.unity_ws_port}"

    def ws_url_from(self, host: str) -> str:
        """The URL of the gateway for a client that reached the API as `host` ("" = unknown).

        If no public URL is configured, it contains that host: a phone reaches this machine under
        another name than `localhost`.
        """
        is_configured = self.public_ws_url or self.public_api_url
        if is_configured or not host or self.host not in WILDCARD_HOSTS:
            return self.ws_url
        return f"ws://{host}:{self.unity_ws_port}"

    @property
    def any_origin(self) -> bool:
        """Whether every web page may call the API (then without credentials)."""
        return "*" in self.frontend_url

    @property
    def console_urls(self) -> tuple[str, ...]:
        """The URLs of this server's own pages, without a tunnel's: here, and in its network."""
        return self.api_url, self.network_url

    def viewer_page(self, room_id: str) -> str:
        """The URL of a room's viewer page, which the QR code contains."""
        template = self.web_url or f"{self.home_url}/play/{{room_id}}"
        return template.replace("{room_id}", room_id)

    @property
    def _own_name(self) -> str:
        if self.public_api_url and (name := urlsplit(self.public_api_url).hostname):
            return f"[{name}]" if ":" in name else name
        if self.host in WILDCARD_HOSTS:
            return "localhost"
        return f"[{self.host}]" if ":" in self.host else self.host


VARIABLES: Final[Mapping[str, Callable[[str], object]]] = {
    name: hint.__metadata__[0]
    for name, hint in get_type_hints(Settings, include_extras=True).items()
    if get_origin(hint) is Annotated
}


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings from an environment; an empty value counts as unset.

    Raises SettingsError at the first variable with an invalid value.
    """
    values = {
        name: _parsed(name.upper(), parse, environ[name.upper()].strip())
        for name, parse in VARIABLES.items()
        if environ.get(name.upper(), "").strip()
    }
    # A gateway alone listens on PORT, which hosting platforms set: no other service uses it.
    if values.get("mode") == "ws" and "port" in values:
        values.setdefault("unity_ws_port", values["port"])
    if "ledger_backlog" in values:
        values.setdefault("ledger_backlog_bytes", values["ledger_backlog"] * ENTRY_BYTES)
    settings = Settings(**values)
    if settings.mode == "both" and settings.port == settings.unity_ws_port:
        raise SettingsError(f"UNITY_WS_PORT: {settings.port} is also PORT; the two must differ")
    return settings


def _parsed(variable: str, parse: Callable[[str], object], text: str) -> Any:
    try:
        return parse(text)
    except ValueError as problem:
        raise SettingsError(f"{variable}: {problem}") from None
