"""A game's room, its rounds and its acknowledgements, through the real gateway."""

from __future__ import annotations

import time
from pathlib import Path

from tests.clients.unity.games import played
from tests.clients.unity.rooms import acknowledged, in_round, saved_in
from tests.waiting import until
from tests.ws_gateway.game_end import resumed
from tests.ws_gateway.gateways import Crowd, Running


async def test_a_new_room_starts_and_its_triggers_come_in_order_on_the_main_thread(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    began = time.time()
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await audience.fire(45)
        await game.receives(45)
        assert game.triggers == list(range(1, 46))
        trigger = await game.next_of("trigger")
        assert trigger["event_type"] == "skill1"
        assert trigger["trigger_count"] == 1
        assert began - 1 < trigger["fired_at"] / 1000 < time.time() + 1
        assert game.states == ["Connecting", "Connected"]
        assert game.all_of("error") == []


async def test_a_restarted_game_comes_back_to_its_room_and_gets_exactly_what_it_missed(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await audience.fire(5)
        await game.receives(5)
        await game.quit()
    await audience.sees_game(connected=False)
    await audience.fire(3)
    async with played(executable, gateway.url, store) as again:
        room = await again.next_of("resumed")
        await again.receives(8)
        assert (room["room_id"], room["status"], room["replayed"]) == (
            audience.room_id,
            "in_game",
            3,
        )
        assert again.triggers == [6, 7, 8]
        assert all(trigger["replayed"] for trigger in again.all_of("trigger"))


async def test_a_crashed_game_comes_back_where_it_last_acknowledged(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await audience.fire(60)
        await game.receives(60)
        await acknowledged(store, 60)
        await game.kill()
    async with played(executable, gateway.url, store) as again:
        await audience.fire(2)
        await again.receives(62)
        assert again.triggers == [61, 62]


async def test_what_was_acknowledged_comes_to_nobody_again(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """The acknowledgement has reached the room: a game without a cursor gets nothing either."""
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await audience.fire(7)
        await game.receives(7)
        await game.quit()
    async with resumed(gateway.url, saved_in(store).as_created()) as (_, ready):
        assert (ready.seq, ready.replayed) == (7, 0)


async def test_with_manual_acknowledgement_what_was_not_applied_comes_again_after_a_restart(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store, "manual") as game:
        audience = await in_round(game, crowd)
        await audience.fire(2)
        await game.receives(2)
        await game.say("acknowledge")
        await acknowledged(store, 2)
        await audience.fire(3)
        await game.receives(5)
        await game.quit()
    async with played(executable, gateway.url, store, "manual") as again:
        await again.receives(5)
        assert again.triggers == [3, 4, 5]


async def test_a_handler_that_throws_is_reported_and_stops_nothing(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await game.say("throw")
        await game.next_of("throws")  # the next trigger could overtake the command
        await audience.fire(3)
        await game.receives(3)
        assert game.triggers == [1, 2, 3]
        assert game.all_of("error") == ["handler_failed"]


async def test_the_end_of_a_round_brings_its_summary_and_the_next_goes_on_in_the_same_room(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await crowd.press(audience.room_id, 4, name="Panda")
        await game.receives(4)
        await game.say("end")
        summary = await game.next_of("ended")
        assert summary == await game.next_of("round_ended")
        assert summary["round"] == 1
        assert summary["top_overall"]["viewer_name"] == "Panda"
        assert summary["team_tops"]["enemy"] is None
        assert {"event_type": "skill1", "count": 4} in summary["event_totals"]
        await game.say("start")
        await audience.sees("in_game")
        await audience.fire(1)
        await game.receives(6)
        assert game.triggers == [1, 2, 3, 4, 6]


async def test_a_game_that_restarts_between_rounds_keeps_its_room_and_its_viewers(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """The summary is not handed over twice, and the next round starts in the same room."""
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await game.say("end")
        await game.next_of("round_ended")
        await game.quit()
    async with played(executable, gateway.url, store) as again:
        room = await again.next_of("resumed")
        assert (room["room_id"], room["status"]) == (audience.room_id, "ended")
        await again.say("start")
        await audience.sees("in_game")
        await audience.fire(1)
        await again.receives(2)
        assert again.all_of("round_ended") == []


async def test_pause_resume_and_settings_reach_the_room(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)

        async def is_paused() -> bool:
            return (await audience.room()).paused

        async def is_titled() -> bool:
            return "花火" in (await audience.room()).settings

        await game.say("pause")
        await until(is_paused)
        await game.say("resume")
        await audience.fire(1)
        await game.say('settings {"title": "花火"}')
        await until(is_titled)
        assert not await is_paused()
        assert game.all_of("error") == []
