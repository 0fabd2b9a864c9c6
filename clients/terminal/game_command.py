"""`streamario game`: a stand-in game in the terminal, which shows triggers without Unity."""

import argparse
import asyncio
import sys
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clients.python import (
    GameClient,
    GameRefused,
    GameSocketError,
    GatewayAddress,
    SavedRoom,
    SecretRefused,
)
from clients.python.answers import OUTCOME_AFTER
from clients.terminal.game_screen import JsonScreen, Screen
from clients.terminal.room_file import ROOM_FILE, room_of, write_room
from clients.terminal.terminal_io import CommandParser, Terminal, on_keys
from clients.terminal.texts import game as texts
from shared.process.settings import Settings
from shared.process.tasks import on_stop_signals
from shared.wire.game_messages import (
    LONGEST_EFFECT,
    SHORTEST_EFFECT,
    GameEnd,
    GameEndSummary,
    GameEvent,
    GameStart,
    Pause,
    Resume,
    RoomCreated,
    RoomReady,
    ServerMessage,
)
from shared.wire.languages import Language, Sentence

STOPPED: Final = 1


@dataclass(frozen=True, slots=True)
class GameOptions:
    """The command-line options, completed from the settings."""

    gateway: GatewayAddress
    state: Path
    new: bool = False
    start: bool = True
    json: bool = False
    lasts: float = 3.0  # s that the effect of a trigger lasts; 0: none is shown
    language: Language = "en"  # of the reasons that viewers read


class StandIn:
    """The game of this run."""

    def __init__(self, options: GameOptions, screen: Screen | JsonScreen) -> None:
        self._options = options
        self._screen = screen
        earlier = None if options.new else room_of(options.state, options.gateway.url)
        self._game = self._client(earlier)
        self._saved: SavedRoom | None = None
        self.has_room = False  # this run has attached to its room
        self._wants_round = options.start
        self._round = 0
        self._running = False
        self._asked = 0  # the round for which the last key asked to confirm its end
        self._lasting: asyncio.Queue[tuple[float, GameEvent]] = asyncio.Queue()  # until when
        self._fails = False  # the next trigger will fail
        self._last_button = ""  # of the last trigger
        self._not_now = ""  # the button that the game cannot use

    async def play(self) -> None:
        """Play in the room of an earlier run, or in a new one, until the gateway refuses.

        Raises GameRefused.
        """
        try:
            await self._play()
        except GameRefused as refusal:
            earlier = self._game.room
            if earlier is None or self.has_room:
                raise
            why = texts.reason(refusal)
            self._screen.note(texts.NEW_ROOM.about(room=earlier.room_id, why=why))
            self._game = self._client(None)
            await self._play()

    async def end_effects(self) -> None:
        """Tell the end of effects when it has come; all last equally long."""
        while True:
            until, trigger = await self._lasting.get()
            await asyncio.sleep(until - time.monotonic())
            await self._game.done(trigger)

    async def obey(self, keys: asyncio.Queue[str]) -> None:
        """Carry out keys until `q`."""
        while (key := await keys.get()) != "q":
            try:
                await self._command(key)
            except GameSocketError:
                self._screen.note(texts.KEY_UNSENT)

    def _client(self, room: SavedRoom | None) -> GameClient:
        return GameClient(
            self._options.gateway, room, note=lambda note: self._screen.note(texts.note(note))
        )

    async def _play(self) -> None:
        async with self._game as game:
            async for message in game:
                self._heard(message)
                if isinstance(message, GameEvent):
                    await self._play_out(message)
                if self._wants_round and not self._running and game.caught_up:
                    # If the socket is lost, the welcome of the next one leads here again.
                    with suppress(GameSocketError):
                        await self._begin_round()

    async def _play_out(self, trigger: GameEvent) -> None:
        self._last_button = trigger.event_type
        if _now() >= trigger.fired_at + OUTCOME_AFTER * 1000:
            return
        if self._fails:
            self._fails = False
            await self._game.failed(trigger, texts.CANNOT_NOW.spoken(self._options.language))
            self._screen.note(texts.FAILED.about(button=trigger.event_type, seq=trigger.seq))
        elif self._options.lasts:
            await self._game.lasting(trigger, self._options.lasts)
            self._lasting.put_nowait((time.monotonic() + self._options.lasts, trigger))
        else:
            await self._game.done(trigger)

    async def _command(self, key: str) -> None:
        asked, self._asked = self._asked, 0
        match key:
            case "s" if not self._running:
                self._wants_round = True
                await self._begin_round()
            case "e" if self._running and asked != self._round:
                self._asked = self._round
                self._screen.note(texts.END_AGAIN.about(round=self._round))
            case "e" if self._running:
                self._wants_round = False
                await self._game.send(GameEnd())
            case "p" | "r" | "d" if self._running:
                await self._game.send(Pause() if key == "p" else Resume(discard=key == "d"))
                self._screen.paused(key == "p")
            case "f" if self._running:
                self._fails = True
                self._screen.note(texts.NEXT_FAILS)
            case "n" if self._running:
                await self._change_availability()
            case "?":
                self._screen.note(texts.MORE_KEYS)

    async def _change_availability(self) -> None:
        """Whether the button of the last trigger can be used; one at a time cannot."""
        button, self._not_now = self._not_now, "" if self._not_now else self._last_button
        if button:
            await self._game.available(button)
            self._screen.note(texts.AGAIN.about(button=button))
        elif self._not_now:
            reason = texts.CANNOT_NOW.spoken(self._options.language)
            await self._game.unavailable(self._not_now, reason)
            self._screen.note(texts.NOT_NOW.about(button=self._not_now))
        else:
            self._screen.note(texts.NO_BUTTON_YET)

    def _heard(self, message: ServerMessage) -> None:
        match message:
            case RoomCreated():
                self._round, self._running = 0, False
            case RoomReady():
                in_round = message.status == "in_game"
                # Else the start of our round was lost on its way.
                if self._running and not in_round and message.round >= self._round:
                    self._wants_round = False
                self._round, self._running = message.round, in_round
            # After a restart the summary of the round before may come once more.
            case GameEndSummary() if message.round >= self._round:
                # The summary of an earlier run's round does not stop this run from its first one.
                self._wants_round &= not self._running
                self._running, self._not_now = False, ""
        if isinstance(message, RoomCreated | RoomReady):
            self.has_room = True
            self._save()  # before the message is shown
        self._screen.show(message, _now())
        self._save()

    def _save(self) -> None:
        room = self._game.room
        if room is not None and room != self._saved:
            write_room(self._options.state, room)
            self._saved = room

    async def _begin_round(self) -> None:
        await self._game.send(GameStart())
        self._round, self._running = self._round + 1, True
        self._screen.round_begins(self._round)


def arguments_parser(language: Language) -> argparse.ArgumentParser:
    """The parser of the command's options, with its help in this language."""
    parser = CommandParser("game", texts.DESCRIPTION, language)
    parser.option("--url", texts.URL, type=_url)
    parser.option("--key", texts.KEY)
    parser.option("--new", texts.NEW, action="store_true")
    parser.option("--state", texts.STATE, type=Path, metavar="FILE")
    parser.option("--no-start", texts.NO_START, action="store_true")
    parser.option("--lasts", texts.LASTS, type=_seconds, default=3.0, metavar="SECONDS")
    parser.option("--json", texts.JSON, action="store_true")
    return parser


def run(arguments: argparse.Namespace, settings: Settings, language: Language) -> int:
    """Play until stopped; return 0, or 1 if the room was taken over, is gone, or was refused."""
    options = GameOptions(
        gateway=GatewayAddress(
            url=arguments.url or settings.ws_url,
            key=arguments.key or next(iter(settings.game_keys), ""),
        ),
        state=arguments.state or settings.data_dir / ROOM_FILE,
        new=arguments.new,
        start=not arguments.no_start,
        json=arguments.json,
        lasts=arguments.lasts,
        language=language,
    )
    keys = sys.stdin.isatty() and sys.stdout.isatty() and not options.json
    return asyncio.run(_play(options, keys=keys))


def _url(text: str) -> str:
    if not text.startswith(("ws://", "wss://")):
        raise argparse.ArgumentTypeError(f"{text!r} does not begin with ws:// or wss://")
    return text


def _seconds(text: str) -> float:
    seconds = float(text)
    if seconds and not SHORTEST_EFFECT <= seconds * 1000 <= LONGEST_EFFECT:
        raise argparse.ArgumentTypeError(f"{text!r} is neither 0 nor 0.1 to 3600")
    return seconds


async def _play(options: GameOptions, *, keys: bool) -> int:
    terminal, status = Terminal(sys.stdout, options.language), 0
    screen: Screen | JsonScreen = (
        JsonScreen(terminal, Terminal(sys.stderr, options.language))
        if options.json
        else Screen(terminal, keys=keys)
    )
    game = StandIn(options, screen)
    try:
        await _until_stopped(game, keys=keys)
    except* GameRefused as group:
        refusal = group.exceptions[0]
        assert isinstance(refusal, GameRefused)
        why = texts.reason(refusal) if game.has_room else _why_no_room(refusal, options)
        screen.note(texts.STOPPED_BECAUSE.about(why=why))
        status = STOPPED
    except* BrokenPipeError:
        status = STOPPED
    else:
        screen.note(texts.STOPPED_IN_ROOM if game.has_room else texts.STOPPED)
    finally:
        terminal.close()
    return status


def _why_no_room(refusal: GameRefused, options: GameOptions) -> Sentence:
    """Why no room was opened; explains how to pass a game key, and names a wrong URL."""
    if refusal.code == "not_found":
        return texts.NO_GAME_SOCKET.about(url=options.gateway.url)
    why = texts.reason(refusal)
    if not isinstance(refusal, SecretRefused):
        return why
    return (texts.GIVE_OTHER_KEY if options.gateway.key else texts.GIVE_KEY).about(why=why)


async def _until_stopped(game: StandIn, *, keys: bool) -> None:
    pressed: asyncio.Queue[str] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        doing = (game.play(), game.end_effects(), game.obey(pressed))
        tasks = [group.create_task(each) for each in doing]

        def stop() -> None:
            for task in tasks:
                task.cancel()

        with on_stop_signals(stop), on_keys(pressed.put_nowait) if keys else nullcontext():
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            stop()


def _now() -> int:
    """The time in ms since 1970."""
    return time.time_ns() // 1_000_000
