"""Runs fronts before real services, and before a stand-in that records what comes."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

import httpx
from websockets.asyncio.client import connect

from deploy.embedded.data_dir import locked_data_dir
from deploy.tunnel.front import TunnelFront, front
from shared.process.settings import Settings, Tunnel
from tests.conftest import free_ports

HOST: Final = "night.example"  # under which the tunnel's provider passes requests on
NAMING: Final = "Cf-Connecting-Ip"
PROVIDERS: Final = (NAMING, None)
OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def through_tunnel(settings: Settings, **changes: Any) -> Settings:
    """Return the settings of services behind a front."""
    proxy = (ip_network("127.0.0.0/8"),)
    tunnel = Tunnel(f"https://{HOST}", confirmed=True)
    return replace(settings, tunnel=tunnel, trusted_proxies=proxy, drain_delay=0, **changes)


@asynccontextmanager
async def front_of(
    settings: Settings, folder: Path, client_header: str | None
) -> AsyncIterator[TunnelFront]:
    """Run a front before the services with these settings."""
    async with (
        locked_data_dir(folder / "front") as own,
        front(
            own,
            api_port=settings.port,
            gateway_port=settings.unity_ws_port,
            client_header=client_header,
        ) as opened,
    ):
        yield opened


def client_of(opened: TunnelFront) -> httpx.AsyncClient:
    """Return a client that comes as the provider passes it on."""
    url = f"http://127.0.0.1:{opened.port}"
    return httpx.AsyncClient(base_url=url, headers={"Host": HOST}, trust_env=False)


def socket_of(front: TunnelFront, room_id: str, **headers: str) -> connect:
    """Return a viewers' socket by the front."""
    url = f"ws://127.0.0.1:{front.port}/ws-viewer?room_id={room_id}"
    return connect(url, proxy=None, additional_headers=headers, close_timeout=1)


@dataclass
class StandIn:
    """Stands in for a service: it gives every request one answer, and records the heads."""

    port: int
    heads: list[str] = field(default_factory=list)
    answer: bytes = OK
    is_up: bool = True

    @contextmanager
    def breaking_off(self, answer: bytes) -> Iterator[None]:
        """Answer with this, and close the connection."""
        self.answer = answer
        try:
            yield
        finally:
            self.answer = OK

    def answering(self, body: bytes, *headers: str) -> AbstractContextManager[None]:
        """Answer with this."""
        head = ("HTTP/1.1 200 OK", "Connection: close", f"Content-Length: {len(body)}", *headers)
        return self.breaking_off("\r\n".join((*head, "", "")).encode() + body)

    def headers(self) -> dict[str, str]:
        """Return the last request's headers, with names in lower case."""
        lines = self.heads[-1].splitlines()[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    """Run a stand-in while the block runs."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().strip()
        if length := re.search(r"(?i)^content-length: (\d+)$", head, re.MULTILINE):
            await reader.readexactly(int(length[1]))
        is_check = head.startswith("GET /readyz")  # of the balancer
        if not is_check:
            own.heads.append(head)
        writer.write(OK if is_check else own.answer)
        writer.close()

    own = StandIn(free_ports(1)[0])
    async with await asyncio.start_server(serve, "127.0.0.1", own.port):
        yield own
