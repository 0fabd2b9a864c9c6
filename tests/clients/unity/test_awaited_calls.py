"""Calls that a game awaits, typed settings and the round's changes, through the real gateway."""

from pathlib import Path
from typing import Any

from shared.wire.room_settings import decode
from tests.clients.unity.games import UnityGame, played
from tests.clients.unity.rooms import in_round, saved_in
from tests.conftest import free_ports
from tests.waiting import until
from tests.ws_gateway.faults import link_to
from tests.ws_gateway.gateways import Crowd, Running


async def ended(game: UnityGame, number: int = 1) -> Any:
    """How the first (second, …) awaited call ended: it always goes on in Tick, on its thread."""
    call = await game.next_of("awaited", number)
    assert call["thread"] == "main"
    return call["result"]


async def test_a_game_awaits_its_room_its_round_and_its_summary(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store, opened=False) as game:
        await game.say("await-open")
        opened = await ended(game)
        room_id = saved_in(store).room_id
        assert opened == f"{room_id} True"
        await game.say("await-start")
        assert await ended(game, 2) == "1"
        assert (await crowd.engine.describe(room_id)).status == "in_game"
        assert await game.next_of("round_started") == 1
        await game.say("await-end")
        assert await ended(game, 3) == "round 1"
        await game.quit()
        assert game.all_of("error") == []
    async with played(executable, gateway.url, store, opened=False) as again:
        await again.say("await-open")
        assert await ended(again) == f"{room_id} False"


async def test_rounds_are_awaited_however_often_the_connection_is_lost(
    executable: Path, gateway: Running, store: Path
) -> None:
    """Whether the command or its confirmation was lost: no round is opened or ended twice."""
    async with (
        link_to(gateway.port) as link,
        played(executable, f"ws://127.0.0.1:{link.port}/ws-unity", store) as game,
    ):
        await game.next_of("opened")
        for round_ in (1, 2):
            await game.say("await-start")
            link.drop()
            assert await ended(game, 2 * round_ - 1) == str(round_)
            await game.say("await-end")
            link.drop()
            assert await ended(game, 2 * round_) == f"round {round_}"
        assert game.all_of("round_started") == [1, 2]


async def test_an_opening_that_another_thread_cancels_ends_on_the_games_thread(
    executable: Path, store: Path
) -> None:
    (nobody,) = free_ports(1)
    async with played(executable, f"ws://127.0.0.1:{nobody}", store, opened=False) as game:
        await game.say("await-open")
        await game.state("Waiting")
        await game.say("cancel")
        assert await ended(game) == "cancelled"
        await game.state("Closed")


async def test_settings_that_are_set_change_and_the_others_stay(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        before = decode((await audience.room()).settings)
        await game.say('title 花火 "1"')
        await game.say("pace 90")
        await game.say("button 2")

        async def has_button() -> bool:
            return len(decode((await audience.room()).settings).buttons) == 1

        await until(has_button)
        now = decode((await audience.room()).settings)
        assert (now.title, now.triggers_per_minute) == ('花火 "1"', 90)
        assert (now.multipliers, now.show_names) == (before.multipliers, before.show_names)
        (button,) = now.buttons
        assert (button.event_type, button.base, button.min, button.max) == ("jump", 2, 2, 2)
        assert button.labels[0].text == "Jump"
        assert game.all_of("error") == []
