"""Creates many rooms and viewers by the room engine, as preparation that is not measured."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

from clients.python import BatchNumbers
from shared.engine.engine import Engine
from shared.identity.addresses import UNIX_SOCKET
from shared.identity.tokens import bare
from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.batches import batch_of, sent
from tests.bench.bench import BUTTON
from tests.room_keys import new_room_id

Item = TypeVar("Item")
Place = tuple[str, str]  # a room id and a viewer id

AT_ONCE: Final = 200  # concurrent calls
NOBODY: Final = "bench"  # gateway id of rooms that need no game
NAME: Final = "Panda 46"


async def open_rooms(engine: Engine, count: int) -> list[str]:
    """Open rooms that wait for their games for a day."""
    room_ids = [new_room_id() for _ in range(count)]

    async def open_room(room_id: str) -> None:
        await engine.open(room_id, DEFAULT_SETTINGS, keyed=True)

    await each(open_room, room_ids)
    return room_ids


async def start_rooms(engine: Engine, room_ids: Iterable[str]) -> None:
    """Start a round in each room."""

    async def start(room_id: str) -> None:
        held = await engine.attach(room_id, NOBODY, log_epoch=None, last_seq=None, skip=False)
        await engine.start(room_id, held.term)

    await each(start, room_ids)


async def press(engine: Engine, places: Iterable[Place], *, at_once: int = AT_ONCE) -> None:
    """Press once at each place, as pages do: each viewer is a sender that numbers its batches."""
    senders: defaultdict[Place, BatchNumbers] = defaultdict(BatchNumbers)

    async def press_one(place: Place) -> None:
        room_id, viewer_id = place
        numbered = senders[place].next()._asdict()
        await sent(engine, room_id, batch_of(bare(viewer_id), {BUTTON: 1}, name=NAME, **numbered))

    await each(press_one, places, at_once)


async def join(engine: Engine, places: Iterable[Place]) -> None:
    """Make the viewer at each place active."""

    async def join_one(place: Place) -> None:
        room_id, viewer_id = place
        await engine.join(room_id, bare(viewer_id), UNIX_SOCKET)

    await each(join_one, places)


async def each(
    do: Callable[[Item], Awaitable[None]], items: Iterable[Item], at_once: int = AT_ONCE
) -> None:
    """Call `do` for each item, `at_once` concurrently."""
    left = iter(items)

    async def some() -> None:
        for item in left:
            await do(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(some())
