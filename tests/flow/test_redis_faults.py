"""Redis is killed and comes back, with everything it had answered or without its last writes."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import httpx
import pytest

from deploy.embedded.servers import embedded_servers
from shared.messages import Gap
from tests.flow.books import read_books
from tests.flow.fleet import open_fleet
from tests.flow.play import Viewer, new_game, resumed, viewers
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flow.fleet import Member

pytestmark = pytest.mark.anyio


class RestartableValkey:
    """A Valkey that keeps every answered write, and can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = AsyncExitStack()
        self.url = ""
        self._pid = 0

    @property
    def data(self) -> Path:
        return self._folder / "valkey"

    async def start(self) -> None:
        servers = await self._stack.enter_async_context(
            embedded_servers(self._folder, redis=True, database=False, appendfsync="always")
        )
        assert servers.valkey is not None
        self.url, self._pid = servers.redis_url, servers.valkey.pid

    async def kill(self) -> None:
        """As a power cut would end it."""
        os.kill(self._pid, signal.SIGKILL)
        await self._stack.aclose()

    async def stop(self) -> None:
        await self._stack.aclose()


async def insist(
    viewer: Viewer, api: Member, room_id: str, presses: dict[str, int], batch_id: str
) -> None:
    """Repeat a batch under its id until it is answered, as a client does."""

    async def answered() -> bool:
        try:
            await viewer.press(api, room_id, presses, batch_id)
        except (AssertionError, httpx.TransportError):
            return False
        return True

    await until(answered)


async def test_a_killed_redis_loses_nothing_that_it_had_answered(
    tmp_path: Path, own_database_url: str
) -> None:
    valkey = RestartableValkey(tmp_path / "valkey-data")
    await valkey.start()
    async with open_fleet(tmp_path, valkey.url, own_database_url) as fleet:
        apis, gateways = await fleet.pair_of_each()
        async with viewers(apis[0], 4) as crowd, new_game(gateways[0]) as (game, room):
            await crowd[0].press_once_started(apis[0], room.room_id, "skill1")

            async def press_on(i: int) -> None:
                for batch in range(20):
                    batch_id = f"{i}-{batch}"
                    await insist(crowd[i], apis[i % 2], room.room_id, {"skill1": 2}, batch_id)

            pressing = [asyncio.create_task(press_on(i)) for i in range(4)]
            await game.receive_until(3)
            await valkey.kill()
            await valkey.start()
            await asyncio.gather(*pressing)
            account = (await read_books(valkey.url, room.room_id, ["skill1"]))["skill1"]
            assert account.balances
            assert account.accepted == 1 + 4 * 20 * 2
            await game.receive_until(account.consumed // 5)
            assert game.numbers == list(range(1, account.consumed // 5 + 1))
            assert not any(isinstance(message, Gap) for message in game.other)
    await valkey.stop()


async def test_a_redis_that_lost_its_tail_tells_the_game(
    tmp_path: Path, own_database_url: str
) -> None:
    valkey = RestartableValkey(tmp_path / "valkey-data")
    await valkey.start()
    async with open_fleet(tmp_path, valkey.url, own_database_url) as fleet:
        apis, gateways = await fleet.pair_of_each()
        async with viewers(apis[0], 1) as (viewer,), new_game(gateways[0]) as (game, room):
            await viewer.press_once_started(apis[0], room.room_id, "skill1")
            await insist(viewer, apis[0], room.room_id, {"skill1": 14}, "first")
            await game.receive_until(3)
            await valkey.stop()
            shutil.copytree(valkey.data, tmp_path / "earlier")
            await valkey.start()
            await insist(viewer, apis[0], room.room_id, {"skill1": 15}, "forgotten")
            await game.receive_until(6)
            await valkey.kill()
            shutil.rmtree(valkey.data)
            shutil.move(tmp_path / "earlier", valkey.data)
            await valkey.start()

            gap = await game.next_of(Gap)
            assert gap.last_seq == 3
            assert gap.epoch > game.events[-1].epoch
            await insist(viewer, apis[0], room.room_id, {"skill1": 5}, "after")
            event = await game.receive()
            while event not in game.events:
                event = await game.receive()
            assert (game.events[-1].epoch, game.events[-1].seq) == (gap.epoch, 4)

            known = game.events[5]
            async with resumed(gateways[1], room, last=known) as (again, ready):
                assert (ready.recovered, ready.epoch, ready.replayed) == (False, gap.epoch, 1)
                assert await again.next_of(Gap) == gap
                await again.receive_until(4)
    await valkey.stop()
