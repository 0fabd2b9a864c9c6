"""Viewers who repeat every batch until it is answered, while the link between API and Redis fails.

Each viewer sends ten batches a second with numbers, one at a time, and ten without, each as soon as
it is due: newer ones are counted while an older one is repeated.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec

from clients.python import Backoff, BatchNumbers
from clients.terminal.http_client import ApiAddress, HttpClient, HttpError, open_http_client
from shared.engine.engine import Engine
from shared.redis_store.store import StoreUnavailable
from shared.wire.rest_bodies import ConfirmViewer, SinglePress
from shared.wire.rest_bodies import Viewer as Identity
from tests.faults.asking import until_answered
from tests.flow.fleet import open_fleet
from tests.room_keys import new_room_id
from tests.shared.engine.rooms import book, button, engine_at, playing
from tests.waiting import until
from tests.ws_gateway.faults import Link, Valkey, link_to, own_valkey

Outage = Callable[[Link, Valkey], AbstractAsyncContextManager[None]]
Cut = tuple[Outage, float]  # and for how many s

BUTTON: Final = "skill1"
VIEWERS: Final = 4
PACE: Final = 0.1  # s between two batches of a viewer
DELAY: Final = 0.03  # s of the link, so that an outage finds answers on their way
BETWEEN: Final = 1.0  # s between two outages
DROPS: Final = 3
AGAIN: Final = 50  # blocks after which connections are there again and carry presses
PATIENCE: Final = 3.5  # s after which a client sends a batch again; a service waits 3 s for Redis
CONNECTIONS: Final = 1_000  # more than ever wait for an answer
OK: Final = 200
UNNUMBERED_FOR: Final = 10.0  # s after which no batch without a number is sent again
KNOWN_FOR: Final = 15.0  # s that Redis knows such a batch
# s after which one viewer repeats a numbered batch: Redis knows it however many followed.
LATE: Final = 16.0


@asynccontextmanager
async def lost_packets(link: Link, _: Valkey) -> AsyncIterator[None]:
    """The sender's kernel sends the data again when the link is back."""
    link.unplug()
    yield
    link.plug_in()


@asynccontextmanager
async def held_back(link: Link, _: Valkey) -> AsyncIterator[None]:
    """An intermediary delivers data late, although the sender has closed the connection."""
    link.flows.clear()
    yield
    link.flows.set()


@asynccontextmanager
async def frozen(_: Link, valkey: Valkey) -> AsyncIterator[None]:
    """When Redis continues, it executes the commands that its kernel received meanwhile."""
    valkey.pause()
    yield
    valkey.resume()


@asynccontextmanager
async def broken(link: Link, _: Valkey) -> AsyncIterator[None]:
    """Connections break with the answers on their way, and new ones carry nothing for a while."""
    for _drop in range(DROPS):
        link.drop()
        await carries_again(link)
    link.drop()
    link.flows.clear()
    yield
    link.flows.set()


async def carries_again(link: Link) -> None:
    """Wait until the link carries presses."""
    before = link.carried

    async def does() -> bool:
        return link.carried >= before + AGAIN

    await until(does)


OUTAGES: Final = (lost_packets, held_back, frozen, broken)


class Answer(msgspec.Struct, frozen=True):
    """The parts of an answer that the crowd reads."""

    accepted: int
    rejected: int
    duplicate: bool


@dataclass
class Pressed:
    """What became of the presses, as the clients see it, and how many are in the books."""

    sent: int = 0
    accepted: int = 0
    rejected: int = 0
    unknown: int = 0  # of batches without a number that were given up, or answered too late
    spare: int = 0  # how often these may have counted, at most
    repeats: int = 0  # requests that sent a batch again
    duplicates: int = 0  # answers to a batch that had been counted before
    booked: int = 0

    @property
    def is_exact(self) -> bool:
        """Whether every press has its answer, and the books have those that were accepted."""
        told = self.accepted + self.rejected + self.unknown
        return told == self.sent and 0 <= self.booked - self.accepted <= self.spare


class Crowd:
    """Viewers who repeat each batch with the same id until it is answered."""

    def __init__(self, client: HttpClient, room_id: str) -> None:
        self.pressed = Pressed()
        self._path = f"/api/rooms/{room_id}/events"
        self._client = client
        self._leaving = False

    def leave(self) -> None:
        """Stop pressing."""
        self._leaving = True

    async def press(self, *, unnumbered: bool = True) -> None:
        """Press until `leave` is called, and wait until every batch is answered or given up."""
        async with asyncio.TaskGroup() as group:
            for number in range(VIEWERS):
                viewer_id, again_after = await self._new_viewer(), LATE if number == 0 else 0
                group.create_task(self._press_in_order(viewer_id, again_after))
                if unnumbered:
                    group.create_task(self._press_at_once(viewer_id))

    async def _new_viewer(self) -> str:
        async def viewer_id() -> str:
            answer = await self._client.post("/api/viewers", msgspec.json.encode(ConfirmViewer()))
            if answer.status != OK:
                raise StoreUnavailable(answer.body.decode())
            return msgspec.json.decode(answer.body, type=Identity).viewer_id

        return await until_answered(viewer_id)

    async def _press_in_order(self, viewer_id: str, again_after: float) -> None:
        """Send numbered batches: the next once the one before is answered, however late.

        A repeat waits `again_after` s at least.
        """
        numbers = BatchNumbers()
        while not self._leaving:
            batch_id, batch_no = numbers.next()
            await self._insist(viewer_id, batch_id, batch_no, again_after=again_after)
            await asyncio.sleep(PACE)

    async def _press_at_once(self, viewer_id: str) -> None:
        """Send batches without numbers, without waiting for answers."""
        async with asyncio.TaskGroup() as batches:
            while not self._leaving:
                batches.create_task(self._insist(viewer_id, uuid4().hex))
                await asyncio.sleep(PACE)

    async def _insist(
        self,
        viewer_id: str,
        batch_id: str,
        batch_no: int | None = None,
        *,
        again_after: float = 0,
    ) -> None:
        self.pressed.sent += 1
        press = SinglePress(viewer_id, BUTTON, batch_id=batch_id, batch_no=batch_no)
        body, backoff = msgspec.json.encode(press), Backoff()
        since = time.monotonic()
        for attempt in count(1):
            answer = await self._ask(body)
            lasted = time.monotonic() - since
            if batch_no is None and lasted > (KNOWN_FOR if answer else UNNUMBERED_FOR):
                self.pressed.unknown += 1
                # On a machine that stalls, Redis may get the last attempt too late to know it.
                self.pressed.spare += attempt if lasted > KNOWN_FOR else 1
                return
            if answer:
                self._count(answer)
                return
            await asyncio.sleep(again_after + backoff.delay(random.random()))
            self.pressed.repeats += 1

    async def _ask(self, body: bytes) -> Answer | None:
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._client.post(self._path, body)
        except (TimeoutError, HttpError):
            return None
        return msgspec.json.decode(answer.body, type=Answer) if answer.status == OK else None

    def _count(self, answer: Answer) -> None:
        self.pressed.accepted += answer.accepted
        self.pressed.rejected += answer.rejected
        self.pressed.duplicates += answer.duplicate


@dataclass
class Run:
    """A crowd that presses, and the link between its API service and Redis."""

    link: Link
    crowd: Crowd
    engine: Engine
    room_id: str

    async def end(self, pressing: asyncio.Task[None]) -> Pressed:
        """Let the crowd leave; return what became of its presses."""
        self.crowd.leave()
        await pressing
        counted = await until_answered(lambda: book(self.engine, self.room_id, BUTTON))
        self.crowd.pressed.booked = counted.accepted
        return self.crowd.pressed


@asynccontextmanager
async def open_run(
    folder: Path, redis: int | Path, redis_url: str, database_url: str
) -> AsyncIterator[Run]:
    """An API service behind a link to the Redis at this port or unix socket, and its crowd."""
    async with AsyncExitStack() as stack:
        link = await stack.enter_async_context(link_to(redis, delay=DELAY))
        engine = await stack.enter_async_context(engine_at(redis_url))
        fleet = await stack.enter_async_context(open_fleet(folder, link.url, database_url))
        api = ApiAddress.at((await fleet.api()).url)
        room_id = await until_answered(lambda: room_in_play(engine))
        client = await stack.enter_async_context(open_http_client(api, CONNECTIONS))
        yield Run(link, Crowd(client, room_id), engine, room_id)


async def room_in_play(engine: Engine) -> str:
    """Open a room with a running round, whose one button never fires."""
    room_id = new_room_id()
    await engine.open(room_id, playing(button(BUTTON, 100_000)), keyed=False)
    held = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    await engine.start(room_id, held.term)
    return room_id


async def press_through(folder: Path, database_url: str, cuts: Sequence[Cut]) -> Pressed:
    """Let the crowd press while Redis is cut off again and again."""
    async with (
        own_valkey(folder / "valkey") as valkey,
        open_run(folder, valkey.port, valkey.url, database_url) as run,
        asyncio.TaskGroup() as group,
    ):
        pressing = group.create_task(run.crowd.press())
        for outage, seconds in cuts:
            async with outage(run.link, valkey):
                await asyncio.sleep(seconds)
            await asyncio.sleep(BETWEEN)
        return await run.end(pressing)


async def every_press_counts_once(
    folder: Path, database_url: str, outage: Outage, durations: Sequence[float]
) -> None:
    """Check that each counts once: with a number, and without one while Redis knows every batch."""
    pressed = await press_through(folder, database_url, [(outage, each) for each in durations])
    assert pressed.is_exact, pressed
    assert pressed.repeats > 0
