"""The services that lead from the internet to this machine, without an account: a table.

Cloudflare's `cloudflared` comes first, else OpenSSH's remote forwarding to one of three services.
None of them could be tried where this was written: their networks were out of reach. The commands,
what the programs print, and the terms are from the services' own documents and source code.
"""

import re
import shlex
import shutil
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from clients.terminal.terminal_io import CommandError
from deploy.tunnel import texts
from shared.wire.languages import Sentence

# People have measured up to 6 s; that there was no record is remembered for 30 minutes.
CLOUDFLARE_DNS: Final = 12.0  # s
ESCAPES: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # colours


@dataclass(frozen=True, slots=True)
class Provider:
    """A service: how its program is called, and how what it prints is read.

    In `command`, `{port}` is the local port and `{folder}` the data folder. `url` is matched with
    each line of output. `url_moves`: while its program runs, it may print another URL.
    `client_header` is the request header with a visitor's IP address, which a visitor must not be
    able to set; None if the service names nobody. For `found_after` s after a URL is printed, its
    host may have no DNS record yet.
    """

    name: str
    command: tuple[str, ...]
    url: re.Pattern[str]
    terms: Sentence
    client_header: str | None = None
    url_moves: bool = False
    found_after: float = 0.0

    def command_for(self, port: int, folder: Path) -> list[str]:
        """Return the command that leads to a local port; its files are in the folder."""
        # ssh expands % and splits at blanks where it reads a path.
        known = str(folder).replace("%", "%%")
        return [
            part.replace("{port}", str(port)).replace("{folder}", known) for part in self.command
        ]

    def check_delay(self, url: str) -> float:
        """Return for how many s the URL must not be requested: its host could not be found.

        Resolvers remember that, also those of this network's phones, for as long as the zone says.
        """
        return 0.0 if _address_in(url) else self.found_after

    def url_in(self, line: str) -> str:
        """Return the public URL that a line of output contains, without a final slash, or ""."""
        for found in self.url.findall(ESCAPES.sub("", line)):
            url = found.rstrip("/.,:;)")
            if _can_be_public(url) and not (self.name == OWN_COMMAND and _is_local(url)):
                return str(url)
        return ""


def _can_be_public(url: str) -> bool:
    """Whether it is a server's: links to documents have paths; and pages here begin at the root."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")
        whole = f"{parts.scheme}://{parts.netloc}"
        return bool(host) and parts.port != 0 and url == whole and url.isprintable()
    except ValueError:  # no port has this number, or no host this name
        return False


def _is_local(url: str) -> bool:
    if address := _address_in(url):
        return address.is_loopback or address.is_unspecified
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host.endswith(".localhost")


def _address_in(url: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(urlsplit(url).hostname or "")
    except ValueError:  # a name
        return None


def _by_ssh(*where: str) -> tuple[str, ...]:
    options = (
        "StrictHostKeyChecking=accept-new",
        'UserKnownHostsFile="{folder}/known_hosts"',
        "ServerAliveInterval=15",
        "ServerAliveCountMax=3",
        "ConnectTimeout=15",
        "ExitOnForwardFailure=yes",
        "BatchMode=yes",
        "ControlPath=none",  # another ssh of the user must not take the forwarding over
    )
    return ("ssh", "-T", *(part for option in options for part in ("-o", option)), *where)


# localhost.run and Pinggy document that they add X-Forwarded-For, but not that they remove what a
# visitor has put there; of Serveo neither is known. So none of the three names visitors here.
PROVIDERS: Final = (
    Provider(
        "cloudflared",
        ("cloudflared", "tunnel", "--no-autoupdate", "--url", "http://127.0.0.1:{port}"),
        # In a box of its own: "INF |  https://some-words.trycloudflare.com  |".
        re.compile(r"\|\s+(https?://\S+)\s+\|"),
        texts.CLOUDFLARED_TERMS,
        client_header="Cf-Connecting-Ip",
        found_after=CLOUDFLARE_DNS,
    ),
    Provider(
        "localhost.run",
        _by_ssh("-R", "80:127.0.0.1:{port}", "nokey@localhost.run"),
        # "1234.lhr.life tunneled with tls termination, https://1234.lhr.life"
        re.compile(r"tunneled with tls termination, (https?://\S+)"),
        texts.LOCALHOST_RUN_TERMS,
        url_moves=True,
    ),
    Provider(
        "serveo",
        _by_ssh("-R", "80:127.0.0.1:{port}", "serveo.net"),
        # "Forwarding HTTP traffic from https://1234.serveo.net"
        re.compile(r"Forwarding HTTP traffic from (https?://\S+)"),
        texts.SERVEO_TERMS,
    ),
    Provider(
        "pinggy",
        _by_ssh("-p", "443", "-R", "0:127.0.0.1:{port}", "free.pinggy.io"),
        # A line each for http and https, of one or two domains; above them a link to the dashboard.
        re.compile(r"(https://[\w.-]+\.(?:free\.pinggy\.(?:link|net)|pinggy-free\.link))"),
        texts.PINGGY_TERMS,
    ),
)
OWN_COMMAND: Final = "--public-via"


def provider_for(via: str) -> Provider:
    """Return the provider that `--public-via` names or whose command it is; "" = the first usable.

    Raises CommandError if there is none, or if its program is missing.
    """
    if not via:
        for usable in PROVIDERS:
            if shutil.which(usable.command[0]):
                return usable
        raise CommandError(texts.NO_PROVIDER)
    named = {provider.name: provider for provider in PROVIDERS}
    provider = named.get(via) or _own(via)
    if not shutil.which(provider.command[0]):
        raise CommandError(texts.NO_PROGRAM.about(program=provider.command[0]))
    return provider


def _own(via: str) -> Provider:
    try:
        command = tuple(shlex.split(via))
    except ValueError:  # a quotation mark is missing
        command = ()
    if not command or "{port}" not in via:
        names = ", ".join(provider.name for provider in PROVIDERS)
        raise CommandError(texts.NO_SUCH_PROVIDER.about(via=via, names=names))
    return Provider(
        OWN_COMMAND,
        command,
        re.compile(r"(https?://[^\s\"'<>|]+)"),
        texts.OWN_TERMS,
        found_after=CLOUDFLARE_DNS,  # it may be anybody's
    )
