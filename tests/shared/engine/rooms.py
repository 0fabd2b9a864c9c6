"""Shared by the tests of the room engine: a running room, its accounts, a server to kill."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import msgspec
from redis import exceptions
from redis.asyncio import Redis

from deploy.embedded import programs
from shared.engine.engine import Engine
from shared.engine.functions import LIBRARY
from shared.engine.replies import Counting
from shared.identity.addresses import UNIX_SOCKET, Address
from shared.redis_store.store import open_store
from shared.wire.game_messages import NumberedMessage
from shared.wire.room_settings import DEFAULT_SETTINGS, Button, Multiplier, RoomSettings
from tests.batches import batch_of, sent
from tests.room_keys import new_room_id, room_keys
from tests.waiting import until

LOCAL = UNIX_SOCKET
PUBLIC = Address(text="203.0.113.7", key="203.0.113.7", limited=True)
ELSEWHERE = Address(text="198.51.100.9", key="198.51.100.9", limited=True)
ONE_FACTOR = (Multiplier(up_to=1, factor=1.0),)
PER_REQUEST = 20  # presses of a button that one request counts
BURST = 60  # presses that a viewer's bucket holds
# Redis commands that a press runs, including the FCALL; at most once a second it also reads the
# server's history. Think twice before you add one.
NEXT_PRESS = 16
COUNT_TOLD = 3


class Played(NamedTuple):
    """A room with a running round, and its game's attachment."""

    room_id: str
    term: int
    log_epoch: int


class Book(msgspec.Struct, frozen=True):
    """One button's account of a round, as Redis keeps it."""

    count: int = 0
    accepted: int = 0
    consumed: int = 0
    discarded: int = 0
    fired: int = 0
    returned: int = 0

    @property
    def balanced(self) -> bool:
        return self.accepted + self.returned == self.consumed + self.count + self.discarded


def button(event_type: str, base: int = 5, **fields: float | bool | str) -> Button:
    """A button whose threshold is `base` unless `fields` say otherwise."""
    whole = {"event_type": event_type, "base": base, "min": 1, "max": 100_000} | fields
    return msgspec.convert(whole, Button)


def playing(*buttons: Button, **fields: object) -> RoomSettings:
    """Settings with these buttons, whose thresholds do not depend on the number of viewers."""
    base = msgspec.structs.replace(DEFAULT_SETTINGS, buttons=buttons, multipliers=ONE_FACTOR)
    return msgspec.structs.replace(base, **fields)


ONE_PRESS_FIRES = playing(button("skill1", 1))


@asynccontextmanager
async def engine_at(url: str, *, active_per_address: int = 100) -> AsyncIterator[Engine]:
    """An engine with a separate connection."""
    async with open_store(url, client_name="streamario-test", library=LIBRARY) as store:
        await store.inspect()
        yield Engine(store, active_per_address=active_per_address)


async def open_room(engine: Engine, settings: RoomSettings = DEFAULT_SETTINGS) -> str:
    room_id = new_room_id()
    await engine.open(room_id, settings, keyed=False)
    return room_id


async def play(engine: Engine, settings: RoomSettings = DEFAULT_SETTINGS) -> Played:
    """A new room with its game attached, in its first round."""
    room_id = await open_room(engine, settings)
    held = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    await engine.start(room_id, held.term)
    return Played(room_id, held.term, held.log_epoch)


async def press(
    engine: Engine,
    room_id: str,
    viewer: str = "viewer",
    *,
    name: str = "",
    batch_id: str = "",
    address: Address = LOCAL,
    **presses: int,
) -> Counting:
    """Press buttons of a running round, under a new batch id unless one is given."""
    batch = batch_of(viewer, presses, batch_id or uuid4().hex, address=address, name=name)
    counting = await sent(engine, room_id, batch)
    assert isinstance(counting, Counting)
    return counting


async def fire(engine: Engine, room_id: str, triggers: int) -> None:
    """Fire `triggers` triggers of `ONE_PRESS_FIRES`, by as many viewers as are needed."""
    async with asyncio.TaskGroup() as group:
        while triggers > 0:
            crowd = uuid4().hex
            for _ in range(BURST // PER_REQUEST):
                n = min(triggers, PER_REQUEST)
                if n:
                    group.create_task(press(engine, room_id, crowd, skill1=n))
                triggers -= n


async def book(engine: Engine, room_id: str, event_type: str, round_: int = 1) -> Book:
    """A button's account of a round."""
    fields = [f"{event_type}:{field}" for field in Book.__struct_fields__]
    values = await engine.store.command("HMGET", room_keys(room_id).counts(round_), *fields)
    return Book(*(int(value or 0) for value in values))


async def let_run(engine: Engine, room_id: str, seconds: float) -> None:
    """Make the running round older, as if it had run for so much longer."""
    room = room_keys(room_id)
    round_, ran, at = (await engine.store.command("HGET", room.room, "clock")).split()
    clock = f"{round_} {int(ran) + int(seconds * 1_000)} {at}"
    await engine.store.command("HSET", room.room, "clock", clock)
    if await engine.store.command("ZSCORE", room.ends, room_id) is not None:
        await engine.store.command("ZINCRBY", room.ends, -int(seconds * 1_000), room_id)


async def age_triggers(engine: Engine, room_id: str, round_: int, milliseconds: int) -> None:
    """Make the bars of a round and its last triggers older, as if so much time had passed."""
    counts = room_keys(room_id).counts(round_)
    for name in await engine.store.command("HKEYS", counts):
        if name.endswith((":fired_at", ":began", "shared_at")):
            await engine.store.command("HINCRBY", counts, name, -milliseconds)


async def whole_log(engine: Engine, room_id: str) -> tuple[NumberedMessage, ...]:
    """Everything that the room's log still holds."""
    log_epoch, start = 0, 0
    messages: list[NumberedMessage] = []
    while True:
        page = await engine.read(room_id, log_epoch, start, limit=2_000)
        if not page.messages:
            return tuple(messages)
        messages += page.messages
        log_epoch, start = messages[-1].epoch, messages[-1].seq


async def numbers(engine: Engine, room_id: str) -> list[int]:
    return [message.seq for message in await whole_log(engine, room_id)]


async def commands(engine: Engine) -> int:
    """How many commands the server has run, those of functions included."""
    told = await engine.store.command("INFO", "commandstats")
    return sum(stat["calls"] for name, stat in told.items() if not name.startswith("cmdstat_info"))


class OwnServer:
    """A Valkey for one test, which may kill it, stop it and roll it back."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.socket = folder / "v.sock"
        self.url = f"unix://{self.socket}"
        self._options = options
        self.environment: dict[str, str] | None = None  # another one than the test run's
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it on its folder's data, and wait until it answers."""
        self._process = await asyncio.create_subprocess_exec(
            str(programs.valkey()),
            *("--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder)),
            *("--save", "", "--appendonly", "yes", "--appendfsync", "always", *self._options),
            stdout=asyncio.subprocess.DEVNULL,
            env=self.environment,
        )
        await until(self._answers)

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def kill(self) -> None:
        """Kill it, as a power cut would."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _answers(self) -> bool:
        try:
            async with Redis.from_url(self.url) as client:
                return bool(await client.ping())
        except exceptions.ConnectionError:
            return False


@asynccontextmanager
async def own_server(folder: Path, *options: str) -> AsyncIterator[OwnServer]:
    server = OwnServer(folder, *options)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()
