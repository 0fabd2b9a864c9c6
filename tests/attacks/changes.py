"""Changes one setup over a hundred connections while a game and its crowd play.

    python -m tests.attacks.changes [--connections N] [--seconds S]

It prints how the changes were answered, how far bookings were behind, and how long names took.
"""

import argparse
import asyncio
import re
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import psycopg
import uvloop

from shared.identity.tokens import Signer, new_ulid
from tests.attacks.bystanders import EVERY_PRESS, Bystanders, Sample, bystanders, waits
from tests.attacks.flood import own_fleet
from tests.flow.fleet import SECRET, Member
from tests.waiting import until

SETUPS: Final = "/api/studio/setups"
BUTTONS: Final = [{**EVERY_PRESS, "event_type": f"button{n}"} for n in range(24)]
SETUP: Final = {"name": "Friday", "settings": {"buttons": BUTTONS}}
PRESSED: Final = "SELECT coalesce(sum(booked), 0) FROM accounts WHERE room_id = %s"
LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('streamario studio ' || %s, 0))"
CHECK_EVERY: Final = 0.05  # s
LENGTH: Final = re.compile(rb"(?i)content-length: (\d+)")


@dataclass
class Changes:
    """The answers to the changes by status, and what the others waited meanwhile."""

    answers: Counter[int] = field(default_factory=Counter)
    bookings: list[Sample] = field(default_factory=list)
    names: list[Sample] = field(default_factory=list)
    nameless: int = 0  # names that were refused

    async def change(self, port: int, request: bytes) -> None:
        """Send the change again as soon as it is answered."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            while True:
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(LENGTH.findall(head)[0]))
                self.answers[int(head.split()[1])] += 1
        finally:
            writer.transport.abort()

    async def book(self, now: Bystanders, database_url: str) -> None:
        """Measure again and again how long it takes until what was pressed is booked."""
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as books:

            async def is_booked(pressed: int) -> bool:
                found = await (await books.execute(PRESSED, [now.room_id])).fetchone()
                await asyncio.sleep(CHECK_EVERY)
                return found is not None and found[0] >= pressed

            while True:
                since = time.monotonic()
                await until(partial(is_booked, now.accepted))
                self.bookings.append(Sample(since, time.monotonic() - since))

    async def name(self, api: Member) -> None:
        """Set a viewer's name again and again."""
        async with httpx.AsyncClient(base_url=api.url, timeout=None) as http:
            viewer = (await http.post("/api/viewers", json={})).json()["viewer_id"]
            while True:
                since, wanted = time.monotonic(), {"viewer_id": viewer, "name": "Aki"}
                answer = await http.post("/api/viewers/set_name", json=wanted)
                self.nameless += not answer.is_success
                self.names.append(Sample(since, time.monotonic() - since))
                await asyncio.sleep(CHECK_EVERY)


@asynccontextmanager
async def changing(
    api: Member, now: Bystanders, database_url: str, connections: int, *, lock: bool = False
) -> AsyncIterator[Changes]:
    """Change one setup over so many connections while the block runs.

    With `lock`, another process changes the studio all the time.
    """
    studio_id = new_ulid()
    studio = {"Authorization": f"Bearer {Signer([SECRET]).sign_studio(studio_id)}"}
    async with httpx.AsyncClient(base_url=api.url, headers=studio) as http:
        setup_id = (await http.post(SETUPS, json=SETUP)).json()["setup_id"]
        change = http.build_request("PUT", f"{SETUPS}/{setup_id}", json=SETUP)
    lines = [f"PUT {change.url.path} HTTP/1.1", *(f"{k}: {v}" for k, v in change.headers.items())]
    request = "\r\n".join([*lines, "", ""]).encode() + change.read()
    found = Changes()
    async with (
        await psycopg.AsyncConnection.connect(database_url) as another,
        asyncio.TaskGroup() as group,
    ):
        if lock:
            await another.execute(LOCK, [studio_id])
        changes = [found.change(api.port, request) for _ in range(connections)]
        others = found.book(now, database_url), found.name(api)
        tasks = [group.create_task(each) for each in (*changes, *others)]
        yield found
        for task in tasks:
            task.cancel()


def _tell(found: Changes, since: float) -> None:
    print("changes by status:", dict(found.answers), "names refused:", found.nameless)
    for kind, samples in (("booked after", found.bookings), ("a name set in", found.names)):
        of = waits(samples, since, time.monotonic())
        print(f"{kind}: {of.count} times, {of.median:.2f} s, {of.p99:.2f}, {of.longest:.2f}")


async def main(connections: int, seconds: float) -> None:
    """Attack, and print what the others waited: median, 99 of 100, longest."""
    with tempfile.TemporaryDirectory() as folder:
        async with own_fleet(Path(folder)) as (fleet, redis_url):
            api, gateway = await asyncio.gather(fleet.api(), fleet.gateway())
            database_url = api.environment["DATABASE_URL"]
            async with bystanders(api, gateway) as now:
                await until(now.all_are_in)
                began = time.monotonic()
                async with changing(api, now, database_url, connections) as found:
                    await asyncio.sleep(seconds)
                _tell(found, began)
            await now.check(redis_url)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    uvloop.run(main(options.connections, options.seconds))
