"""What a game answers, through the real gateway: viewers see it, and presses come back."""

from __future__ import annotations

import time
from pathlib import Path

from shared.wire.parts import Stat
from shared.wire.room_settings import DEFAULT_BUTTONS, Button, RoomSettings
from shared.wire.viewer_messages import Effect
from tests.clients.unity.games import played
from tests.clients.unity.rooms import Audience, in_round
from tests.waiting import until
from tests.ws_gateway.faults import link_to
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway
from tests.ws_gateway.viewer_end import watching

FIVE = RoomSettings(
    buttons=(
        Button(event_type="skill1", team="skill", base=5, min=5, max=5),
        *DEFAULT_BUTTONS[1:],
    )
)


async def button(crowd: Crowd, audience: Audience) -> Stat:
    """The first button's state."""
    return (await crowd.engine.stats(audience.room_id)).by_type["skill1"]


async def counts(crowd: Crowd, audience: Audience, count: int) -> None:
    """Wait until the first button has this many presses."""

    async def has_them() -> bool:
        return (await button(crowd, audience)).current_count == count

    await until(has_them)


async def usable(crowd: Crowd, audience: Audience, *, so: bool) -> None:
    """Wait until the game can use the first button, or cannot."""

    async def is_so() -> bool:
        return (await button(crowd, audience)).available is so

    await until(is_so)


async def fires_at_five(crowd: Crowd, audience: Audience) -> None:
    """Let five presses fire a trigger."""
    await crowd.engine.change_settings(audience.room_id, lambda _: FIVE)
    await crowd.press(audience.room_id, 5, name="Mika")


async def test_viewers_see_that_an_effect_lasts_and_that_it_is_done(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        async with watching(gateway, audience.room_id) as (viewer, _):
            await audience.fire(1)
            await game.receives(1)
            await game.say("lasting 600")
            lasting = await viewer.next_of(Effect)
            assert (lasting.seq, lasting.status) == (1, "started")
            assert lasting.ends_at is not None
            assert 0 < lasting.ends_at / 1000 - time.time() <= 600
            await game.say("done")
            done = await viewer.next_of(Effect)
            assert (done.seq, done.status, done.ends_at) == (1, "done", None)
        assert game.all_of("error") == []


async def test_presses_of_a_trigger_that_failed_come_back_once(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """Viewers read the reason. Said again, or followed by Done, it changes nothing."""
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        async with watching(gateway, audience.room_id) as (viewer, _):
            await fires_at_five(crowd, audience)
            await game.receives(1)
            await game.say("failed 敵を置けません。")
            failed = await viewer.next_of(Effect)
            assert (failed.status, failed.reason) == ("failed", "敵を置けません。")
            assert failed.viewer_name == "Mika"
        await counts(crowd, audience, 5)
        await game.say("failed 敵を置けません。")
        await game.say("done")
        await game.say("unavailable skill1 Later.")  # commands are carried out in order

        await usable(crowd, audience, so=False)
        assert (await button(crowd, audience)).current_count == 5
        assert game.all_of("error") == []


async def test_an_answer_after_a_cut_is_said_on_the_other_gateway(
    executable: Path, redis_url: str, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """What was sent into the cut is lost; the game says it again."""
    async with (
        running_gateway(gateway_settings(redis_url)) as other,
        link_to(gateway.port) as link,
        played(executable, f"ws://127.0.0.1:{link.port}", store, "impatient") as game,
    ):
        audience = await in_round(game, crowd)
        await fires_at_five(crowd, audience)
        await game.receives(1)
        link.cut()
        link.target = other.port
        await game.say("failed The door is shut.")
        await game.say("unavailable skill1 The door is shut.")
        await counts(crowd, audience, 5)

        await usable(crowd, audience, so=False)
        assert game.states.count("Waiting") == 1
        await game.say("available skill1")
        await usable(crowd, audience, so=True)
        await crowd.press(audience.room_id, 1)
        await game.receives(2)
        await counts(crowd, audience, 1)


async def test_a_pause_may_end_with_the_counts_thrown_away(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await crowd.engine.change_settings(audience.room_id, lambda _: FIVE)

        async def is_paused() -> bool:
            return (await audience.room()).paused

        await game.say("pause")
        await until(is_paused)
        await crowd.press(audience.room_id, 5)
        await counts(crowd, audience, 5)
        await game.say("resume-discard")
        await counts(crowd, audience, 0)
        assert not await is_paused()
        await crowd.press(audience.room_id, 5)
        await game.receives(1)
        assert game.triggers == [1]


async def test_an_answer_that_nobody_expects_is_a_notice(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await game.say("unavailable skill99 Nowhere.")
        assert await game.next_of("error") == "unknown_event_type"
        await audience.fire(1)
        await game.receives(1)
        assert game.states == ["Connecting", "Connected"]
