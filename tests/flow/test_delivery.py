"""A press through any API process reaches the game on any gateway, once and in order."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.engine.functions import LIBRARY
from shared.redis_store.store import open_store
from shared.wire.game_messages import GameEnd, GameEndSummary, GameStart
from tests.flow.fleet import Fleet, open_fleet
from tests.flow.play import new_game, resumed, viewers


@pytest.fixture
async def fleet(tmp_path: Path, redis_url: str, database_url: str) -> AsyncIterator[Fleet]:
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as running:
        yield running


async def test_any_api_reaches_the_game_on_any_gateway(fleet: Fleet) -> None:
    """Four pairs of API process and gateway, four games: each gets its own triggers."""
    apis, gateways = await fleet.pair_of_each()
    async with viewers(apis[0], 1) as (viewer,):
        for api in apis:
            for gateway in gateways:
                async with new_game(gateway) as (game, room):
                    await viewer.press_once_started(api, room.room_id, "skill1")
                    await viewer.press(api, room.room_id, {"skill1": 9})
                    await game.receive_until(2)
                    assert game.numbers == [1, 2]
                    assert [event.trigger_count for event in game.triggers] == [5, 5]
                    assert {event.room_id for event in game.triggers} == {room.room_id}


async def test_a_game_that_drops_gets_exactly_what_it_missed_on_another_gateway(
    fleet: Fleet,
) -> None:
    apis, gateways = await fleet.pair_of_each()
    async with viewers(apis[0], 1) as (viewer,):
        async with new_game(gateways[0]) as (game, room):
            await viewer.press_once_started(apis[0], room.room_id, "skill1")
            await viewer.press(apis[1], room.room_id, {"skill1": 14})
            await game.receive_until(3)
            game.socket.transport.abort()
        await viewer.press(apis[0], room.room_id, {"skill1": 20})
        async with resumed(gateways[1], room, last=game.triggers[1]) as (again, ready):
            await again.receive_until(7)
            assert (ready.recovered, ready.replayed, ready.status) == (True, 5, "in_game")
            assert again.numbers == [3, 4, 5, 6, 7]
            assert all(event.replayed for event in again.triggers)
            await viewer.press(apis[1], room.room_id, {"skill1": 5})
            await again.receive_until(8)
            assert not again.triggers[-1].replayed


async def test_the_summary_comes_with_the_end_and_the_next_round_goes_on_counting_numbers(
    fleet: Fleet,
) -> None:
    apis, gateways = await fleet.pair_of_each()
    async with viewers(apis[0], 2) as (one, two), new_game(gateways[0]) as (game, room):
        await one.press_once_started(apis[0], room.room_id, "enemy1")
        await two.press(apis[1], room.room_id, {"enemy1": 3, "skill2": 1})
        await game.say(GameEnd())
        summary = await game.next_of(GameEndSummary)
        assert {total.event_type: total.count for total in summary.event_totals}["enemy1"] == 4
        assert summary.team_tops.enemy is not None
        assert summary.team_tops.enemy.viewer_id == two.viewer_id.split(".")[0]
        assert summary.team_tops.enemy.count == 3
        async with resumed(gateways[1], room, last=room) as (again, ready):
            assert (ready.status, ready.round, ready.replayed) == ("ended", 1, 1)
            assert await again.next_of(GameEndSummary) == summary
            await again.say(GameStart())
            await one.press_once_started(apis[1], room.room_id, "enemy1")
            await two.press(apis[1], room.room_id, {"enemy1": 4})
            await again.receive_until(2)
            assert again.numbers == [2]


async def test_the_inbox_connection_killed_in_the_instant_of_a_trigger_loses_nothing(
    fleet: Fleet, redis_url: str
) -> None:
    apis, gateways = await fleet.pair_of_each()
    async with (
        viewers(apis[0], 1) as (viewer,),
        new_game(gateways[0]) as (game, room),
        open_store(redis_url, client_name="killer", library=LIBRARY) as store,
    ):
        await viewer.press_once_started(apis[0], room.room_id, "skill1")
        await viewer.press(apis[0], room.room_id, {"skill1": 4})
        await game.receive_until(1)
        for seq in range(2, 12):
            await asyncio.gather(
                store.command("CLIENT", "KILL", "TYPE", "pubsub"),
                viewer.press(apis[seq % 2], room.room_id, {"skill1": 5}),
            )
            await game.receive_until(seq)
        assert game.numbers == list(range(1, 12))
