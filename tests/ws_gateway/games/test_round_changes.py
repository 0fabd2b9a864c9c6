"""A game that asks is told of its round, whoever changes it; no other game is."""

import json

import pytest

from shared.wire.game_messages import (
    GameEndSummary,
    GameEvent,
    Message,
    RoomCreated,
    RoomReady,
    RoundUpdate,
    ViewerCountUpdate,
)
from shared.wire.room_settings import RoomSettings
from tests.room_keys import room_keys
from tests.ws_gateway.game_end import Game, connected, resumed
from tests.ws_gateway.gateways import EVERY_PRESS, Crowd, Running, gateway_settings, running_gateway

pytestmark = [pytest.mark.usefixtures("short_linger")]

ASKED = "&round_changes=true"
WAITS = RoundUpdate("active", 0, paused=False, stopped=False)
RUNS = RoundUpdate("in_game", 1, paused=False, stopped=False)
PAUSED = RoundUpdate("in_game", 1, paused=True, stopped=False)
STOPPED = RoundUpdate("in_game", 1, paused=True, stopped=True)
ENDED = RoundUpdate("ended", 1, paused=False, stopped=False)


async def told(game: Game) -> RoundUpdate:
    return await game.next_of(RoundUpdate)


async def test_the_owner_runs_the_round_and_the_game_is_told(
    gateway: Running, crowd: Crowd
) -> None:
    """Every command that changes something is one message; what changes nothing is none."""
    room = await crowd.open_room()
    engine, room_id = crowd.engine, room.room_id
    async with resumed(gateway.url, room, query=ASKED) as (game, _):
        assert await told(game) == WAITS
        await engine.start(room_id, None)
        assert await told(game) == RUNS
        await engine.start(room_id, None)
        await engine.pause(room_id, None, paused=True)
        assert await told(game) == PAUSED
        await engine.pause(room_id, None, paused=True)
        await engine.pause(room_id, None, paused=True, discard=True)
        assert await told(game) == STOPPED
        await engine.pause(room_id, None, paused=False)
        assert await told(game) == RUNS
        await engine.finish(room_id, None)
        assert await told(game) == ENDED
        await engine.start(room_id, None)
        assert await told(game) == RoundUpdate("in_game", 2, paused=False, stopped=False)
        await game.settle()
        assert game.unasked(RoundUpdate) == []


async def test_a_round_that_a_press_opens_is_told_before_its_first_trigger(
    gateway: Running, crowd: Crowd
) -> None:
    """The room opens it in the step that counts the press."""
    room = await crowd.open_room(RoomSettings(buttons=EVERY_PRESS.buttons, starts="press"))
    async with resumed(gateway.url, room, query=ASKED) as (game, _):
        assert await told(game) == WAITS
        await crowd.fire(room.room_id)
        order = [type(await game.receive()) for _ in range(3)]
        assert set(order) == {RoundUpdate, GameEvent, ViewerCountUpdate}
        assert order.index(RoundUpdate) < order.index(GameEvent)


async def test_a_new_room_and_a_new_socket_begin_with_the_state(
    gateway: Running, crowd: Crowd
) -> None:
    """After the welcome, and after the triggers that the game missed."""
    async with connected(gateway.url + "?round_changes=true") as game:
        room = await game.next_of(RoomCreated)
        assert await told(game) == WAITS
        await crowd.ease(room.room_id)
        await game.start()
        await crowd.fire(room.room_id, 2)
        await game.events(2)
    await crowd.engine.pause(room.room_id, None, paused=True)
    async with resumed(gateway.url, room, room, query=ASKED) as (game, _):
        order = [type(await game.receive()) for _ in range(4)]
        assert order == [GameEvent, GameEvent, ViewerCountUpdate, RoundUpdate]


@pytest.mark.usefixtures("quick_comparison")
async def test_a_lost_nudge_is_made_up_for(redis_url: str, crowd: Crowd) -> None:
    """The gateway compares the round with Redis, as it does the log."""
    room = await crowd.open_room()
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        resumed(gateway.url, room, query=ASKED) as (game, _),
    ):
        await game.start()
        assert [await told(game), await told(game)] == [WAITS, RUNS]
        await crowd.engine.store.command("HSET", room_keys(room.room_id).room, "paused", 1)
        assert await told(game) == PAUSED


@pytest.mark.usefixtures("quick_comparison")
async def test_a_game_that_does_not_ask_gets_what_it_always_got(
    redis_url: str, crowd: Crowd
) -> None:
    """The same frames to the letter, and no other, while the owner does everything."""
    room = await crowd.open_room()
    engine, room_id = crowd.engine, room.room_id
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        resumed(gateway.url, room) as (game, ready),
    ):
        assert ready == RoomReady(
            room_id,
            ready.web_url,
            ready.room_token,
            ready.epoch,
            0,
            "active",
            0,
            True,
            0,
            api_url=ready.api_url,
        )
        assert await game.socket.recv() == json.dumps(
            {"type": "viewer_count_update", "room_id": room_id, "viewer_count": 0},
            separators=(",", ":"),
        )
        for _ in range(2):
            await engine.start(room_id, None)
            await engine.pause(room_id, None, paused=True)
            await engine.pause(room_id, None, paused=True, discard=True)
            await engine.pause(room_id, None, paused=False)
            await engine.finish(room_id, None)
        rounds = [(await game.receive()), (await game.receive())]
        assert [type(each) for each in rounds] == [GameEndSummary, GameEndSummary]
        await engine.start(room_id, None)
        await crowd.fire(room_id)
        await game.next_of(GameEvent)
        await game.settle()
        assert all(isinstance(each, ViewerCountUpdate) for each in game.unasked(Message))
