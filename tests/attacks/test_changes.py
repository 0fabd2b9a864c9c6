"""Many changes of one studio: others get their names set, and presses are booked."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import psycopg
import pytest

from shared.identity.tokens import Signer, new_ulid
from tests.attacks.bystanders import EVERY_PRESS, Bystanders, bystanders
from tests.flow.fleet import SECRET, Member, open_fleet
from tests.waiting import until

CONNECTIONS: Final = 100
TIMES: Final = 3  # that presses are booked meanwhile
SETUPS: Final = "/api/studio/setups"
BUTTONS: Final = [{**EVERY_PRESS, "event_type": f"button{n}"} for n in range(24)]
SETUP: Final = {"name": "Friday", "settings": {"buttons": BUTTONS}}
PRESSED: Final = "SELECT coalesce(sum(booked), 0) FROM accounts WHERE room_id = %s"
LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('streamario studio ' || %s, 0))"
CHECK_EVERY: Final = 0.05  # s
LENGTH: Final = re.compile(rb"(?i)content-length: (\d+)")


@dataclass
class Changes:
    """The answers to the changes by status, and how often others got what they asked for."""

    answers: Counter[int] = field(default_factory=Counter)
    bookings: int = 0  # of all that had been pressed
    names: int = 0
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
        """Wait again and again until what was pressed is booked."""
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as books:

            async def is_booked(pressed: int) -> bool:
                found = await (await books.execute(PRESSED, [now.room_id])).fetchone()
                await asyncio.sleep(CHECK_EVERY)
                return found is not None and found[0] >= pressed

            while True:
                await until(partial(is_booked, now.accepted))
                self.bookings += 1

    async def name(self, api: Member) -> None:
        """Set a viewer's name again and again."""
        async with httpx.AsyncClient(base_url=api.url, timeout=None) as http:
            viewer = (await http.post("/api/viewers", json={})).json()["viewer_id"]
            while True:
                wanted = {"viewer_id": viewer, "name": "Aki"}
                answer = await http.post("/api/viewers/set_name", json=wanted)
                self.nameless += not answer.is_success
                self.names += 1
                await asyncio.sleep(CHECK_EVERY)


@pytest.mark.parametrize("lock", [False, True], ids=["alone", "beside another process"])
async def test_a_studio_that_is_changed_all_the_time_holds_up_neither_bookings_nor_names(
    tmp_path: Path, redis_url: str, database_url: str, *, lock: bool
) -> None:
    """With `lock`, another process changes the studio all the time, too."""
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as fleet:
        api, gateway = await asyncio.gather(fleet.api(), fleet.gateway())
        studio_id, found = new_ulid(), Changes()
        request = await a_change(api, studio_id)
        async with bystanders(api, gateway) as now:
            await until(now.all_are_in)

            async def is_booked() -> bool:
                asked = lock or found.answers.total() > CONNECTIONS
                return asked and min(found.bookings, found.names) >= TIMES

            async with (
                await psycopg.AsyncConnection.connect(database_url) as another,
                asyncio.TaskGroup() as group,
            ):
                if lock:
                    await another.execute(LOCK, [studio_id])
                changes = [found.change(api.port, request) for _ in range(CONNECTIONS)]
                others = found.book(now, database_url), found.name(api)
                tasks = [group.create_task(each) for each in (*changes, *others)]
                await until(is_booked)
                for task in tasks:
                    task.cancel()
        await now.check(redis_url)
        assert found.nameless == 0
        assert set(found.answers) <= ({503} if lock else {200, 503})


async def a_change(api: Member, studio_id: str) -> bytes:
    """The request that changes a setup of this studio."""
    studio = {"Authorization": f"Bearer {Signer([SECRET]).sign_studio(studio_id)}"}
    async with httpx.AsyncClient(base_url=api.url, headers=studio) as http:
        setup_id = (await http.post(SETUPS, json=SETUP)).json()["setup_id"]
        change = http.build_request("PUT", f"{SETUPS}/{setup_id}", json=SETUP)
    lines = [f"PUT {change.url.path} HTTP/1.1", *(f"{k}: {v}" for k, v in change.headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + change.read()
