"""`streamario simulate`: a crowd of viewers that presses a room's buttons."""

import argparse
import asyncio
import math
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import uvloop

from clients.terminal.crowd import Crowd, CrowdPlan
from clients.terminal.http_client import ApiAddress, open_http_client
from clients.terminal.press_tally import PressTally
from clients.terminal.room_file import ROOM_FILE, last_room_id
from clients.terminal.terminal_io import CommandParser, Terminal, whole_number
from clients.terminal.texts import simulate as texts
from shared.process.settings import Settings
from shared.process.tasks import on_stop_signals
from shared.wire.languages import Language, Sentence

CONNECTIONS: Final = 64  # at most
SCREEN_INTERVAL: Final = 0.5  # s
LINE_INTERVAL: Final = 2.0  # s
AWAY: Final = 1.0  # s without an answer until it is said
AWAY_AT_MOST: Final = 300.0  # s without an answer
PATIENCE: Final = 15.0  # s to wait for the last answers


def arguments_parser(language: Language) -> argparse.ArgumentParser:
    """The parser of the command's options, with its help in this language."""
    parser = CommandParser("simulate", texts.DESCRIPTION, language)
    parser.option("--room", texts.ROOM)
    parser.option("--url", texts.URL, type=_server)
    parser.option("--viewers", texts.HOW_MANY, type=whole_number, default=50, metavar="N")
    parser.option("--rate", texts.RATE, type=_positive, default=1.0, metavar="N")
    parser.option("--duration", texts.DURATION, type=_seconds, default=20.0, metavar="SECONDS")
    parser.option("--buttons", texts.BUTTONS, type=_names, default=())
    parser.option("--batch-interval", texts.BATCH_INTERVAL, type=_positive, metavar="SECONDS")
    return parser


def run(arguments: argparse.Namespace, settings: Settings, language: Language) -> int:
    """Press until the time is up, or until interrupted.

    Return 0, or 1 if some presses were never answered. Raises CommandError.
    """
    plan = CrowdPlan(
        room=arguments.room or last_room_id(settings.data_dir / ROOM_FILE, texts.NO_ROOM_FILE),
        viewers=arguments.viewers,
        rate=arguments.rate,
        interval=arguments.batch_interval,
        buttons=arguments.buttons,
    )
    server = arguments.url or ApiAddress.at(settings.api_url)
    terminal = Terminal(sys.stdout, language)
    return uvloop.run(_simulate(server, plan, arguments.duration or math.inf, terminal))


async def _simulate(
    server: ApiAddress, plan: CrowdPlan, duration: float, terminal: Terminal
) -> int:
    simulation = Simulation(terminal, duration)
    async with open_http_client(server, CONNECTIONS) as client:
        crowd = Crowd(client, plan, simulation.tally)
        await simulation.run(crowd)
    return 1 if simulation.tally.unanswered or crowd.over is texts.AWAY_TOO_LONG else 0


class Simulation:
    """One run: its clock, its end, and its output. Times are s."""

    def __init__(self, terminal: Terminal, duration: float) -> None:
        self.tally = PressTally()
        self._terminal = terminal
        self._duration = duration
        self._clock = asyncio.get_running_loop().time
        self._started = self._ends = math.inf
        self._patience = asyncio.timeout(None)

    async def run(self, crowd: Crowd) -> None:
        """Let the viewers join, wait for the round, press until the end, and print the totals.

        Raises CommandError.
        """
        async with asyncio.TaskGroup() as group:
            reporting = group.create_task(self._report(crowd))
            working = group.create_task(self._work(crowd))
            with on_stop_signals(lambda: self._stop(working)):
                await asyncio.wait((working, reporting), return_when=asyncio.FIRST_COMPLETED)
            working.cancel()
            reporting.cancel()
        self._terminal.close()
        seconds = max(0.0, self._clock() - self._started)
        report = self.tally.report(seconds, self._terminal.language)
        self._terminal.say(*filter(None, [crowd.over]), *report)

    async def _work(self, crowd: Crowd) -> None:
        guests = await crowd.gather()
        self._started = self._clock()
        with suppress(TimeoutError):
            async with self._patience:
                self._end(self._started + self._duration)
                await crowd.press(guests, lambda: self._clock() >= self._ends)

    def _stop(self, working: asyncio.Task[None]) -> None:
        """End the presses at the first signal; end the run at the second, or before any press."""
        if self._started <= self._clock() < self._ends:
            self._end(self._clock())
        else:
            working.cancel()

    def _end(self, at: float) -> None:
        self._ends = at
        self._patience.reschedule(at + PATIENCE if math.isfinite(at) else None)

    async def _report(self, crowd: Crowd) -> None:
        """Print how it goes, for as long as the server answers at least now and then."""
        on_screen, tally = self._terminal.is_screen, self.tally
        interval = SCREEN_INTERVAL if on_screen else LINE_INTERVAL
        show = self._terminal.status if on_screen else self._terminal.say
        answers, shown = 0, None
        while crowd.away_for < AWAY_AT_MOST:
            await asyncio.sleep(interval)
            rate, answers = (tally.answers - answers) / interval, tally.answers
            if (line := self._line(crowd, rate)) != shown:
                show(line)
            shown = line
        crowd.over = texts.AWAY_TOO_LONG

    def _line(self, crowd: Crowd, answers_per_second: float) -> Sentence:
        if crowd.away_for > AWAY:
            return texts.AWAY
        seconds = self._clock() - self._started
        if seconds < 0:
            return self.tally.gathering(complete=crowd.is_waiting)
        return self.tally.progress(seconds, answers_per_second)


def _server(text: str) -> ApiAddress:
    try:
        return ApiAddress.at(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def _number(text: str, accepts: Callable[[float], bool], what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and accepts(number)):
        raise argparse.ArgumentTypeError(f"{text!r} is not {what}")
    return number


def _positive(text: str) -> float:
    return _number(text, lambda number: number > 0, "a number above 0")


def _seconds(text: str) -> float:
    return _number(text, lambda number: number >= 0, "a number of seconds")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
