"""`streamario game`: a stand-in game in the terminal, which shows triggers without Unity."""

import argparse
import asyncio
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from clients.python import GameRefused, GatewayAddress, SecretRefused
from clients.terminal.game_screen import JsonScreen, Screen
from clients.terminal.room_file import ROOM_FILE
from clients.terminal.stand_in import GameOptions, StandIn
from clients.terminal.terminal_io import CommandParser, Terminal, on_keys
from clients.terminal.texts import game as texts
from shared.process.settings import Settings
from shared.process.tasks import on_stop_signals
from shared.wire.game_messages import LONGEST_EFFECT, SHORTEST_EFFECT
from shared.wire.languages import Language, Sentence

STOPPED: Final = 1


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
        screen.close()
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
