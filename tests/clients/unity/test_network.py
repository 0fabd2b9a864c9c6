"""The client over a network that cuts, falls silent and drains: each trigger once, in order."""

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path

from tests.clients.unity.games import played
from tests.clients.unity.rooms import Audience, in_round
from tests.clients.unity.servers import open_room, serving
from tests.waiting import until
from tests.ws_gateway.faults import Link, link_to
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway

PINGS = 5  # of a game that pings when it has heard nothing for two fifths of its patience


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


async def test_a_game_that_was_replaced_stops_and_does_not_fight(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with played(executable, gateway.url, store) as old:
        audience = await in_round(old, crowd)
        await audience.fire(2)
        await old.receives(2)
        copied = store.with_name("copy.json")
        shutil.copy(store, copied)
        async with played(executable, gateway.url, copied) as new:
            await new.next_of("resumed")
            await old.next_of("replaced")
            why = await old.state("Replaced")
            assert (why["code"], why["close_code"]) == ("replaced", 4001)
            await audience.fire(3)
            await new.receives(5)
            assert old.triggers == [1, 2]
            assert old.states[-1] == "Replaced"
            assert new.states == ["Connecting", "Connected"]


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


async def test_a_quiet_socket_is_kept_alive_by_pings(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """A game stays connected for twice its short GiveUpAfter, because its pings are answered."""
    async with (
        link_to(gateway.port) as link,
        played(executable, server(link), store, "impatient") as game,
    ):
        await in_round(game, crowd)
        before = link.carried

        async def has_pinged_often() -> bool:
            return link.carried >= before + 2 * PINGS

        await until(has_pinged_often)
        assert game.states == ["Connecting", "Connected"]


async def test_a_silence_is_noticed_and_the_game_comes_back(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """A dead network reports no error."""
    async with (
        link_to(gateway.port) as link,
        played(executable, server(link), store, "impatient") as game,
    ):
        audience = await in_round(game, crowd)
        link.flows.clear()
        await game.state("Waiting")
        link.flows.set()
        await game.state("Connected", 2)
        await audience.fire(1)
        await game.receives(1)
        assert game.triggers == [1]


async def test_a_main_loop_that_stands_still_does_not_cost_the_connection(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    """A scene loads for much longer than GiveUpAfter; triggers wait."""
    async with played(executable, gateway.url, store, "impatient") as game:
        audience = await in_round(game, crowd)
        await audience.fire(1)
        await game.receives(1)
        await game.say("stall 6000")
        await audience.fire(20)
        await game.receives(21)
        assert game.triggers == list(range(1, 22))
        assert game.states == ["Connecting", "Connected"]


async def test_a_round_that_is_ended_while_the_network_is_away_ends_when_it_is_back(
    executable: Path, gateway: Running, crowd: Crowd, store: Path
) -> None:
    async with (
        link_to(gateway.port) as link,
        played(executable, server(link), store) as game,
    ):
        audience = await in_round(game, crowd)
        link.target = 9  # nobody listens there
        link.drop()
        await game.state("Waiting")
        await game.say("end")
        link.target = gateway.port
        summary = await game.next_of("round_ended")
        assert summary["round"] == 1
        await audience.sees("ended")


async def test_a_gateway_that_is_not_there_yet_is_waited_for(
    executable: Path, redis_url: str, store: Path
) -> None:
    settings = gateway_settings(redis_url)
    url = f"ws://127.0.0.1:{settings.unity_ws_port}"
    async with played(executable, url, store) as game:
        why = await game.state("Waiting")
        assert (why["code"], why["close_code"]) == ("lost", 1006)
        async with running_gateway(settings):
            await game.next_of("opened")


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
