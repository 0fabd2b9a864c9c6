"""Asks an API process for what there is not: long queries, QR codes and handles.

    python -m tests.attacks.lookups [--requests N] [--connections N] [--rooms N]

First one connection sends requests of one kind after the other: it prints the processor time of
each. Then many connections, each request of another address behind a trusted proxy, look up handles
that nobody has, while a studio opens rooms: it prints how many of these had their handle at once.
"""

import argparse
import asyncio
import re
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Final

import httpx
import uvloop

from shared.identity.tokens import Signer, new_ulid
from tests.attacks.attackers import cpu_of, stranger
from tests.attacks.flood import own_fleet
from tests.flow.fleet import SECRET, Member
from tests.room_keys import new_room_id
from tests.waiting import until
from tests.wire import Wire, get, wired

BEHIND: Final = {"TRUSTED_PROXIES": "127.0.0.1"}
FIELDS: Final = "&".join(["a"] * 5_800)
LENGTH: Final = re.compile(rb"(?i)content-length: (\d+)")
AT_ONCE: Final = 300  # look-ups, each of which needs PostgreSQL


async def answered(wire: Wire, request: bytes) -> int:
    """The status of the answer."""
    wire.write(request)
    head = await wire.head()
    await wire.reader.readexactly(int(LENGTH.findall(head)[0]))
    return int(head.split()[1])


def a_query(room_id: str) -> bytes:
    """A query of many fields."""
    return get(f"/api/rooms/{room_id}/results?{FIELDS}")


def a_code(_: str) -> bytes:
    """The QR code of a room that there is not."""
    return get(f"/play/{new_room_id()}/qr.svg")


def a_handle() -> bytes:
    """A handle that nobody has, asked for by somebody who has asked for none."""
    return get(f"/api/handles/z{token_hex(10)}", f"X-Forwarded-For: {stranger()}")


async def cost(api: Member, request: Callable[[str], bytes], count: int) -> str:
    """How such requests are answered, and the processor time of one."""
    async with httpx.AsyncClient(base_url=api.url) as http:
        room_id = (await http.post("/api/rooms")).json()["room_id"]
    async with wired(api.port) as wire:
        await answered(wire, request(room_id))  # what the first one loads
        used, told = cpu_of(api.process.pid), Counter[int]()
        for _ in range(count):
            told[await answered(wire, request(room_id))] += 1
        used = cpu_of(api.process.pid) - used
    return f"{request.__doc__} {dict(told)}, {used / count * 1000:.1f} ms each"


@dataclass
class Flood:
    """Look-ups that are under way, and their answers by status."""

    told: Counter[int] = field(default_factory=Counter)
    is_over: bool = False

    async def is_under_way(self) -> bool:
        """Whether anything was answered."""
        return bool(self.told)

    async def ask(self, port: int) -> None:
        """Look up one handle after the other."""
        async with wired(port) as wire:
            while not self.is_over:
                self.told[await answered(wire, a_handle())] += 1


@asynccontextmanager
async def flooded(port: int, connections: int) -> AsyncIterator[Flood]:
    """Look up handles while the block runs."""
    flood = Flood()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(flood.ask(port))
        try:
            yield flood
        finally:
            flood.is_over = True


@dataclass
class Streamer:
    """A studio with a handle, which opens rooms."""

    http: httpx.AsyncClient
    handle: str = field(default_factory=lambda: f"streamer{token_hex(6)}")
    studio_id: str = field(default_factory=new_ulid)

    @property
    def key(self) -> str:
        return Signer([SECRET]).sign_studio(self.studio_id)

    async def choose(self) -> None:
        """Choose the handle."""
        path, key = f"/api/studios/{self.studio_id}/handle", {"Authorization": f"Bearer {self.key}"}
        await self.http.put(path, json={"handle": self.handle}, headers=key)

    async def is_invited_to(self) -> bool:
        """Whether a new room is at the handle, as its opening and the room itself say."""
        opened = (await self.http.post("/api/rooms", json={"studio_key": self.key})).json()
        room = (await self.http.get(f"/api/rooms/{opened['room_id']}")).json()
        told = (opened["web_url"].rpartition("/@")[2], room["invitation"]["handle"])
        return told == (self.handle, self.handle)


async def rooms_at_handles(api: Member, connections: int, rooms: int) -> tuple[int, Flood]:
    """How many of so many new rooms have their handle, each of another studio."""
    async with httpx.AsyncClient(base_url=api.url, timeout=None) as http:
        streamers = [Streamer(http) for _ in range(rooms)]
        for streamer in streamers:
            await streamer.choose()
        async with flooded(api.port, connections) as flood:
            await until(flood.is_under_way)
            found = [await streamer.is_invited_to() for streamer in streamers]
    return sum(found), flood


async def main(requests: int, connections: int, rooms: int) -> None:
    """Attack, and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with own_fleet(Path(folder)) as (fleet, _):
            api = await fleet.api(**BEHIND)
            for request in (a_query, a_code):
                print(await cost(api, request, requests))
            found, flood = await rooms_at_handles(api, connections, rooms)
            print(f"{found} of {rooms} new rooms had their handle; look-ups: {dict(flood.told)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--connections", type=int, default=AT_ONCE)
    parser.add_argument("--rooms", type=int, default=20)
    given = parser.parse_args()
    uvloop.run(main(given.requests, given.connections, given.rooms))
