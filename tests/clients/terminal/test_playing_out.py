"""`streamario game` plays its triggers out: viewers see effects, failures and "not now"."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from clients.terminal.game_command import arguments_parser
from shared.process.settings import Settings
from shared.wire.game_messages import RoomCreated
from shared.wire.parts import Stat
from shared.wire.room_settings import DEFAULT_BUTTONS, Button, RoomSettings
from shared.wire.viewer_messages import Effect
from tests.batches import state_of
from tests.clients.terminal.programs import Program, on_terminal, program, saved_room
from tests.waiting import until
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway
from tests.ws_gateway.viewer_end import watching

FIVE = RoomSettings(
    buttons=(
        Button(event_type="skill1", team="skill", base=5, min=5, max=5),
        *DEFAULT_BUTTONS[1:],
    )
)


@pytest.fixture
def settings(redis_url: str, tmp_path: Path) -> Settings:
    """A gateway's settings, and the game's."""
    return gateway_settings(redis_url, data_dir=tmp_path)


@pytest.fixture
async def gateway(settings: Settings) -> AsyncIterator[Running]:
    """A gateway while the test runs."""
    async with running_gateway(settings) as running:
        yield running


async def button(crowd: Crowd, room_id: str) -> Stat:
    """The first button's state."""
    return state_of("skill1", await crowd.engine.stats(room_id))


async def in_round(game: Program, settings: Settings, crowd: Crowd) -> str:
    """The room of a game on a terminal, in which five presses fire a trigger."""
    await game.says("p pause")
    room_id = saved_room(settings)
    await crowd.engine.change_settings(room_id, lambda _: FIVE)
    return room_id


async def test_an_effect_lasts_a_moment_and_is_done(
    settings: Settings, gateway: Running, crowd: Crowd
) -> None:
    """A script that reads its output gets the server's messages, as before."""
    async with program(settings, "game", "--json", "--lasts", "0.3") as game:
        room = await game.message()
        assert isinstance(room, RoomCreated)
        await game.says("Round 1 begins.\n")
        await crowd.ease(room.room_id)
        async with watching(gateway, room.room_id) as (page, _):
            await crowd.fire(room.room_id, 2)
            effects = [await page.next_of(Effect) for _ in range(4)]
        assert [(effect.seq, effect.status) for effect in effects] == [
            (1, "started"),
            (2, "started"),
            (1, "done"),
            (2, "done"),
        ]
        assert effects[0].ends_at is not None
        assert effects[0].ends_at / 1000 < time.time() + 0.3
        assert [event.seq for event in await game.events(2)] == [1, 2]
        await crowd.fire(room.room_id, 1)
        await game.events(1)
        await game.stop()
        assert '"pong"' not in game.output


async def test_effects_may_be_done_at_once(
    settings: Settings, gateway: Running, crowd: Crowd
) -> None:
    async with program(settings, "game", "--json", "--lasts", "0") as game:
        room = await game.message()
        assert isinstance(room, RoomCreated)
        await game.says("Round 1 begins.\n")
        await crowd.ease(room.room_id)
        async with watching(gateway, room.room_id) as (page, _):
            await crowd.fire(room.room_id, 1)
            assert (await page.next_of(Effect)).status == "done"


async def test_a_person_lets_a_trigger_fail(
    settings: Settings, gateway: Running, crowd: Crowd
) -> None:
    """Its presses go back; the one after it is carried out."""
    async with on_terminal(settings, "game", LANG="ja_JP.UTF-8") as game:
        await game.says("p 一時停止")
        room_id = saved_room(settings)
        await crowd.engine.change_settings(room_id, lambda _: FIVE)
        game.press_key("f")
        await game.says("次のトリガーは失敗します。")
        async with watching(gateway, room_id) as (page, _):
            await crowd.press(room_id, 5)
            await game.says("skill1 #1 は失敗しました。")
            failed = await page.next_of(Effect)
            assert (failed.status, failed.reason) == ("failed", "ゲームは今これを実行できません。")
            assert (await button(crowd, room_id)).current_count == 5
            await crowd.press(room_id, 1)
            assert (await page.next_of(Effect)).status == "started"


async def test_a_person_says_not_now_of_a_button_and_takes_it_back(
    settings: Settings, gateway: Running, crowd: Crowd
) -> None:
    async with on_terminal(settings, "game") as game:
        room_id = await in_round(game, settings, crowd)

        async def is_available() -> bool:
            return (await button(crowd, room_id)).available

        async def is_unavailable() -> bool:
            return not await is_available()

        game.press_key("n")
        await game.says("none has come yet.")
        await crowd.press(room_id, 5)
        await game.says("presses  #1 ")
        game.press_key("n")
        await game.says("skill1 cannot be used now.")
        await until(is_unavailable)
        assert (await button(crowd, room_id)).reason == "The game cannot do this now."
        game.press_key("n")
        await game.says("skill1 can be used again.")
        await until(is_available)


async def test_a_person_resumes_without_the_presses_of_the_pause(
    settings: Settings, gateway: Running, crowd: Crowd
) -> None:
    async with on_terminal(settings, "game") as game:
        room_id = await in_round(game, settings, crowd)

        async def is_empty() -> bool:
            return (await button(crowd, room_id)).current_count == 0

        async def is_paused() -> bool:
            return (await crowd.engine.describe(room_id)).paused

        game.press_key("p")
        await game.says("round 1, paused")
        await until(is_paused)
        await crowd.press(room_id, 5)
        game.press_key("?")
        await game.says("d resume, without the presses so far")
        game.press_key("d")
        await game.says("round 1 ·")
        await until(is_empty)
        await crowd.press(room_id, 5)
        await game.says("presses  #1 ")


@pytest.mark.parametrize("seconds", ["0.05", "-1", "3601", "nan", "long"])
def test_a_duration_out_of_bounds_is_refused(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        arguments_parser("en").parse_args(["--lasts", seconds])
    assert "--lasts" in capsys.readouterr().err
