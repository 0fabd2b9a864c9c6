"""Games that read slowly, or not at all."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.wire.game_messages import GameEvent, GameStart, RoomCreated
from tests.patience import HOUR
from tests.waiting import until
from tests.ws_gateway.game_end import Game, connected, new_game, resumed
from tests.ws_gateway.gateways import (
    Crowd,
    Running,
    gateway_settings,
    gone,
    is_written,
    running_gateway,
)
from ws_gateway.games import session
from ws_gateway.sockets import connection

# More than what fits between a gateway and a game that does not read: about 6 MB.
MANY = 5000  # triggers
NAME = "x" * 1000
SMALL = 4096  # bytes of the receiving buffer


@asynccontextmanager
async def deaf_game(gateway: Running) -> AsyncIterator[tuple[Game, RoomCreated]]:
    """A game that has started a round and then reads nothing until the test asks it to."""
    with socket.socket() as small:
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        small.connect(("127.0.0.1", gateway.port))
        small.setblocking(False)
        async with connected(gateway.url, sock=small, max_queue=1) as game:
            room = await game.next_of(RoomCreated)
            await game.start()
            yield game, room


async def stuck(gateway: Running) -> None:
    """Wait until writes to games make no more progress."""
    before = -1.0

    async def is_stuck() -> bool:
        nonlocal before
        await asyncio.sleep(0.1)
        now = await gateway.counted("streamario_triggers_delivered_total")
        before, moved = now, now > before
        return now > 0 and not moved

    await until(is_stuck)


async def test_a_game_that_reads_slowly_gets_everything_in_order(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its unread messages wait in the log, which knows how far it was written, as it never
    acknowledges; other games get theirs.
    """
    monkeypatch.setattr(session, "STALLED_AFTER", HOUR)
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        deaf_game(gateway) as (slow, room),
        new_game(gateway.url) as (quick, other),
    ):
        await crowd.ease(room.room_id)
        await crowd.ease(other.room_id)
        await crowd.fire(room.room_id, MANY, name=NAME)
        await stuck(gateway)
        await crowd.fire(other.room_id, 10)
        assert await quick.seqs(10) == list(range(1, 11))
        unread = MANY - int(await gateway.counted("streamario_triggers_delivered_total"))
        assert unread > 0
        await slow.events(unread // 2)
        # Read from the log by now, but not yet all of it.
        await until(lambda: is_written(crowd, room.room_id, MANY - unread + 100))
        assert await slow.seqs(MANY - unread // 2) == list(range(unread // 2 + 1, MANY + 1))


async def test_a_game_that_reads_nothing_is_let_go_and_its_triggers_wait(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write to it times out; when it reconnects, it gets the messages that it has not applied."""
    monkeypatch.setattr(session, "STALLED_AFTER", 0.5)
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        async with deaf_game(gateway) as (_, room):
            await crowd.ease(room.room_id)
            await crowd.fire(room.room_id, MANY, name=NAME)
            await gone(crowd, room.room_id)
            assert await gateway.counted("streamario_stalled_sockets_total") == 1
            await until(lambda: has_no_game(gateway))
        monkeypatch.setattr(session, "STALLED_AFTER", HOUR)
        async with resumed(gateway.url, room, query="&last_seq=0") as (game, ready):
            assert ready.replayed == MANY
            assert await game.seqs(MANY) == list(range(1, MANY + 1))


async def test_a_game_that_asks_and_never_listens_is_let_go(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its replies are bounded, and nothing of it stays in memory."""
    monkeypatch.setattr(session, "STALLED_AFTER", 0.5)
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        deaf_game(gateway) as (game, room),
    ):
        asking = asyncio.create_task(ask_forever(game))
        await gone(crowd, room.room_id)
        await until(lambda: has_no_game(gateway))
        asking.cancel()
        await asyncio.wait((asking,))


async def has_no_game(gateway: Running) -> bool:
    return await gateway.counted("streamario_sockets") == 0


async def ask_forever(game: Game) -> None:
    """Send pings with large values to repeat."""
    text = '{"type":"ping","t":"' + "x" * 60_000 + '"}'
    while True:
        await game.socket.send(text)


async def test_a_game_that_leaves_amid_its_questions_leaves_nothing_behind(
    gateway: Running, crowd: Crowd
) -> None:
    """However many replies were queued."""
    async with new_game(gateway.url) as (game, room):
        for _ in range(1000):
            await game.socket.send('{"type":"ping"}')
        game.socket.transport.abort()
    await gone(crowd, room.room_id)


async def test_what_a_game_said_before_it_left_is_done(gateway: Running, crowd: Crowd) -> None:
    """It sends `game_end` and closes at once."""
    async with new_game(gateway.url) as (game, room):
        for _ in range(50):
            await game.socket.send('{"type":"ping"}')
        await game.socket.send('{"type":"game_end"}')
    await gone(crowd, room.room_id)
    assert (await crowd.engine.describe(room.room_id)).status == "ended"


async def test_a_replaced_game_that_reads_nothing_does_not_stay(
    redis_url: str,
    crowd: Crowd,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither the close message nor the close waits for it without limit."""
    monkeypatch.setattr(connection, "LINGER", 0.2)
    monkeypatch.setattr(connection, "CLOSE_WITHIN", 0.2)
    monkeypatch.setattr(session, "STALLED_AFTER", HOUR)
    caplog.set_level("INFO", "ws_gateway.server")
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        deaf_game(gateway) as (_, room),
    ):
        await crowd.ease(room.room_id)
        await crowd.fire(room.room_id, MANY, name=NAME)
        await stuck(gateway)

        async def is_closed() -> bool:
            return "game socket closed" in caplog.text

        async with resumed(gateway.url, room, query="&replay=none"):
            await until(is_closed)


async def test_a_flood_of_nudges_is_not_heaped_up(redis_url: str, crowd: Crowd) -> None:
    """Beyond a bound nudges are dropped, and the log is read."""
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        deaf_game(gateway) as (game, room),
    ):
        await game.say(GameStart())
        await crowd.ease(room.room_id)
        most = session.MOST_NUDGES
        for _ in range(3):
            await crowd.fire(room.room_id, 2 * most, name=NAME)
        assert await game.seqs(6 * most) == list(range(1, 6 * most + 1))
        await game.settle()
        assert game.unasked(GameEvent) == []
        assert await gateway.counted("streamario_gaps_total") == 0
