"""Runs Caddy with the deployed file, in front of one process that serves both services."""

import asyncio
import os
import signal
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec

from deploy.embedded.programs import caddy
from tests.conftest import free_ports
from tests.flow.fleet import Fleet, Member
from tests.waiting import until

CADDYFILE: Final = Path(__file__).parents[2] / "deploy" / "caddy" / "Caddyfile"
SHARED: Final = CADDYFILE.with_name("shared.caddy")
PROXIED_FROM: Final = "127.0.0.9"  # whose connections begin with a PROXY header


@dataclass
class Front:
    """A running Caddy."""

    http_port: int
    https_port: int
    authority: Path  # the certificate of Caddy's own authority
    trust: ssl.SSLContext
    log: Path
    process: asyncio.subprocess.Process

    @property
    def url(self) -> str:
        return f"https://localhost:{self.https_port}"

    @property
    def ws_url(self) -> str:
        return f"wss://localhost:{self.https_port}"

    def client(self, **options: Any) -> httpx.AsyncClient:
        """Return a client that trusts Caddy's own authority."""
        return httpx.AsyncClient(verify=self.trust, trust_env=False, base_url=self.url, **options)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        async with self.client() as http:
            return await http.get(path, headers=headers)

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines of its log."""
        return [msgspec.json.decode(line) for line in self.log.read_text().splitlines()]


@dataclass(frozen=True)
class Places:
    """The ports of Caddy, and where the services behind it listen."""

    http: int
    https: int
    api: str
    gateway: str

    @staticmethod
    def before(api: int, gateway: int) -> "Places":
        """Return free ports before services on these ports."""
        http, https = free_ports(2)
        return Places(http, https, f"127.0.0.1:{api}", f"127.0.0.1:{gateway}")


def nobody_behind() -> Places:
    """Return places where no service listens."""
    api, gateway = free_ports(2)
    return Places.before(api, gateway)


def in_front_of(member: Member) -> Places:
    return Places.before(member.port, int(member.environment["UNITY_WS_PORT"]))


def adapted(places: Places, folder: Path, *, timeouts: int | None = None) -> bytes:
    """Return the deployed file as Caddy reads it, which also accepts PROXY headers of the tests.

    `timeouts`, in ms, replaces those for a request to arrive and for an idle connection.
    """
    told = {
        "DOMAIN": "localhost",
        "HTTP_PORT": str(places.http),
        "HTTPS_PORT": str(places.https),
        "API_AT": places.api,
        "GATEWAY_AT": places.gateway,
    }
    read = subprocess.run(
        (caddy(), "adapt", "--config", str(CADDYFILE)),
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **told},
        capture_output=True,
        check=True,
    )
    tree: dict[str, Any] = msgspec.json.decode(read.stdout)
    servers = tree["apps"]["http"]["servers"]
    # The health check's server has a fixed port, which other tests may be using.
    servers = {name: one for name, one in servers.items() if ":8405" not in "".join(one["listen"])}
    tree["apps"]["http"]["servers"] = servers
    for server in servers.values():
        server["listener_wrappers"] = [
            {
                "wrapper": "proxy_protocol",
                "allow": [f"{PROXIED_FROM}/32"],
                "fallback_policy": "skip",
            },
            {"wrapper": "tls"},
        ]
        if timeouts is not None:
            for name in ("read_timeout", "read_header_timeout", "idle_timeout"):
                assert name in server
                server[name] = timeouts * 1_000_000
    return msgspec.json.encode(tree)


@asynccontextmanager
async def open_front(
    folder: Path, places: Places, *, timeouts: int | None = None
) -> AsyncIterator[Front]:
    """Run Caddy while the block runs; the block starts when it answers over TLS."""
    log, config = folder / f"caddy-{places.https}.log", folder / f"caddy-{places.https}.json"
    config.write_bytes(adapted(places, folder, timeouts=timeouts))
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(caddy(), "run", "--config", str(config)),
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
            stdout=output,
            stderr=output,
        )
    try:
        authority = folder / "caddy/pki/authorities/local/root.crt"
        await until(lambda: _listens(process, log, authority, places.https))
        trust = ssl.create_default_context(cafile=str(authority))
        yield Front(places.http, places.https, authority, trust, log, process)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def _listens(
    process: asyncio.subprocess.Process, log: Path, authority: Path, port: int
) -> bool:
    """Return whether it has its certificate and answers."""
    assert process.returncode is None, log.read_text()
    if not authority.exists():
        return False
    try:
        trust = ssl.create_default_context(cafile=str(authority))
        _, writer = await asyncio.open_connection("localhost", port, ssl=trust)
    except (OSError, ssl.SSLError):
        return False
    writer.close()
    return True


@asynccontextmanager
async def stranger(
    front: Front, client: str
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect over TLS as a client with this address."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", front.https_port, local_addr=(PROXIED_FROM, 0)
    )
    writer.write(f"PROXY TCP4 {client} 127.0.0.1 4000 443\r\n".encode())
    await writer.start_tls(front.trust, server_hostname="localhost")
    try:
        yield reader, writer
    finally:
        writer.close()


def request(line: str, *headers: str, body: str = "") -> bytes:
    head = (f"{line} HTTP/1.1", "Host: localhost", "Connection: close")
    length = f"Content-Length: {len(body)}"
    return "\r\n".join((*head, length, *headers, "", body)).encode()


class SmallServer(Fleet):
    """One process with the settings of small.yaml, behind Caddy on this machine."""

    async def start(self, **variables: str) -> Member:
        """Start the process that serves both services, and wait until it is ready."""
        port, ws_port = free_ports(2)
        environment = {
            **self._environment,
            "MODE": "both",
            "PORT": str(port),
            "UNITY_WS_PORT": str(ws_port),
            "TRUSTED_PROXIES": "127.0.0.1",
            "VIEWERS_PER_ADDRESS": "1/2",
            "DRAIN_DELAY": "0",
            "LOG_LEVEL": "DEBUG",
            **variables,
        }
        member = Member("serve", port, environment, self._folder / f"serve-{port}.log")
        self.members.append(member)
        await member.start()
        return member
