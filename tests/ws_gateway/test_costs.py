"""The cost of a socket and a trigger in tasks, bytes and commands, which do not depend on load."""

import asyncio
import gc
import socket
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from shared.redis_store import master
from shared.wire.game_messages import Ack
from tests.patience import HOUR
from tests.room_keys import room_keys
from tests.shards import mark_restored
from tests.waiting import until
from tests.ws_gateway.faults import own_valkey
from tests.ws_gateway.game_end import Game, new_game
from tests.ws_gateway.gateways import (
    Crowd,
    Running,
    gateway_settings,
    gathered_crowd,
    running_gateway,
)
from ws_gateway import inbox

HANDSHAKE = (
    b"GET /ws-unity HTTP/1.1\r\nHost: gateway\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SOCKETS = 100
BYTES_EACH = 14 * 1024
TRIGGERS = 200
# Viewer counts are told meanwhile, whatever is fired.
ASIDE = 40  # commands


@pytest.fixture(autouse=True)
def no_echoes(monkeypatch: pytest.MonkeyPatch) -> None:
    """But the first, so that none is counted, however long a test takes."""
    for name in ("ECHO_EVERY", "SILENT_AFTER", "TOGETHER_WITHIN"):
        monkeypatch.setattr(inbox, name, HOUR)


async def attached(gateway: Running, sockets: int) -> list[socket.socket]:
    """Idle games, each of which costs this process only a file descriptor."""
    games = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(sockets)]
    for game in games:
        game.sendall(HANDSHAKE)
    return games


async def own(gateway: Running, sockets: int) -> None:
    """Wait until the gateway owns this many sockets and has written everything to them."""

    async def does() -> bool:
        return await gateway.counted("streamario_sockets") == sockets and not writers()

    await until(does)


def writers() -> list[asyncio.Task[object]]:
    """The writer tasks of sockets."""
    tasks = asyncio.all_tasks()
    return [task for task in tasks if getattr(task.get_coro(), "__name__", "") == "_write"]


async def test_an_idle_socket_is_one_task_and_a_few_kilobytes(redis_url: str) -> None:
    """Most games are idle at any moment."""
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        games = await attached(gateway, 10)  # what is made once is made by now
        await own(gateway, 10)
        tasks = asyncio.all_tasks()

        async def are_one_each() -> bool:
            # The connection on which the metrics were asked for may be closing yet.
            return len(asyncio.all_tasks() - tasks) == SOCKETS

        gc.collect()
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        games += await attached(gateway, SOCKETS)
        await own(gateway, 10 + SOCKETS)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await until(are_one_each)
        for game in games:
            game.close()
    assert (after - before) / SOCKETS < BYTES_EACH


async def test_a_repair_of_many_rooms_does_not_fill_the_queue_of_calls(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each room is read; no other call is refused meanwhile."""
    monkeypatch.setattr(inbox, "TOGETHER", SOCKETS // 10)
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        games = await attached(gateway, SOCKETS)
        await own(gateway, SOCKETS)
        # Not before: games that attach at once may be more.
        monkeypatch.setattr(master, "WAITING_LIMIT", SOCKETS // 2)
        reads, failed = "streamario_log_reads_total", 'streamario_store_errors_total{store="redis"}'
        before = await gateway.counted(reads), await gateway.counted(failed)
        await crowd.engine.store.command("CLIENT", "KILL", "TYPE", "pubsub")

        async def all_read() -> bool:
            return await gateway.counted(reads) >= before[0] + SOCKETS and not writers()

        await until(all_read)
        assert await gateway.counted(failed) == before[1] + 1  # the subscription
        for game in games:
            game.close()


class Calls(NamedTuple):
    """How often a server carried out a command, in functions or not."""

    fcall: int
    publish: int
    xrange: int


async def calls(crowd: Crowd) -> Calls:
    """What the server has counted so far."""
    stats = await crowd.engine.store.command("INFO", "commandstats")
    return Calls(*(stats.get(f"cmdstat_{name}", {}).get("calls", 0) for name in Calls._fields))


@asynccontextmanager
async def fleet(url: str, gateways: int) -> AsyncIterator[list[Running]]:
    """This many gateways on one server."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(running_gateway(gateway_settings(url)))
            for _ in range(gateways)
        ]


async def played_at(crowd: Crowd, game: Game, room_id: str, *, noted: bool) -> Calls:
    """The commands that triggers cost the server; asserts that the game received all of them.

    `noted` tells that Redis hears how far the socket was written.
    """
    before = await calls(crowd)
    await crowd.fire(room_id, TRIGGERS)
    assert len(await game.seqs(TRIGGERS)) == TRIGGERS

    async def all_said() -> bool:
        room = room_keys(room_id).room
        written = await crowd.engine.store.command("HGET", room, "written")
        return not noted or int(written or 0) == TRIGGERS

    await until(all_said)
    return Calls(*(now - then for now, then in zip(await calls(crowd), before, strict=True)))


@pytest.mark.parametrize(("gateways", "acknowledges"), [(1, True), (3, False)])
async def test_a_trigger_is_one_message_and_the_tap_whatever_the_number_of_gateways(
    tmp_path: Path, gateways: int, *, acknowledges: bool
) -> None:
    """And no call, whether the game acknowledges or not."""
    async with (
        own_valkey(tmp_path) as valkey,
        gathered_crowd(valkey.url) as crowd,
    ):
        await mark_restored(valkey.url)
        async with fleet(valkey.url, gateways) as running, new_game(running[0].url) as (game, room):
            await crowd.ease(room.room_id)
            if acknowledges:
                await game.say(Ack(epoch=room.epoch, seq=0))
                await game.settle()
            made = await played_at(crowd, game, room.room_id, noted=not acknowledges)
    assert 2 * TRIGGERS <= made.publish < 2 * TRIGGERS + ASIDE
    assert made.fcall < TRIGGERS / 20 + ASIDE
    assert made.xrange < ASIDE
