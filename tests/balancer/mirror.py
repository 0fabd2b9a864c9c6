"""A balancer in front of one API process that only keeps what it gets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.balancer.name_server import NameServer
from tests.balancer.running import Balancer, open_balancer, variables
from tests.balancer.wire import request, wire


class Mirror:
    """An API process that keeps the last request's headers, and its body if that is in chunks."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.chunks = b""  # with the trailers

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        if "/readyz" not in first:
            self.headers = dict(line.lower().split(": ", 1) for line in lines)
            if "transfer-encoding" in self.headers:
                self.chunks = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()


@asynccontextmanager
async def mirrored(
    name_server: NameServer, folder: Path, **more: str
) -> AsyncIterator[tuple[Balancer, Mirror]]:
    """Run both; more variables of the balancer may be given."""
    mirror = Mirror()
    told = variables(name_server) | {"API_HOST": "mirror.test", **more}
    name_server.say(mirror=["127.0.4.1"])
    async with (
        await asyncio.start_server(mirror.serve, "127.0.4.1", int(told["API_PORT"])),
        open_balancer(folder, told) as balancer,
    ):
        await balancer.has(api=1, gateways=0)
        yield balancer, mirror


async def status(balancer: Balancer, peer: str = "", *headers: str) -> int:
    """Send a request, as `peer` would if it is given, and return the status."""
    asked = request("GET /get_viewer_id", *headers)
    async with wire(balancer, client=peer, first=asked) as one:
        return int((await one.answer()).split()[1])
