"""`streamario game` against real gateways: its output for people and for scripts."""

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from clients.python import GatewayAddress, SavedRoom
from clients.terminal.game_command import GameOptions, StandIn
from clients.terminal.game_screen import Screen
from clients.terminal.room_file import write_room
from clients.terminal.terminal_io import Terminal
from shared.engine.refusals import Conflict
from shared.process.settings import Settings
from shared.wire.game_messages import (
    EventTotal,
    GameEndSummary,
    GameEvent,
    Gap,
    RoomCreated,
    RoomReady,
    TeamTops,
    ViewerCountUpdate,
)
from shared.wire.parts import Top
from tests.clients.terminal.programs import Program, on_terminal, program, saved_room
from tests.waiting import until
from tests.ws_gateway.gateways import (
    EVERY_PRESS,
    Crowd,
    gateway_settings,
    running_gateway,
)

GONE = SavedRoom("01HZZZZZZZZZZZZZZZZZZZZZZZ", "1.x", epoch=1, last_seq=9)


@pytest.fixture
def settings(redis_url: str, tmp_path: Path) -> Settings:
    """A gateway's settings, and the game's."""
    return gateway_settings(redis_url, data_dir=tmp_path)


@pytest.fixture
async def gateway(settings: Settings) -> AsyncIterator[None]:
    """A gateway while the test runs."""
    async with running_gateway(settings):
        yield


async def opened(game: Program, crowd: Crowd) -> str:
    """The id of the room of a game that prints JSON, after it has started its round."""
    room = await game.message()
    assert isinstance(room, RoomCreated)
    await game.says("Round 1 begins.\n")
    await crowd.ease(room.room_id)
    return room.room_id


async def end_when_due(crowd: Crowd, room_id: str) -> None:
    """Let the round's time run out, and end it as the API does."""

    async def has_ended() -> bool:
        with suppress(Conflict):
            await crowd.engine.finish(room_id, 0, only_if="due")
            return True
        return False

    limited = msgspec.structs.replace(EVERY_PRESS, round_limit_s=1)
    await crowd.engine.change_settings(room_id, lambda _: limited)
    await until(has_ended)


async def test_a_game_opens_a_room_starts_a_round_and_prints_its_triggers(
    settings: Settings, gateway: None, crowd: Crowd
) -> None:
    """A game opens a room, prints the viewers' page, starts a round, and prints each trigger."""
    async with program(settings, "game") as game:
        await game.says("Viewers press at http://127.0.0.1")
        await game.says("Round 1 begins.")
        await crowd.ease(saved_room(settings))
        await crowd.press(saved_room(settings), 1, name="りす")
        line = await game.says("りす\n")
        assert "⚡ skill1     1 presses  #1 " in line
        assert " ms  りす" in line
        assert await game.stop() == 0
        assert "goes on with this room" in game.output


async def test_what_is_applied_is_acknowledged_and_saved(
    settings: Settings, gateway: None, crowd: Crowd
) -> None:
    """After it has stopped, all printed messages are saved and acked; the file is private."""
    async with program(settings, "game", "--json") as game:
        room_id = await opened(game, crowd)
        await crowd.fire(room_id, 5)
        await game.events(5)
        await game.stop()
    state = settings.data_dir / "game.json"
    assert state.stat().st_mode & 0o777 == 0o600
    assert '"last_seq": 5' in state.read_text()
    held = await crowd.engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
    assert held.start == 5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_a_restarted_game_gets_exactly_what_it_missed(
    settings: Settings, gateway: None, crowd: Crowd, number: signal.Signals
) -> None:
    """A game that ended in any way gets, after a restart, what it missed, once and in order."""

    async def has_saved() -> bool:
        return '"last_seq": 3' in (settings.data_dir / "game.json").read_text()

    async with program(settings, "game", "--json") as game:
        room_id = await opened(game, crowd)
        await crowd.fire(room_id, 3)
        await game.events(3)
        # Killed between the line and the file, it would rightly print the last one again.
        await until(has_saved)
        await game.stop(number)
    await crowd.fire(room_id, 4)
    async with program(settings, "game", "--json") as game:
        room = await game.message()
        assert isinstance(room, RoomReady)
        assert (room.room_id, room.replayed, room.recovered) == (room_id, 4, True)
        missed = await game.events(4)
        assert [(event.seq, event.replayed) for event in missed] == [
            (seq, True) for seq in (4, 5, 6, 7)
        ]


async def test_a_game_outlives_its_gateway(settings: Settings, crowd: Crowd) -> None:
    """A game prints once that its gateway is away, reconnects, and misses nothing."""
    async with program(settings, "game", "--json") as game:
        await game.says("trying until it is back.\n")
        async with running_gateway(settings):
            room_id = await opened(game, crowd)
            await crowd.fire(room_id, 2)
            assert [event.seq for event in await game.events(2)] == [1, 2]
        await crowd.fire(room_id, 2)
        async with running_gateway(settings):
            assert [event.seq for event in await game.events(2)] == [3, 4]


async def test_a_game_whose_room_is_taken_over_stops(
    settings: Settings, gateway: None, crowd: Crowd, tmp_path: Path
) -> None:
    """The newest game owns the room: the older one prints that and stops."""
    async with program(settings, "game", "--json") as first:
        await opened(first, crowd)
        other = tmp_path / "other.json"
        shutil.copy(settings.data_dir / "game.json", other)
        async with program(settings, "game", "--json", "--state", str(other)) as second:
            assert isinstance(await second.message(), RoomReady)
            assert await first.status() == 1
            assert "Another game or window took over this room." in first.output
            assert await second.stop() == 0


async def test_a_rooms_token_goes_to_no_other_gateway(settings: Settings, gateway: None) -> None:
    """The room of another server's gateway is not asked for: a new one is opened."""
    write_room(
        settings.data_dir / "game.json", msgspec.structs.replace(GONE, gateway="ws://other.example")
    )
    async with program(settings, "game") as game:
        assert GONE.room_id not in await game.says("is open.")


async def test_a_room_of_an_earlier_run_that_is_gone_is_replaced(
    settings: Settings, gateway: None, tmp_path: Path
) -> None:
    """If the room of an earlier run is gone, a game prints that and opens a new one."""
    write_room(
        settings.data_dir / "game.json", msgspec.structs.replace(GONE, gateway=settings.ws_url)
    )
    async with program(settings, "game") as game:
        said = await game.says("is open.")
        assert "Room 01HZZZZZZZZZZZZZZZZZZZZZZZ: " in said
        assert "Opening a new one." in said


async def test_new_opens_another_room(settings: Settings, gateway: None, crowd: Crowd) -> None:
    """With --new a game does not touch the room of an earlier run."""
    async with program(settings, "game", "--json") as game:
        room_id = await opened(game, crowd)
    async with program(settings, "game", "--json", "--new", "--no-start") as game:
        room = await game.message()
        assert isinstance(room, RoomCreated)
        assert room.room_id != room_id


async def test_a_game_without_its_key_stops_with_a_line(redis_url: str, tmp_path: Path) -> None:
    """A gateway that wants a game key refuses a game without it, and takes one that has it.

    The line says what is missing, or wrong, and how to give it.
    """
    keys = ("the key of old days", "the key of today")
    keyed = gateway_settings(redis_url, data_dir=tmp_path, game_keys=keys)
    async with running_gateway(keyed):
        async with program(replace(keyed, game_keys=()), "game") as game:
            assert await game.status() == 1
            assert "Opening a room needs a game key. Give one with --key" in game.output
        async with program(keyed, "game", "--key", "k3") as game:
            assert await game.status() == 1
            assert "needs a valid game key. Give another with --key" in game.output
        for key in keys:
            async with program(replace(keyed, game_keys=(key,)), "game", "--new") as game:
                await game.says("is open.")


async def test_a_token_that_is_refused_later_is_told_without_a_word_of_game_keys(
    settings: Settings, crowd: Crowd
) -> None:
    """As after all signing keys were replaced: a game key would not help."""
    async with program(settings, "game", "--json") as game:
        async with running_gateway(settings):
            await opened(game, crowd)
        async with running_gateway(replace(settings, secret_keys=("others' signing key",))):
            assert await game.status() == 1
            assert "or has expired.\n" in game.output
            assert "game key" not in game.output


async def test_a_person_ends_a_round_sees_its_summary_and_starts_the_next(
    settings: Settings, gateway: None, crowd: Crowd
) -> None:
    """On a terminal there is a QR code, and keys pause, resume, end, start and quit."""
    async with on_terminal(settings, "game") as game:
        assert "█ ▄▄▄▄▄ █" in await game.says("Round 1 begins.")
        await game.says("p pause · r resume · e end · q quit")
        room_id = saved_room(settings)
        await crowd.ease(room_id)
        await crowd.press(room_id, 1, name="くま")
        await game.says("くま")
        game.press_key("p")
        await game.says("round 1, paused")
        game.press_key("r")
        await game.says("round 1 ·")
        await game.end_round()
        summary = await game.says("s next round · q quit")
        assert "Round 1 is over." in summary
        assert "skill1           1 presses   most: くま (1)" in summary
        game.press_key("s")
        await game.says("Round 2 begins.")
        game.press_key("q")
        assert await game.status() == 0


async def test_after_a_round_that_ended_by_itself_the_next_one_waits_for_its_key(
    settings: Settings, gateway: None, crowd: Crowd
) -> None:
    """Whatever ended it, the person at the terminal begins the next round."""
    async with on_terminal(settings, "game") as game:
        await game.says("p pause")
        await end_when_due(crowd, saved_room(settings))
        await game.says("Round 1 is over.")
        game.press_key("?")
        assert "Round 2" not in await game.says("f the next trigger fails")
        game.press_key("s")
        await game.says("Round 2 begins.")


@pytest.mark.parametrize(
    ("ran", "goes_on"), [(2, False), (1, True)], ids=["it ended meanwhile", "its start was lost"]
)
async def test_a_round_that_ended_while_the_socket_was_away_is_not_followed_by_itself(
    tmp_path: Path, ran: int, goes_on: bool
) -> None:
    """Only a round whose start never arrived is started again."""
    options = GameOptions(GatewayAddress("ws://127.0.0.1:9"), tmp_path / "game.json")
    game = StandIn(options, Screen(Terminal(sys.stdout), keys=True))
    game._round, game._running = 2, True
    game._heard(
        RoomReady("r", "", "t", 1, 1, status="ended", round=ran, recovered=True, replayed=1)
    )
    game._heard(GameEndSummary("r", ran, TeamTops(None, None, None), (), None, (), 1, 1))
    assert game._wants_round is goes_on


async def test_a_key_that_was_hit_by_mistake_ends_no_round(
    settings: Settings, gateway: None
) -> None:
    """It asks first; any other key means no, and the next time it asks again."""
    async with on_terminal(settings, "game") as game:
        await game.says("p pause")
        for no in "xp":
            game.press_key("e")
            await game.says("e again ends round 1; any other key does not.")
            game.press_key(no)
        await game.says("round 1, paused")
        await game.end_round()
        await game.says("Round 1 is over.")


async def test_between_rounds_a_game_comes_back_to_its_room(
    settings: Settings, gateway: None, crowd: Crowd
) -> None:
    """A game that stops between rounds resumes its room, and starts the next round."""
    async with on_terminal(settings, "game") as game:
        await game.says("p pause")
        await game.end_round()
        await game.says("s next round · q quit")
        game.press_key("q")
        assert await game.status() == 0
    async with program(settings, "game") as game:
        said = await game.says("Round 2 begins.")
        assert "between rounds" in said
        assert saved_room(settings) in said


async def test_a_summary_that_was_shown_is_not_called_missed(
    settings: Settings, crowd: Crowd
) -> None:
    """It stays unacknowledged until the next round, so every new socket brings it again."""
    async with on_terminal(settings, "game") as game:
        async with running_gateway(settings):
            await game.says("p pause")
            await game.end_round()
            await game.says("s next round · q quit")
        async with running_gateway(settings):
            assert "between rounds, 0 missed." in await game.says(" missed.")


async def test_nobody_reading_ends_a_game_quietly(
    settings: Settings, gateway: None, crowd: Crowd
) -> None:
    """When the reader of its output closes, a game ends without a traceback."""
    async with program(settings, "game", "--json") as game:
        room_id = await opened(game, crowd)
        transport = game.process._transport.get_pipe_transport(1)  # type: ignore[attr-defined]
        transport.close()
        await crowd.fire(room_id, 1)
        assert await game.process.wait() == 1


def test_text_from_elsewhere_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters in a viewer's name are not printed."""
    screen = Screen(Terminal(sys.stdout), keys=False)
    screen.show(GameEvent("r", "skill1", 5, 1, "\x1b[2Jfox\u202e", 1, 1, fired_at=0), now=5)
    assert capsys.readouterr().out.endswith("  [2Jfox\n")


async def test_a_summary_that_comes_once_more_does_not_end_the_next_round(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a restart in that round; the key for the next round does nothing."""
    options = GameOptions(GatewayAddress("ws://127.0.0.1:9"), tmp_path / "game.json")
    game = StandIn(options, Screen(Terminal(sys.stdout), keys=True))
    game._heard(
        RoomReady("r", "", "t", 1, 1, status="in_game", round=2, recovered=True, replayed=1)
    )
    game._heard(GameEndSummary("r", 1, TeamTops(None, None, None), (), None, (), 1, 1))
    keys = asyncio.Queue[str]()
    for key in "sq":
        keys.put_nowait(key)
    await game.obey(keys)
    assert capsys.readouterr().out.rstrip().endswith("skill: nobody · enemy: nobody")


def test_one_viewer_is_no_plural(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(Terminal(sys.stdout), keys=False)
    for count in (1, 2):
        screen.show(ViewerCountUpdate("r", count), now=0)
    assert capsys.readouterr().out.splitlines() == ["1 viewer", "2 viewers"]


def test_a_gap_alone_claims_no_missing_trigger(capsys: pytest.CaptureFixture[str]) -> None:
    """What is missing, if anything, is known to the client, which notes it."""
    Screen(Terminal(sys.stdout), keys=False).show(Gap(epoch=2, last_seq=32), now=0)
    said = capsys.readouterr().out.splitlines()[0]
    assert said == "The server lost data; it goes on after number 32."


def test_a_summary_names_the_best_of_each_team(capsys: pytest.CaptureFixture[str]) -> None:
    """A summary has the totals and who pressed most, which may be nobody, or without a name."""
    top, nameless = Top("01H", "Fox", 7), Top("01J", None, 9)
    summary = GameEndSummary(
        "r", 2, TeamTops(top, top, None), (), nameless, (EventTotal("skill1", 9),), 1, 4
    )
    Screen(Terminal(sys.stdout), keys=False).show(summary, now=0)
    shown = capsys.readouterr().out
    assert "skill: Fox (7) · enemy: nobody" in shown
    assert "most of all: somebody without a name (9)" in shown
