"""Gateways in the test's event loop, and viewers that press for their games."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count

import httpx

from shared.engine.engine import Engine
from shared.engine.functions import LIBRARY
from shared.identity.tokens import Signer
from shared.process.settings import Settings
from shared.redis_store.store import open_store
from shared.wire.game_messages import RoomCreated
from shared.wire.room_settings import DEFAULT_BUTTONS, Button, RoomSettings
from tests.batches import batch_of, sent
from tests.conftest import free_ports
from tests.room_keys import new_room_id, room_keys
from tests.waiting import until
from ws_gateway.server import serve

SECRET = "a secret of the gateway's tests"
PER_BATCH = 20  # presses of one button that one request may count

# The first button turns every press into a trigger.
EVERY_PRESS = RoomSettings(
    buttons=(
        Button(event_type="skill1", team="skill", base=1, min=1, max=1),
        *DEFAULT_BUTTONS[1:],
    )
)


@dataclass
class Running:
    """A running gateway: its URL, its stop event and its task."""

    port: int
    stop: asyncio.Event
    task: asyncio.Task[None]

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws-unity"

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """A plain HTTP answer."""
        async with httpx.AsyncClient(trust_env=False) as http:
            return await http.get(f"http://127.0.0.1:{self.port}{path}", headers=headers)

    async def is_ready(self) -> bool:
        return (await self.get("/readyz")).status_code == 200

    async def counted(self, metric: str) -> float:
        """The value of one of its metrics."""
        lines = (await self.get("/metrics")).text.splitlines()
        return float(next(line for line in lines if line.startswith(metric + " ")).split()[-1])


def gateway_settings(redis_url: str, **changes: object) -> Settings:
    """Settings of a gateway on a free port."""
    (port,) = free_ports(1)
    plain = Settings(
        mode="ws",
        host="127.0.0.1",
        unity_ws_port=port,
        redis_url=redis_url,
        secret_keys=(SECRET,),
        drain_delay=0,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@asynccontextmanager
async def running_gateway(settings: Settings, *, ready: bool = True) -> AsyncIterator[Running]:
    """A gateway while the block runs; by default the block starts once the inbox hears its echo."""
    stop, listens = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(serve(settings, stop=stop, ready=listens), name="gateway")
    waiting = asyncio.create_task(listens.wait())
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    gateway = Running(settings.unity_ws_port, stop, task)
    try:
        if ready:
            await until(gateway.is_ready)
        yield gateway
    finally:
        stop.set()
        await task


class Crowd:
    """Viewers that press; each batch is from another viewer."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._numbers = count(1)

    async def open_room(self, settings: RoomSettings = EVERY_PRESS) -> RoomCreated:
        """A room opened before its game connects."""
        room_id = new_room_id()
        epoch = await self.engine.open(room_id, settings, keyed=True)
        token = Signer([SECRET]).room_token(room_id, time.time())
        return RoomCreated(room_id=room_id, web_url="", room_token=token, epoch=epoch, seq=0)

    async def ease(self, room_id: str) -> None:
        """Make every press of the first button a trigger."""
        await self.engine.change_settings(room_id, lambda _: EVERY_PRESS)

    async def fire(self, room_id: str, triggers: int = 1, *, name: str = "") -> None:
        """Press often enough that this many triggers fire."""
        whole, rest = divmod(triggers, PER_BATCH)
        sizes = [PER_BATCH] * whole + [rest] * bool(rest)
        await asyncio.gather(*(self.press(room_id, size, name=name) for size in sizes))

    async def press(
        self, room_id: str, presses: int, *, event_type: str = "skill1", name: str = ""
    ) -> None:
        """One batch of a viewer who has not pressed yet."""
        viewer = f"viewer{next(self._numbers)}"
        await sent(self.engine, room_id, batch_of(viewer, {event_type: presses}, name=name))


@asynccontextmanager
async def gathered_crowd(redis_url: str) -> AsyncIterator[Crowd]:
    """A crowd with a separate connection to Redis."""
    async with open_store(redis_url, client_name="streamario-crowd", library=LIBRARY) as store:
        yield Crowd(Engine(store))


async def gone(crowd: Crowd, room_id: str) -> None:
    """Wait until the room has noticed that its game is gone."""

    async def is_gone() -> bool:
        return not await crowd.engine.store.command("HGET", room_keys(room_id).room, "owner")

    await until(is_gone)


async def is_written(crowd: Crowd, room_id: str, least: int) -> bool:
    """Whether the room knows that its socket was written at least up to this number."""
    written = await crowd.engine.store.command("HGET", room_keys(room_id).room, "written")
    return int(written or 0) >= least
