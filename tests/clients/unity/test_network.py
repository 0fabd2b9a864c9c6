"""The client over a network that cuts, falls silent and drains: each trigger once, in order."""

import asyncio
from contextlib import suppress
from pathlib import Path

from tests.clients.unity.games import played
from tests.clients.unity.rooms import Audience, in_round
from tests.clients.unity.servers import open_room, serving
from tests.ws_gateway.faults import Link, link_to
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway


async def test_sockets_cut_in_the_middle_of_a_burst_lose_and_repeat_nothing(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with (
        link_to(gateway.port) as link,
        played(executable, server(link), store) as game,
    ):
        audience = await in_round(game, crowd)
        for burst in range(1, 4):
            firing = asyncio.create_task(audience.fire(30))
            await game.receives(30 * burst - 25)
            link.drop()
            await firing
            await game.next_of("resumed", burst)
        await game.receives(90)
        assert game.triggers == list(range(1, 91))
        assert game.all_of("gap") == []


async def test_a_gateway_that_goes_away_in_the_middle_of_a_burst_is_followed_to_the_next(
    executable: Path, redis_url: str, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """Without a drain: the `error` comes before the close, and the game gets the reason."""
    async with (
        running_gateway(gateway_settings(redis_url)) as first,
        link_to(first.port) as link,
        played(executable, server(link), store) as game,
    ):
        audience = await in_round(game, crowd)
        firing = asyncio.create_task(fire_on(audience, 100))
        await game.receives(5)
        link.target = gateway.port
        first.stop.set()
        why = await game.state("Waiting")
        assert (why["code"], why["close_code"]) == ("going_away", 1001)
        await firing
        await game.receives(100)
        assert game.triggers == list(range(1, 101))


async def test_a_drained_gateways_game_moves_on_without_an_outage(
    executable: Path, redis_url: str, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """The client opens the next socket first, and stays Connected all the time."""
    async with running_gateway(gateway_settings(redis_url, drain_delay=0.3)) as first:
        async with (
            link_to(first.port) as link,
            played(executable, server(link), store) as game,
        ):
            audience = await in_round(game, crowd)
            firing = asyncio.create_task(fire_on(audience, 100))
            await game.receives(5)
            link.target = gateway.port
            first.stop.set()
            await game.next_of("resumed")
            await firing
            await game.receives(100)
            assert game.triggers == list(range(1, 101))
            assert game.states == ["Connecting", "Connected"]
            assert game.all_of("gap") == game.all_of("error") == []
        await first.task


async def test_a_network_that_falls_silent_is_noticed_and_left(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """Nothing closes or fails; messages just do not arrive."""
    async with (
        link_to(gateway.port) as link,
        played(executable, server(link), store, "impatient") as game,
    ):
        audience = await in_round(game, crowd)
        await audience.fire(2)
        await game.receives(2)
        link.cut()
        await audience.fire(2)
        why = await game.state("Waiting")
        assert why["code"] == "silent"
        await game.receives(4)
        assert game.triggers == [1, 2, 3, 4]


async def test_a_close_that_is_never_answered_ends_by_itself_while_the_main_loop_stands_still(
    executable: Path, store: Path
) -> None:
    """As when an object is destroyed with its scene: no more Tick, and the network is dead."""
    over = asyncio.Event()

    async def fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_room(reader, writer)
        with suppress(OSError):
            await reader.read()
        over.set()

    async with serving(fall_silent) as url, played(executable, url, store) as game:
        await game.next_of("opened")
        await game.say("close")
        await game.say("stall 600000")
        await over.wait()
        assert game.states[-1] == "Closing"


def server(link: Link) -> str:
    """The gateway behind a link."""
    return f"ws://127.0.0.1:{link.port}"


async def fire_on(audience: Audience, triggers: int) -> None:
    """Fire one trigger after the other."""
    for _ in range(triggers):
        await audience.fire(1)
