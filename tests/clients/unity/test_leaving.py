"""A game closes, leaves its room, or switches to another one."""

from __future__ import annotations

from pathlib import Path

from shared.wire.error_codes import ROOM_OVER
from shared.wire.refusal import Refused
from tests.clients.unity.games import played
from tests.clients.unity.rooms import Audience, in_round, saved_in
from tests.waiting import until
from tests.ws_gateway.gateways import Crowd, Running


async def test_a_close_does_not_overtake_what_was_said_before(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """After `end` and `quit` at once the round has ended, and the next run gets its summary."""
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await game.say("end")
        await game.quit()
        await audience.sees("ended")
    async with played(executable, gateway.url, store) as again:
        assert (await again.next_of("round_ended"))["round"] == 1


async def test_a_room_that_was_left_is_over(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await game.say("end")
        await game.next_of("round_ended")
        await game.say("leave")
        await game.state("Closed")
        await audience.sees_game(connected=False)
        assert not store.exists()
        await game.say("open")
        assert (await game.next_of("opened", 2))["room_id"] != audience.room_id


async def test_a_room_that_was_opened_ahead_takes_the_game_in(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    ahead = await crowd.open_room()
    async with played(executable, gateway.url, store, opened=False) as game:
        await game.say(f"join {ahead.room_id} {ahead.room_token}")
        room = await game.next_of("resumed")
        assert (room["room_id"], room["status"]) == (ahead.room_id, "active")
        await game.say("start")
        audience = Audience(crowd, ahead.room_id)
        await audience.sees("in_game")
        await audience.fire(2)
        await game.receives(2)
        assert game.triggers == [1, 2]


async def test_a_game_that_leaves_and_opens_in_one_breath_has_left_for_good(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """The last acknowledgement arrives, although the game opens the next room at once."""
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await game.say("end")
        await game.next_of("round_ended")
        await game.say("leave-and-open")

        async def is_over() -> bool:
            try:
                await crowd.engine.admit(audience.room_id)
            except Refused as refused:
                return refused.kind is ROOM_OVER
            return False

        await until(is_over)
        assert (await game.next_of("opened", 2))["room_id"] != audience.room_id


async def test_a_game_that_goes_to_another_room_gets_only_that_rooms_triggers(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    ahead = await crowd.open_room()
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await audience.fire(2)
        await game.receives(2)
        await game.say(f"join {ahead.room_id} {ahead.room_token}")
        await game.next_of("resumed")
        await audience.sees_game(connected=False)
        await audience.fire(3)
        await game.say("start")
        other = Audience(crowd, ahead.room_id)
        await other.sees("in_game")
        await other.fire(4)
        await game.receives(4)
        rooms = [trigger["room_id"] for trigger in game.all_of("trigger")]
        assert rooms == [audience.room_id] * 2 + [ahead.room_id] * 4
        await game.quit()
    assert saved_in(store).room_id == ahead.room_id


async def test_a_progress_that_was_not_written_costs_nothing_that_was_acknowledged(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """The store has an older position than the room: the room's position counts."""
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        written = store.read_bytes()
        await audience.fire(60)
        await game.receives(60)
        await game.quit()
    store.write_bytes(written)
    async with played(executable, gateway.url, store) as again:
        await audience.fire(2)
        await again.receives(62)
        assert again.triggers == [61, 62]
