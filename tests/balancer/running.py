"""Runs HAProxy with the deployed configuration; only its variables differ."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from tests.balancer.members import Neighbours
from tests.balancer.name_server import NameServer
from tests.conftest import free_ports
from tests.programs import program
from tests.waiting import until

CONFIGURATION = Path(__file__).parents[2] / "deploy/haproxy/haproxy.cfg"
CAUGHT = re.compile(r"^SigCgt:\s*(\w+)$", re.MULTILINE)
MASTER_WAITS = b"HAPROXY_MWORKER_WAIT_ONLY"
LOADED = "Loading success."
PROXIED_FROM = "127.0.0.9"  # whose connections begin with a PROXY header


class Ready(msgspec.Struct):
    """The balancer's answer to /readyz."""

    ready: bool
    api: int
    gateways: int


@dataclass
class Balancer:
    """A running balancer."""

    port: int
    ws_port: int
    metrics_port: int
    log: Path
    process: asyncio.subprocess.Process

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.ws_port}"

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Send a GET request to the API's port."""
        async with httpx.AsyncClient(trust_env=False) as http:
            return await http.get(f"{self.url}{path}", headers=headers)

    async def has(self, *, api: int, gateways: int) -> None:
        """Wait until it considers this number of servers ready."""
        async with httpx.AsyncClient(trust_env=False) as http:

            async def found() -> bool:
                try:
                    answer = await http.get(f"{self.url}/readyz")
                except httpx.TransportError:
                    return False
                if answer.status_code == httpx.codes.REQUEST_TIMEOUT:  # on a machine that stalls
                    return False
                ready = msgspec.json.decode(answer.content, type=Ready)
                return (ready.api, ready.gateways) == (api, gateways)

            await until(found)

    async def listens(self) -> None:
        """Wait until it answers and its master, which re-executes itself once, handles signals."""
        async with httpx.AsyncClient(trust_env=False) as http:

            async def answers() -> bool:
                assert self.process.returncode is None, self.log.read_text()
                try:
                    await http.get(f"{self.url}/healthz")
                except httpx.TransportError:
                    return False
                return self._heeds_signals()

            await until(answers)

    def _heeds_signals(self) -> bool:
        """Return whether signals are handled and no longer lost; SIGCHLD's handler is set last."""
        about = Path(f"/proc/{self.process.pid}")
        caught = int(CAUGHT.findall((about / "status").read_text())[0], base=16)
        is_whole = caught >> (signal.SIGCHLD - 1) & 1
        return bool(is_whole) and MASTER_WAITS in (about / "environ").read_bytes()

    async def reload(self) -> None:
        """Have it read its configuration again, and wait until it has."""
        loaded = self.log.read_text().count(LOADED)
        self.send(signal.SIGUSR2)
        await self.logged(LOADED, times=loaded + 1)
        await self.listens()

    async def logged(self, text: str, *, times: int = 1) -> None:
        """Wait until its log contains a text `times` times."""

        async def is_there() -> bool:
            return self.log.read_text().count(text) >= times

        await until(is_there)

    def requests(self) -> list[dict[str, str | int]]:
        """Return the log's lines about requests."""
        lines = self.log.read_text().splitlines()
        return [msgspec.json.decode(line) for line in lines if line.startswith("{")]

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def stopped(self) -> int:
        return await self.process.wait()


def variables(name_server: NameServer, neighbours: Neighbours | None = None) -> dict[str, str]:
    """Return the configuration's variables for tests: free ports, our DNS, frequent checks."""
    port, ws_port, tls_port, metrics_port = free_ports(4)
    api_port, gateway_port = (
        (neighbours.api_port, neighbours.gateway_port) if neighbours else free_ports(2)
    )
    return {
        "LISTEN_ADDRESS": "127.0.0.1",
        "HTTP_PORT": str(port),
        "WS_PORT": str(ws_port),
        "TLS_PORT": str(tls_port),
        "METRICS_BIND": f"127.0.0.1:{metrics_port}",
        "DNS_SERVER": name_server.server,
        "DNS_INTERVAL": "100ms",
        "API_HOST": "api.test",
        "API_PORT": str(api_port),
        "API_SLOTS": "4",
        "GATEWAY_HOST": "gateway.test",
        "GATEWAY_PORT": str(gateway_port),
        "GATEWAY_SLOTS": "4",
        "CHECK_INTERVAL": "100ms",
        "MAX_CONNECTIONS": "1000",
        "LOG_REQUESTS": "all",
        "PROXY_FROM": f"203.0.113.0/24 {PROXIED_FROM}",
    }


@asynccontextmanager
async def open_balancer(folder: Path, told: dict[str, str]) -> AsyncIterator[Balancer]:
    """Run a balancer while the block runs; the block starts when it listens."""
    log = folder / f"haproxy-{told['HTTP_PORT']}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(program("haproxy"), "-W", "-db", "-f", str(CONFIGURATION)),
            env={"PATH": os.environ["PATH"], **told},
            stdout=output,
            stderr=output,
        )
    balancer = Balancer(
        int(told["HTTP_PORT"]),
        int(told["WS_PORT"]),
        int(told["METRICS_BIND"].rpartition(":")[2]),
        log,
        process,
    )
    try:
        await balancer.listens()
        yield balancer
    finally:
        if process.returncode is None:
            # SIGTERM, not SIGKILL: only the master can end its workers.
            balancer.send(signal.SIGTERM)
        await balancer.stopped()
