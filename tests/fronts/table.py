"""The three fronts, each as it is deployed, before two services that record what comes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from shared.process.settings import Settings
from tests.balancer.name_server import NameServer
from tests.balancer.running import PROXIED_FROM, open_balancer, variables
from tests.small_server.running import Places, open_front, request, stranger
from tests.tunnel.fronts import NAMING, StandIn, front_of
from tests.waiting import until
from tests.wire import Wire, wired

# What a visitor may say of itself, and of how it came.
LIES: Final = (
    "X-Forwarded-For: 10.0.0.1",
    "X-Forwarded-For: 10.0.0.2, 203.0.113.77",
    "X-Real-Ip: 203.0.113.77",
    "True-Client-Ip: 203.0.113.77",
    "Forwarded: for=10.0.0.3",
    "X-Forwarded-Host: elsewhere.example",
    "X-Forwarded-Proto: gopher",
    "X-Request-Id: mine",
)


@dataclass
class Behind:
    """The services, perhaps without anybody who listens there, and how they are found."""

    api: StandIn
    gateway: StandIn
    name_server: NameServer
    folder: Path


@dataclass
class Front:
    """A front, and how visitors come to it."""

    behind: Behind
    http: httpx.AsyncClient
    told_scheme: str | None  # what services are told of the visitor's connection
    visiting: Callable[[str], AbstractAsyncContextManager[Wire]]
    log: Path
    naming: str = ""  # the header in which the tunnel's provider names the visitor

    async def asked(self, visitor: str, line: str, *headers: str) -> None:
        """Send a request from this address, and wait until it is answered."""
        named = (f"{self.naming}: {visitor}",) if self.naming else ()
        async with self.visiting(visitor) as wire:
            wire.write(request(line, *headers, *named))
            assert b" 200 " in await wire.head()

    def logs(self, text: str) -> Callable[[], Awaitable[bool]]:
        """Whether its log contains this."""

        async def is_there() -> bool:
            return text in self.log.read_text()

        return is_there


@asynccontextmanager
async def balancer(behind: Behind) -> AsyncIterator[Front]:
    told = variables(behind.name_server) | {
        "API_HOST": "recorder.test",
        "API_PORT": str(behind.api.port),
        "GATEWAY_HOST": "recorder.test",
        "GATEWAY_PORT": str(behind.gateway.port),
    }
    behind.name_server.say(recorder=["127.0.0.1"])
    async with open_balancer(behind.folder, told) as opened, client(opened.url) as http:

        @asynccontextmanager
        async def visiting(visitor: str) -> AsyncIterator[Wire]:
            async with wired(opened.port, source=PROXIED_FROM) as wire:
                wire.write(f"PROXY TCP4 {visitor} 127.0.0.1 4000 80\r\n".encode())
                yield wire

        async def is_known() -> bool:
            return (await http.get("/readyz")).status_code == (200 if behind.api.is_up else 503)

        await until(is_known)
        yield Front(behind, http, "http", visiting, opened.log)


@asynccontextmanager
async def small_server(behind: Behind) -> AsyncIterator[Front]:
    places = Places.before(behind.api.port, behind.gateway.port)
    async with open_front(behind.folder, places) as opened, opened.client() as http:

        @asynccontextmanager
        async def visiting(visitor: str) -> AsyncIterator[Wire]:
            async with stranger(opened, visitor) as streams:
                yield Wire(*streams)

        yield Front(behind, http, "https", visiting, opened.log)


@asynccontextmanager
async def tunnel(behind: Behind) -> AsyncIterator[Front]:
    ports = Settings(port=behind.api.port, unity_ws_port=behind.gateway.port)
    async with (
        front_of(ports, behind.folder, NAMING) as opened,
        client(f"http://127.0.0.1:{opened.port}") as http,
    ):
        log = behind.folder / "front" / "front.log"
        yield Front(behind, http, None, lambda _: wired(opened.port), log, NAMING)


def client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, trust_env=False)


FRONTS: Final[dict[str, Callable[[Behind], AbstractAsyncContextManager[Front]]]] = {
    "balancer": balancer,
    "small server": small_server,
    "tunnel": tunnel,
}
