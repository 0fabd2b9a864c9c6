"""Redis crashes, stalls, is unreachable or starts late: no trigger is lost or reordered."""

import asyncio
import time
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from shared.redis_store.store import StoreUnavailable, StoreUnfit
from shared.wire.game_messages import GameEvent, GameStart, Gap, RoomCreated
from tests.waiting import until
from tests.ws_gateway.faults import command, own_valkey
from tests.ws_gateway.game_end import connected, new_game, resumed
from tests.ws_gateway.gateways import (
    Crowd,
    Running,
    gateway_settings,
    gathered_crowd,
    is_written,
    running_gateway,
)
from ws_gateway import inbox
from ws_gateway.games import session, written_positions
from ws_gateway.server import serve

DEAF_AFTER = 2.5  # s: an echo comes every second
REFUSING = ("min-replicas-to-write", "1")
EVICTING, KEEPING = ("maxmemory-policy", "allkeys-lru"), ("maxmemory-policy", "noeviction")


async def fire_surely(crowd: Crowd, room_id: str) -> None:
    """Fire one trigger; retry until there is an answer (a lost answer may leave two triggers)."""
    while True:
        try:
            return await crowd.fire(room_id)
        except StoreUnavailable:
            await asyncio.sleep(0.05)


async def last_seq(crowd: Crowd, room: RoomCreated) -> int:
    """The number of the room's last trigger."""
    messages = (await crowd.engine.read(room.room_id, room.epoch, 0, limit=1000)).messages
    return messages[-1].seq


async def test_a_killed_and_restarted_redis_loses_nothing(tmp_path: Path) -> None:
    """With every write on disk, the log continues in a new epoch without a gap in numbers."""
    async with (
        own_valkey(tmp_path) as valkey,
        gathered_crowd(valkey.url) as crowd,
        running_gateway(gateway_settings(valkey.url)) as gateway,
        new_game(gateway.url) as (game, room),
    ):
        await crowd.ease(room.room_id)
        await crowd.fire(room.room_id, 10)
        await game.seqs(5)
        pressing = asyncio.create_task(press_through(crowd, room, 30))
        await game.seqs(10)
        await valkey.kill()
        await valkey.start()
        await pressing
        last = await last_seq(crowd, room)
        events = await game.events(last - 15)
        assert [event.seq for event in events] == list(range(16, last + 1))
        epochs = [event.epoch for event in events]
        assert epochs == sorted(epochs)
        assert epochs[-1] > room.epoch
        await game.settle()
        assert not [*game.unasked(GameEvent), *game.unasked(Gap)]
        await until(gateway.is_ready)


async def press_through(crowd: Crowd, room: RoomCreated, triggers: int) -> None:
    """Fire triggers one after the other, whatever happens to Redis."""
    for _ in range(triggers):
        await fire_surely(crowd, room.room_id)


async def test_a_redis_that_refuses_writes_is_noticed_and_not_asked_more_and_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a master without its replica does: it confirms subscriptions, but no echo returns.

    How far a socket was written is stored when Redis takes it again. A setting that would end the
    start of a gateway does not end a running one.
    """
    monkeypatch.setattr(inbox, "DEAF_AFTER", DEAF_AFTER)
    monkeypatch.setattr(session, "READ_AGAIN_AFTER", 0.1)
    monkeypatch.setattr(written_positions, "PACE", 1.0)
    async with (
        own_valkey(tmp_path) as valkey,
        gathered_crowd(valkey.url) as crowd,
        running_gateway(gateway_settings(valkey.url)) as gateway,
        new_game(gateway.url) as (game, room),
    ):
        await crowd.ease(room.room_id)
        await crowd.fire(room.room_id)
        await until(lambda: is_written(crowd, room.room_id, 1))
        await crowd.fire(room.room_id)
        began = time.monotonic()
        await crowd.engine.store.command("CONFIG", "SET", *REFUSING, *EVICTING)
        await until(lambda: is_deaf(gateway))
        assert await gateway.counted("streamario_inbox_echo_age_seconds") >= DEAF_AFTER
        reads = await gateway.counted("streamario_log_reads_total")
        assert reads < 2 + (time.monotonic() - began) / session.READ_AGAIN_AFTER
        await command(valkey, "CONFIG", "SET", "min-replicas-to-write", "0", *KEEPING)
        await until(gateway.is_ready)
        await until(lambda: is_written(crowd, room.room_id, 2))
        await crowd.fire(room.room_id)
        assert await game.seqs(3) == [1, 2, 3]


async def test_a_tail_that_redis_lost_is_told_as_a_gap(tmp_path: Path) -> None:
    """Both an open socket and a resuming game get a `gap`; new triggers have the new epoch."""
    async with (
        own_valkey(tmp_path / "redis") as valkey,
        gathered_crowd(valkey.url) as crowd,
        running_gateway(gateway_settings(valkey.url)) as gateway,
    ):
        async with new_game(gateway.url) as (game, room):
            await crowd.ease(room.room_id)
            await crowd.fire(room.room_id, 5)
            await game.seqs(5)
            await game.settle()
            copytree(tmp_path / "redis", tmp_path / "earlier")
            await crowd.fire(room.room_id, 5)
            lost = (await game.events(5))[-1]
            await valkey.kill()
            rmtree(tmp_path / "redis")
            (tmp_path / "earlier").rename(tmp_path / "redis")
            await valkey.start()
            gap = await game.next_of(Gap)
            assert (gap.last_seq, gap.epoch > lost.epoch) == (5, True)
            await fire_surely(crowd, room.room_id)
            (event,) = await game.events(1)
            assert (event.epoch, event.seq) == (gap.epoch, 6)
        async with resumed(gateway.url, room, lost) as (game, ready):
            assert (ready.recovered, ready.replayed) == (False, 1)
            assert await game.next_of(Gap) == gap
            assert [(e.epoch, e.seq) for e in await game.events(1)] == [(gap.epoch, 6)]


async def is_deaf(gateway: Running) -> bool:
    return not await gateway.is_ready()


async def test_a_gateway_that_starts_before_redis_serves_once_it_is_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Until then it is alive but not ready, refuses games, and logs the reason once."""
    async with (
        own_valkey(tmp_path, started=False) as valkey,
        running_gateway(gateway_settings(valkey.url), ready=False) as gateway,
    ):
        assert (await gateway.get("/healthz")).status_code == 200
        answer = await gateway.get("/readyz")
        assert (answer.status_code, answer.json()["redis"]) == (503, "away")
        with pytest.raises(Exception, match="503"):
            async with connected(gateway.url):
                pass
        tries = await gateway.counted('streamario_store_errors_total{store="redis"}')

        async def tries_again() -> bool:
            metric = 'streamario_store_errors_total{store="redis"}'
            return await gateway.counted(metric) >= tries + 3

        await until(tries_again)
        assert caplog.text.count("pubsub subscription lost") == 1
        await valkey.start()
        await until(gateway.is_ready)
        async with new_game(gateway.url):
            pass


async def test_a_start_said_while_redis_is_away_takes_effect_when_it_is_back(
    tmp_path: Path,
) -> None:
    """The game sends it once, and gets an `error` that it has to wait."""
    async with (
        own_valkey(tmp_path) as valkey,
        gathered_crowd(valkey.url) as crowd,
        running_gateway(gateway_settings(valkey.url)) as gateway,
        connected(gateway.url) as game,
    ):
        room = await game.next_of(RoomCreated)
        await valkey.kill()
        await game.say(GameStart())
        assert await game.error() == "store_unavailable"
        await valkey.start()
        await game.settle()
        found = await crowd.engine.describe(room.room_id)
        assert (found.status, found.round) == ("in_game", 1)


async def test_a_gateway_ends_in_good_order_while_redis_is_away(tmp_path: Path) -> None:
    """Even while a command waits; the game gets 1001: reconnect."""
    async with own_valkey(tmp_path) as valkey:
        async with (
            running_gateway(gateway_settings(valkey.url)) as gateway,
            connected(gateway.url) as game,
        ):
            await game.next_of(RoomCreated)
            await valkey.kill()
            await game.say(GameStart())
            assert await game.error() == "store_unavailable"
            gateway.stop.set()
            assert await game.error() == "going_away"
        assert gateway.task.done()


async def test_a_redis_that_throws_data_away_ends_the_start(tmp_path: Path) -> None:
    """With one clear log line."""
    async with own_valkey(tmp_path) as valkey:
        await command(valkey, "CONFIG", "SET", *EVICTING)
        with pytest.raises(StoreUnfit, match="maxmemory-policy"):
            await serve(gateway_settings(valkey.url), stop=asyncio.Event(), ready=asyncio.Event())
