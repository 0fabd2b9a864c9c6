"""`streamario game`: a stand-in game in the terminal, to watch triggers come in without Unity."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deploy.environment import read_environment
from deploy.signals import on_stop_signals
from deploy.terminal.console import Terminal, on_keys
from deploy.terminal.game_screen import JsonScreen, Screen
from deploy.terminal.game_socket import Address, Refused
from deploy.terminal.stand_in import Options, StandIn
from shared.process.settings import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.process.settings import Settings

STATE_FILE: Final = "game.json"
STOPPED: Final = 1


def main(arguments: Sequence[str]) -> int:
    """Read the arguments and the environment, and play."""
    parser = argparse.ArgumentParser(
        prog="streamario game", description="A stand-in game: opens a room, prints its triggers."
    )
    add_arguments(parser)
    return run(parser.parse_args(arguments), load(read_environment()))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--url", type=_url, help="the gateway (ws://…; default: the settings')")
    parser.add_argument("--key", help="the game key (default: the first of GAME_KEYS)")
    parser.add_argument("--new", action="store_true", help="open a new room, do not resume")
    parser.add_argument("--state", type=Path, help="where the room is kept (DATA_DIR/game.json)")
    parser.add_argument("--no-start", action="store_true", help="do not start a round")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each message")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Play until stopped: 0, or 1 where the room was taken over, is gone, or is refused."""
    options = Options(
        address=Address(
            url=arguments.url or settings.ws_url,
            key=arguments.key or next(iter(settings.game_keys), ""),
        ),
        state=arguments.state or settings.data_dir / STATE_FILE,
        new=arguments.new,
        start=not arguments.no_start,
        json=arguments.json,
    )
    keys = sys.stdin.isatty() and sys.stdout.isatty() and not options.json
    return asyncio.run(_play(options, keys=keys))


def _url(text: str) -> str:
    if not text.startswith(("ws://", "wss://")):
        raise argparse.ArgumentTypeError(f"{text!r} does not begin with ws:// or wss://")
    return text


async def _play(options: Options, *, keys: bool) -> int:
    terminal, status = Terminal(sys.stdout), 0
    screen: Screen | JsonScreen = (
        JsonScreen(terminal, Terminal(sys.stderr)) if options.json else Screen(terminal, keys=keys)
    )
    game = StandIn(options, screen)
    try:
        await _until_stopped(game, keys=keys)
    except* Refused as group:
        screen.note(f"Stopped: {group.exceptions[0]}.")
        status = STOPPED
    except* BrokenPipeError:
        status = STOPPED
    else:
        later = "; the next `streamario game` goes on with this room" if game.has_room else ""
        screen.note(f"Stopped{later}.")
    finally:
        screen.close()
    return status


async def _until_stopped(game: StandIn, *, keys: bool) -> None:
    pressed: asyncio.Queue[str] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        tasks = (group.create_task(game.play()), group.create_task(game.obey(pressed)))

        def stop() -> None:
            for task in tasks:
                task.cancel()

        listening: AbstractContextManager[None] = (
            on_keys(pressed.put_nowait) if keys else nullcontext()
        )
        with on_stop_signals(stop), listening:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            stop()
