"""A game of the Unity package through a real gateway; each promise by itself is in `behaviour/`."""

import time
from pathlib import Path

from shared.wire.viewer_messages import Effect
from tests.clients.unity.games import played
from tests.clients.unity.rooms import in_round, saved_in
from tests.waiting import until
from tests.ws_gateway.game_end import resumed
from tests.ws_gateway.gateways import Crowd, gateway_settings, running_gateway
from tests.ws_gateway.viewer_end import watching


async def test_a_game_plays_two_rounds_in_two_runs(
    executable: Path, redis_url: str, crowd: Crowd, store: Path
) -> None:
    """Its handlers refuse to be called on another thread than the main one."""
    async with running_gateway(gateway_settings(redis_url, game_keys=("right",))) as gateway:
        async with played(executable, gateway.url, store, "key=wrong") as refused:
            why = await refused.state("Refused")
            assert (why["code"], why["http_status"]) == ("invalid_game_key", 403)
        async with played(executable, gateway.url, store, "key=right") as game:
            audience = await in_round(game, crowd)
            await game.say("pause")
            await game.say("resume")
            await game.say('settings {"title": "花火"}')

            async def is_titled() -> bool:
                room = await audience.room()
                return "花火" in room.settings and not room.paused

            await until(is_titled)
            async with watching(gateway, audience.room_id) as (viewer, _):
                await crowd.fire(audience.room_id, 45, name="Panda")
                await game.receives(45)
                await game.say("lasting 30")
                await game.say("failed 敵を置けません。")
                lasting, failed = [await viewer.next_of(Effect) for _ in range(2)]
            assert (lasting.seq, lasting.status, failed.status) == (45, "started", "failed")
            assert lasting.ends_at is not None
            assert failed.reason == "敵を置けません。"
            first = await game.next_of("trigger")
            assert (first["event_type"], first["trigger_count"]) == ("skill1", 1)
            assert abs(first["fired_at"] / 1000 - time.time()) < 600
            await game.quit()
        assert game.triggers == list(range(1, 46))
        assert game.states == ["Connecting", "Connected", "Closing", "Closed"]
        await audience.sees_game(connected=False)
        async with resumed(gateway.url, saved_in(store).as_created()) as (_, ready):
            assert (ready.seq, ready.replayed) == (45, 0)
        await audience.fire(2)  # and again the press that came back
        async with played(executable, gateway.url, store, "key=right") as again:
            room = await again.next_of("resumed")
            assert (room["room_id"], room["status"]) == (audience.room_id, "in_game")
            await again.receives(48)
            assert again.triggers == [46, 47, 48]
            await again.say("end")
            summary = await again.next_of("ended")
            assert summary == await again.next_of("round_ended")
            assert summary["round"] == 1
            assert summary["top_overall"]["viewer_name"] == "Panda"
            assert summary["team_tops"]["enemy"] is None
            await again.say("start")
            await audience.sees("in_game")
            await audience.fire(1)
            await again.receives(50)
            await again.say("end")  # what was said before a close comes before it
            await again.quit()
            await audience.sees("ended")
        assert game.all_of("error") == again.all_of("error") == []
