"""Nudges may be lost, doubled or reordered: the game still gets every number once, in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.engine import keys
from shared.wire.game_messages import GameEvent, Gap, NumberedMessage, RoomCreated, encode
from tests.patience import HOUR
from tests.room_keys import room_keys
from tests.waiting import until
from tests.ws_gateway.game_end import Game, new_game
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway
from tests.ws_gateway.viewer_end import watching
from ws_gateway.games import session
from ws_gateway.sockets import connection


@pytest.fixture(autouse=True)
def no_count_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second after a changed viewer count the gateway would look into the room's log."""
    monkeypatch.setattr(session, "COUNT_PACE", HOUR)


@asynccontextmanager
async def easy_game(gateway: Running, crowd: Crowd) -> AsyncIterator[tuple[Game, RoomCreated]]:
    """A game in a room where every press fires."""
    async with new_game(gateway.url) as (game, room):
        await crowd.ease(room.room_id)
        yield game, room


async def owner_of(crowd: Crowd, room: RoomCreated) -> str:
    """The gateway that owns the room."""
    key = room_keys(room.room_id).room
    return str(await crowd.engine.store.command("HGET", key, "owner"))


async def fire_unheard(crowd: Crowd, room: RoomCreated, triggers: int) -> list[NumberedMessage]:
    """Fire triggers without nudges; return the triggers from the log."""
    owner, key = await owner_of(crowd, room), room_keys(room.room_id).room
    await crowd.engine.store.command("HSET", key, "owner", "nobody")
    await crowd.fire(room.room_id, triggers)
    await crowd.engine.store.command("HSET", key, "owner", owner)
    return list((await crowd.engine.read(room.room_id, room.epoch, 0, limit=100)).messages)


async def nudge(crowd: Crowd, room: RoomCreated, *texts: str) -> None:
    """Publish a message to the inbox of the room's gateway."""
    channel = keys.inbox(await owner_of(crowd, room))
    for text in texts:
        await crowd.engine.store.command("PUBLISH", channel, text)


@pytest.mark.parametrize(
    "order",
    [[5, 4, 3, 2, 1], [3], [1, 1, 2, 2, 5, 5], [4, 5, 4, 1]],
)
async def test_nudges_that_overtake_or_are_missing_or_doubled_change_nothing(
    gateway: Running, crowd: Crowd, order: list[int]
) -> None:
    """Each number once, in order, as far as the log goes."""
    async with easy_game(gateway, crowd) as (game, room):
        messages = await fire_unheard(crowd, room, 5)
        await nudge(crowd, room, *(encode(messages[number - 1]) for number in order))
        assert await game.seqs(5) == [1, 2, 3, 4, 5]
        await game.settle()
        assert not [*game.unasked(GameEvent), *game.unasked(Gap)]


@pytest.mark.parametrize("text", ["", '{"type":"news"}', '{"type":"game_event","seq":"1"}', "\x00"])
async def test_a_word_that_cannot_be_read_makes_the_gateway_look_into_the_logs(
    gateway: Running, crowd: Crowd, text: str
) -> None:
    """The unreadable message may be a nudge of another release."""
    async with easy_game(gateway, crowd) as (game, room):
        await fire_unheard(crowd, room, 2)
        await nudge(crowd, room, text)
        assert await game.seqs(2) == [1, 2]


async def test_false_words_move_no_number(gateway: Running, crowd: Crowd) -> None:
    """Nudges with numbers that do not exist, other epochs, or rooms of other gateways."""
    async with easy_game(gateway, crowd) as (game, room):
        (real,) = await fire_unheard(crowd, room, 1)
        text = encode(real)
        await nudge(
            crowd,
            room,
            text.replace('"seq":1', '"seq":999'),
            text.replace(f'"epoch":{room.epoch}', '"epoch":1'),
            text.replace(f'"epoch":{room.epoch}', f'"epoch":{2**62}'),
            text.replace(room.room_id, "elsewhere"),
            f'{{"type":"replaced","room_id":"{room.room_id}","term":1}}',
            '{"type":"echo","number":0}',
        )
        await crowd.fire(room.room_id)
        assert await game.seqs(2) == [1, 2]
        await game.settle()
        assert not [*game.unasked(GameEvent), *game.unasked(Gap)]


@pytest.mark.usefixtures("quick_comparison")
async def test_a_trigger_of_which_nothing_was_heard_is_found_by_comparison(
    redis_url: str, crowd: Crowd
) -> None:
    """Even while all echoes arrive."""
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        easy_game(gateway, crowd) as (game, room),
    ):
        await fire_unheard(crowd, room, 3)
        assert await game.seqs(3) == [1, 2, 3]


async def test_a_repair_attaches_again_what_the_room_forgot(gateway: Running, crowd: Crowd) -> None:
    """It does not wait for the next comparison."""
    async with easy_game(gateway, crowd) as (game, room):
        key = room_keys(room.room_id).room
        await crowd.engine.store.command("HSET", key, "owner", "", "term", 1)
        await crowd.engine.store.command("CLIENT", "KILL", "TYPE", "pubsub")
        await game.settle()
        await crowd.fire(room.room_id)
        assert await game.seqs(1) == [1]


@pytest.mark.usefixtures("quick_comparison", "short_linger")
async def test_a_socket_that_missed_its_replacement_finds_out(redis_url: str, crowd: Crowd) -> None:
    """The heartbeat is refused because the room has a greater term."""
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        easy_game(gateway, crowd) as (game, room),
    ):
        key = room_keys(room.room_id).room
        await crowd.engine.store.command("HINCRBY", key, "term", 1)
        assert await game.error() == "replaced"
        assert await game.closed() == 4001


@pytest.mark.usefixtures("quick_comparison", "short_linger")
async def test_a_room_that_is_gone_takes_its_socket_with_it(redis_url: str, crowd: Crowd) -> None:
    """The game gets 4004: the room is gone."""
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        easy_game(gateway, crowd) as (game, room),
    ):
        await crowd.engine.store.command("DEL", room_keys(room.room_id).room)
        assert await game.error() == "room_not_found"
        assert await game.closed() == 4004


@pytest.mark.usefixtures("quick_comparison", "short_linger")
@pytest.mark.parametrize("broken", ["active", "log"])
async def test_a_room_that_redis_fails_on_takes_no_other_with_it(
    redis_url: str, crowd: Crowd, broken: str
) -> None:
    """Its game, and its pages if they need what is broken, are asked to reconnect."""
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        easy_game(gateway, crowd) as (game, room),
        easy_game(gateway, crowd) as (other, others_room),
        watching(gateway, room.room_id) as (page, _),
    ):
        its_keys = room_keys(room.room_id)
        key = getattr(its_keys, broken)
        await crowd.engine.store.command("DEL", key)
        await crowd.engine.store.command("SET", key, "not what it should be")
        await crowd.engine.store.command("HINCRBY", its_keys.room, "seq", 1)
        assert await game.error() == "going_away"
        assert await game.closed() == 1001
        assert await page.closed() == 1001
        await crowd.engine.store.command("DEL", key)
        await crowd.fire(others_room.room_id)
        assert await other.seqs(1) == [1]


@pytest.mark.usefixtures("quick_comparison")
async def test_a_socket_that_is_parting_does_not_take_its_room_back(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the close message and the close, the room has no game."""
    monkeypatch.setattr(connection, "LINGER", 1.0)
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        easy_game(gateway, crowd) as (game, room),
    ):
        await game.socket.send("x" * 70_000)
        assert await game.error() == "message_too_big"
        closing = asyncio.create_task(game.closed())

        async def is_closed() -> bool:
            assert not (await crowd.engine.describe(room.room_id)).connected
            return closing.done()

        await until(is_closed)
        assert closing.result() == 1009
