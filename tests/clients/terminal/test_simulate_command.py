"""`streamario simulate` against a real API service, with a real game that counts along."""

import asyncio
import math
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from io import StringIO

import httpx
import msgspec
import pytest

from clients.terminal import simulate_command
from clients.terminal.crowd import Crowd, CrowdPlan
from clients.terminal.http_client import ApiAddress, open_http_client
from clients.terminal.simulate_command import Simulation
from clients.terminal.terminal_io import Terminal
from clients.terminal.texts import simulate as texts
from shared.process.settings import Settings
from shared.wire.game_messages import (
    SUBPROTOCOL,
    Ack,
    GameEnd,
    GameEndSummary,
    GameEvent,
    GameStart,
    RoomCreated,
)
from shared.wire.rest_bodies import RoomStats
from tests.api_service.running import running
from tests.clients.terminal.programs import Program, on_terminal, program, saved_room
from tests.waiting import until
from tests.ws_gateway.game_end import connected
from tests.ws_gateway.gateways import running_gateway

AWAY = texts.AWAY.en


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings of services that drain at once."""
    return replace(settings, drain_delay=0)


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[None]:
    """Both services while the test runs."""
    async with running_gateway(settings), running(settings):
        yield


@asynccontextmanager
async def playing(settings: Settings, *arguments: str) -> AsyncIterator[Program]:
    """A game whose round has begun."""
    async with program(settings, "game", "--json", *arguments) as game:
        await game.says("Round 1 begins.")
        yield game


def account(report: str, name: str) -> str:
    """The report's line on one account."""
    found = re.search(rf"^  {name} +(\S.*)$", report, re.MULTILINE)
    assert found is not None, report
    return found[1].strip()


def number(text: str) -> int:
    """The number at the start of an account's line."""
    return int(text.split(maxsplit=1)[0].replace(",", ""))


async def test_a_crowd_presses_and_its_books_are_the_games(
    settings: Settings, services: None
) -> None:
    """Every press has an answer, and the triggers reported are those that the game received."""
    async with playing(settings) as game:
        crowd = ("--viewers", "20", "--rate", "10", "--duration", "0", "--batch-interval", "0.1")
        async with program(settings, "simulate", *crowd) as simulation:
            await simulation.says("triggers 1")
            assert await simulation.stop() == 0
            report = simulation.output.replace("\r", "")
        fired = number(account(report, "triggers"))
        events = await game.events(fired)
        await game.stop()
        assert "game_event" not in game.output
    sent = number(account(report, "presses sent"))
    assert sent >= fired > 0
    assert sent == number(account(report, "accepted")) + number(account(report, "rejected"))
    assert number(account(report, "unanswered")) == number(account(report, "errors")) == 0
    by_type = Counter(event.event_type for event in events)
    listed = " · ".join(f"{name} {count}" for name, count in sorted(by_type.items()))
    assert account(report, "triggers").split(maxsplit=1)[1] == listed
    assert re.fullmatch(
        r"p50 .* ms · p95 .* ms · p99 .* ms · max .* ms", account(report, "latency")
    )


async def test_only_the_named_buttons_are_pressed(settings: Settings, services: None) -> None:
    """With --buttons no other button is pressed; a button that the room lacks is named."""
    async with playing(settings) as game:
        some = ("--viewers", "5", "--rate", "20", "--duration", "1", "--buttons", "enemy1,skill2")
        async with program(settings, "simulate", *some) as simulation:
            assert await simulation.status() == 0
        fired = number(account(simulation.output, "triggers"))
        assert {event.event_type for event in await game.events(fired)} <= {"enemy1", "skill2"}
        async with program(settings, "simulate", "--buttons", "skill1,jump") as simulation:
            assert await simulation.status() == 2
            assert "the room has no button jump; it has skill1, skill2" in simulation.output


async def test_a_crowd_waits_for_the_game_and_stops_with_it(
    settings: Settings, services: None
) -> None:
    """A crowd joins, prints once that it waits for the round, and stops when the round is over."""
    async with on_terminal(settings, "game", "--no-start") as game:
        await game.says("q quit")
        endless = ("--viewers", "5", "--rate", "5", "--duration", "0", "--batch-interval", "0.05")
        async with program(settings, "simulate", *endless) as simulation:
            await simulation.says(
                "5 viewers have joined; waiting for the round. Ctrl-C gives up.\n"
            )
            game.press_key("s")
            await game.says("⚡")
            await game.end_round()
            assert await simulation.status() == 0
            assert "The round is over." in simulation.output
            assert "waiting for the round" not in simulation.output
            assert number(account(simulation.output, "unanswered")) == 0


async def test_a_crowd_that_comes_between_rounds_waits_for_the_next(
    settings: Settings, services: None
) -> None:
    """After a round's end nothing is pressed until the next begins."""
    async with on_terminal(settings, "game") as game:
        await game.says("e end")
        await game.end_round()
        await game.says("s next round")
        endless = ("--viewers", "3", "--rate", "5", "--duration", "0")
        async with program(settings, "simulate", *endless) as simulation:
            waiting = await simulation.says("3 viewers have joined; waiting for the round.")
            assert "sent" not in waiting
            game.press_key("s")
            await game.says("⚡")
            assert await simulation.stop() == 0
            assert number(account(simulation.output, "accepted")) > 0


async def test_a_crowd_does_not_wait_in_a_room_that_is_over(
    settings: Settings, services: None
) -> None:
    """Its game has the last summary, and has gone: no round begins there any more."""
    gateway = f"ws://127.0.0.1:{settings.unity_ws_port}/ws-unity"
    async with connected(gateway, subprotocols=[SUBPROTOCOL]) as game:
        room_id = (await game.next_of(RoomCreated)).room_id
        await game.say(GameStart())
        await game.say(GameEnd())
        summary = await game.next_of(GameEndSummary)
        await game.say(Ack(summary.epoch, summary.seq))
    async with program(settings, "simulate", "--room", room_id) as simulation:
        assert await simulation.status() == 2
        assert f"room {room_id} is over: no round begins there any more" in simulation.output


async def test_where_a_press_opens_the_round_a_crowd_presses_once_all_have_joined(
    settings: Settings, services: None
) -> None:
    """A game of the older system offers no subprotocol, and may never send game_start."""
    async with connected(f"ws://127.0.0.1:{settings.unity_ws_port}/ws-unity") as game:
        room = await game.next_of(RoomCreated)
        endless = ("--viewers", "5", "--rate", "10", "--duration", "0", "--room", room.room_id)
        async with program(settings, "simulate", *endless) as simulation:
            trigger = await game.next_of(GameEvent)
            assert await simulation.stop() == 0
    assert trigger.viewer_count == 5
    assert number(account(simulation.output, "accepted")) > 0


async def test_a_room_is_found_by_its_code(settings: Settings, services: None) -> None:
    """As the console shows it; whoever types it need not mind capitals."""
    api = httpx.AsyncClient(base_url=settings.api_url)
    async with api, connected(f"ws://127.0.0.1:{settings.unity_ws_port}/ws-unity") as game:
        room = await game.next_of(RoomCreated)
        code = (await api.get(f"/api/rooms/{room.room_id}")).json()["code"]
        some = ("--viewers", "5", "--rate", "10", "--duration", "0", "--room", code.lower())
        async with program(settings, "simulate", *some) as simulation:
            await game.next_of(GameEvent)
            assert await simulation.stop() == 0


async def test_ctrl_c_ends_the_pressing_and_still_prints_the_books(
    settings: Settings, services: None
) -> None:
    """An interrupted crowd waits for its last answers and prints the totals."""
    endless = ("simulate", "--duration", "0", "--rate", "5")
    async with playing(settings), on_terminal(settings, *endless) as crowd:
        await crowd.says("triggers 1")
        assert await crowd.stop() == 0
        assert "accepted" in crowd.output
        assert "p95" in crowd.output


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "no room in .*game.json: give --room with the code that the console shows"),
        (("--room", "K7PQ4M"), "there is no room K7PQ4M"),
        (("--room", "http://x/j/K7PQ4M"), "there is no room http://x/j/K7PQ4M"),
        (("--room", "01HZZZZZZZZZZZZZZZZZZZZZZZ"), "there is no room 01HZZZZZZZZZZZZZZZZZZZZZZZ"),
        (
            ("--room", "x", "--url", "http://127.0.0.1:1/at/"),
            r"no API service answers at http://127\.0\.0\.1:1/at \(Connection refused\)",
        ),
        (("--viewers", "0"), "'0' is not a whole number of 1 or more"),
        (("--rate", "nan"), "'nan' is not a number above 0"),
        (("--url", "localhost"), "does not begin with http:// or https://"),
    ],
)
async def test_what_cannot_be_simulated_is_one_line(
    settings: Settings, services: None, arguments: tuple[str, ...], line: str
) -> None:
    """If there is nothing to press, or an option is wrong, it prints one line."""
    async with program(settings, "simulate", *arguments) as simulation:
        assert await simulation.status() == 2
        assert re.search(line, simulation.output)
        assert "Traceback" not in simulation.output


async def test_a_batch_without_an_answer_is_repeated_and_counted_once(
    settings: Settings, services: None
) -> None:
    """If answers are lost, batches are repeated, and each press counts once."""
    async with playing(settings) as game, lossy_way(settings.port, every=7) as port:
        crowd = ("--viewers", "10", "--rate", "10", "--duration", "0", "--batch-interval", "0.05")
        url = f"http://127.0.0.1:{port}"
        async with program(settings, "simulate", "--url", url, *crowd) as simulation:
            await simulation.says("errors 1")
            assert await simulation.stop() == 0
            report = simulation.output
        assert number(account(report, "errors")) > 0
        assert " 0 of them duplicates" not in account(report, "answers")
        assert number(account(report, "unanswered")) == 0
        accepted = number(account(report, "accepted"))
        events = await game.events(await fired(settings))
        left = sum(stat.current_count for stat in (await stats(settings)).stats)
        assert accepted == sum(event.trigger_count for event in events) + left


async def test_presses_that_nobody_answers_are_told_and_fail_the_run(settings: Settings) -> None:
    """If the service is gone, the report has the presses without an answer, and the status is 1."""
    endless = ("--viewers", "3", "--rate", "20", "--duration", "0")
    async with (
        running_gateway(settings),
        playing(settings),
        running(settings) as stop_api,
        program(settings, "simulate", *endless) as simulation,
    ):
        await simulation.says("answers/s")
        stop_api.set()
        await simulation.says(AWAY)
        simulation.process.send_signal(signal.SIGINT)
        assert await simulation.stop(signal.SIGTERM) == 1
        assert number(account(simulation.output, "unanswered")) > 0


async def test_a_crowd_goes_on_after_the_server_was_away(settings: Settings) -> None:
    """While the server is away, the crowd prints so once; it then waits or presses as before."""
    endless = ("--viewers", "3", "--rate", "20", "--duration", "0")
    async with running_gateway(settings), on_terminal(settings, "game", "--no-start") as game:
        await game.says("q quit")
        async with program(settings, "simulate", *endless) as simulation:
            async with running(settings):
                await simulation.says("waiting for the round")
            await simulation.says(AWAY)
            async with running(settings):
                back = await simulation.says("waiting for the round")
                assert AWAY not in back
                game.press_key("s")
                await simulation.says("answers/s")
            await simulation.says(AWAY)
            async with running(settings):
                await simulation.says("answers/s")
                assert await simulation.stop() == 0
            assert number(account(simulation.output, "unanswered")) == 0


async def test_a_crowd_gives_a_server_up_that_stays_away(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It then prints why it ends, and its totals."""
    monkeypatch.setattr(simulate_command, "AWAY_AT_MOST", 1.5 * simulate_command.AWAY)
    printed = StringIO()
    simulation = Simulation(Terminal(printed), math.inf)
    async with (
        running_gateway(settings) as gateway,
        connected(gateway.url, subprotocols=[SUBPROTOCOL]) as game,
        open_http_client(ApiAddress.at(settings.api_url), 3) as client,
    ):
        room = await game.next_of(RoomCreated)
        plan = CrowdPlan(room.room_id, 3, rate=1, interval=None, arrival=0.1)
        crowd = Crowd(client, plan, simulation.tally)

        async def all_wait() -> bool:
            return crowd.is_waiting

        async with running(settings):
            simulating = asyncio.create_task(simulation.run(crowd))
            await until(all_wait)
        await simulating
        assert crowd.over == texts.AWAY_TOO_LONG
    said = printed.getvalue().splitlines()
    assert said.index(texts.AWAY_TOO_LONG.en) > said.index(AWAY)
    assert number(account(printed.getvalue(), "presses sent")) == 0


@asynccontextmanager
async def lossy_way(target: int, *, every: int) -> AsyncIterator[int]:
    """A proxy that breaks the connection instead of every n-th answer."""
    passed = 0
    writers: set[asyncio.StreamWriter] = set()

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal passed
        answers, asking = await asyncio.open_connection("127.0.0.1", target)
        writers.update((writer, asking))
        try:
            while request := await reader.read(65536):
                asking.write(request)
                answer = await answers.read(65536)
                passed += 1
                if passed % every == 0:
                    break
                writer.write(answer)
        except ConnectionError:
            pass
        finally:
            writer.close()
            asking.close()

    async with await asyncio.start_server(lead, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        for writer in writers:
            writer.close()


async def stats(settings: Settings) -> RoomStats:
    """The state of the buttons of the game's room."""
    async with open_http_client(ApiAddress.at(settings.api_url), 1) as asked:
        answer = await asked.get(f"/api/rooms/{saved_room(settings)}/stats")
    return msgspec.json.decode(answer.body, type=RoomStats)


async def fired(settings: Settings) -> int:
    """How many triggers that room has fired in its round."""
    return sum(stat.current_level for stat in (await stats(settings)).stats)
