"""Calls that a game awaits, typed settings and the round's changes, through the real gateway."""

from pathlib import Path
from typing import Any

import pytest

from shared.identity.tokens import Signer
from shared.wire.room_settings import decode
from tests.clients.unity.games import UnityGame, played
from tests.clients.unity.rooms import Audience, in_round, save_room, saved_in
from tests.conftest import free_ports
from tests.waiting import until
from tests.ws_gateway.faults import link_to
from tests.ws_gateway.gateways import SECRET, Crowd, Running, gateway_settings, running_gateway


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


async def test_a_start_is_awaited_over_a_lost_connection(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with (
        link_to(gateway.port) as link,
        played(executable, f"ws://127.0.0.1:{link.port}/ws-unity", store, opened=False) as game,
    ):
        await game.say("await-open")
        await ended(game)
        link.drop()
        await game.state("Waiting")
        await game.say("await-start")
        assert await ended(game, 2) == "1"
        await game.state("Connected", 2)
        await Audience(crowd, saved_in(store).room_id).sees("in_game")


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


@pytest.mark.parametrize("is_kept", [False, True], ids=["new", "resumed"])
async def test_a_refused_game_is_told_why(
    executable: Path, redis_url: str, store: Path, *, is_kept: bool
) -> None:
    settings = gateway_settings(redis_url, game_keys=("right",))
    async with running_gateway(settings) as gateway:
        if is_kept:
            save_room(store, gateway.url, Signer([SECRET]).room_token)
        async with played(
            executable, gateway.url, store, "same-room", "key=wrong", opened=False
        ) as game:
            await game.say("await-open")
            why = "room_not_found" if is_kept else "invalid_game_key"
            assert await ended(game) == f"refused {why}"


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


async def test_refused_settings_are_told_with_their_fields(
    executable: Path, gateway: Running, store: Path
) -> None:
    async with played(executable, gateway.url, store) as game:
        await game.next_of("opened")
        await game.say("pace 601")
        assert await game.next_of("error") == "invalid_settings"
        assert "triggers_per_minute: " in await game.next_of("sentence")
        await game.say("button 0")
        assert "buttons[0].base: " in await game.next_of("sentence", 2)


async def test_a_game_follows_what_the_streamer_does_to_its_round(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store) as game:
        audience = await in_round(game, crowd)
        await crowd.engine.pause(audience.room_id, None, paused=True)
        await until(lambda: changed(game, status="in_game", paused=True))
        await crowd.engine.finish(audience.room_id, None)
        await game.next_of("round_ended")
        await crowd.engine.start(audience.room_id, None)
        assert await game.next_of("round_started", 2) == 2
        await until(lambda: changed(game, status="in_game", round=2, paused=False))


async def changed(game: UnityGame, **fields: object) -> bool:
    """Whether the game was told of such a round."""
    return any(fields.items() <= now.items() for now in game.all_of("round_changed"))
