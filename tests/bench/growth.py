"""Measures the cost of a press as viewers, rooms and processes grow, at a constant rate.

The cost is CPU time per press, which other load on the machine changes less than rates.
"""

import math
import random
from collections.abc import Sequence
from typing import Any, Final

from shared.engine.engine import Engine
from tests.bench import crowded
from tests.bench.bench import BUTTON, Bench, Broken
from tests.bench.crowd import ViewersPage, new_viewers, path_of
from tests.bench.crowded import Place
from tests.bench.figures import Topic, percentile
from tests.bench.presser import open_presser, schedule
from tests.bench.processes import CpuMeter
from tests.bench.report import Table, number
from tests.bench.room import ACCEPTED, playing
from tests.bench.stand import Stand, metrics, open_stand
from tests.bench.svg import Line, Panel
from tests.flow.fleet import Member

VIEWERS: Final = (100, 1_000, 10_000, 100_000)  # in one room
ROOMS: Final = (10, 100, 1_000, 10_000)
VIEWERS_A_ROOM: Final = 10
PROCESSES: Final = (1, 2)
VIEWERS_OF_PROCESSES: Final = 1_000
QUICK: Final = 2  # how many of the steps above a quick run measures
MOST_ROUNDS: Final = 2
RATE: Final = 500  # presses/s in total; a viewer's token bucket allows 20/s
WARM_UP: Final = schedule(RATE, 1.0)
TIMES: Final = schedule(RATE, 5.0)
QUICK_TIMES: Final = schedule(RATE, 2.0)
SEED: Final = 20
MS, MICRO = 1e3, 1e6
# A fixed threshold, so that triggers per press do not depend on the number of viewers.
STEADY: Final[dict[str, Any]] = {
    "buttons": [{"event_type": BUTTON, "team": "skill", "base": 20, "min": 20, "max": 20}]
}


async def measure(bench: Bench) -> None:
    """Measure from few to many; each round starts with empty servers."""
    most = QUICK if bench.quick else None
    for round_ in bench.rounds("growth", MOST_ROUNDS):
        async with open_stand(bench.folder(f"growth-{round_}")) as stand, stand.engine() as engine:
            growing = Growing(bench, stand, engine, await stand.gateway())
            async with stand.apis(1) as apis:
                for viewers in VIEWERS[:most]:
                    await growing.one_room(apis, viewers, "viewers", viewers)
                for rooms in ROOMS[:most]:
                    await growing.rooms(apis, rooms)
            for processes in () if bench.quick else PROCESSES:
                async with stand.apis(processes) as apis:
                    await growing.one_room(apis, VIEWERS_OF_PROCESSES, "processes", processes)


class Growing:
    """The measurements of one round."""

    def __init__(self, bench: Bench, stand: Stand, engine: Engine, gateway: Member) -> None:
        self._figures = bench.figures.of("growth")
        self._times = QUICK_TIMES if bench.quick else TIMES
        self._stand = stand
        self._engine = engine
        self._gateway = gateway

    async def one_room(
        self, apis: Sequence[Member], viewers: int, growing: str, number_of: int
    ) -> None:
        """Measure one room with `viewers` active viewers."""
        async with playing(apis, self._gateway, STEADY) as room:
            places = [(room.id, viewer) for viewer in new_viewers(viewers)]
            await self._prepare(places)
            room.pressed_elsewhere = len(places)
            await crowded.join(self._engine, places)
            await self._press(apis, places, growing, number_of)
            await room.settled()
            active = (await self._engine.describe(room.id)).viewer_count
        self._figures.add(growing, "active viewers", "viewers", active, number=number_of)
        await self._stand.booked()

    async def rooms(self, apis: Sequence[Member], rooms: int) -> None:
        """Measure `rooms` rooms with ten viewers each."""
        room_ids = await crowded.open_rooms(self._engine, rooms)
        await crowded.start_rooms(self._engine, room_ids)
        viewers = new_viewers(rooms * VIEWERS_A_ROOM)
        places = [(room_ids[n % rooms], viewer) for n, viewer in enumerate(viewers)]
        await self._prepare(places)
        await self._press(apis, places, "rooms", rooms)
        await self._stand.booked()

    async def _prepare(self, places: Sequence[Place]) -> None:
        """Press once for each viewer, and wait until PostgreSQL has it."""
        await crowded.press(self._engine, places)
        await self._stand.booked()

    async def _press(
        self, apis: Sequence[Member], places: Sequence[Place], growing: str, number_of: int
    ) -> None:
        count = min(len(places), len(WARM_UP) + len(self._times))
        chosen = random.Random(SEED).sample(places, count)
        pages = [page_of(place) for place in chosen]
        before = (await metrics(apis))[ACCEPTED]
        async with open_presser([api.port for api in apis]) as presser:
            await presser.run(WARM_UP, pages)
            used, in_functions = CpuMeter(self._groups(apis)), await self._in_functions()
            pressed = await presser.run(self._times, pages)
            cpu, spent = used.seconds(), await self._in_functions() - in_functions
        accepted = (await metrics(apis))[ACCEPTED] - before
        if accepted != len(WARM_UP) + len(self._times):
            raise Broken(f"{accepted:,.0f} of {len(WARM_UP) + len(self._times):,} presses counted")
        count = len(self._times)
        for group, busy in cpu.items():
            self._note(growing, number_of, f"CPU of {group}", "µs/press", busy / count * MICRO)
        self._note(growing, number_of, "in functions", "µs/press", spent / count)
        half = percentile(pressed.answered, 0.5) * MS
        self._note(growing, number_of, "answer p50", "ms", half)

    def _note(self, growing: str, number_of: int, measure_: str, unit: str, value: float) -> None:
        self._figures.add(growing, measure_, unit, value, number=number_of)

    def _groups(self, apis: Sequence[Member]) -> dict[str, list[int]]:
        return self._stand.groups(apis, self._gateway)

    async def _in_functions(self) -> float:
        """Return the time that Valkey has spent in functions, µs."""
        commands = await self._stand.redis.info("commandstats")
        return float(commands["cmdstat_fcall"]["usec"])


def page_of(place: Place) -> ViewersPage:
    """Return a page that sends its viewer's name, so that the API need not look it up."""
    room_id, viewer_id = place
    return ViewersPage(path_of(room_id), viewer_id, viewer_name=crowded.NAME)


GROWING: Final = {
    "viewers": ("viewers in one room", VIEWERS),
    "rooms": ("rooms of ten viewers", ROOMS),
    "processes": (f"API processes, {VIEWERS_OF_PROCESSES:,} viewers", PROCESSES),
}
MEASURES: Final = {
    "CPU of API": "API",
    "CPU of Valkey": "Valkey",
    "in functions": "functions",
    "CPU of PostgreSQL": "PostgreSQL",
    "CPU of gateway": "gateway",
    "answer p50": "p50 ms",
    "active viewers": "active",
}
NOTE: Final = (
    f"{RATE:,} presses a second in an open loop; every 20th fires. µs of CPU time per press, which"
    " includes the process's other work in that time: writing the ledger, checking rooms."
    " functions: Valkey's time in the room engine. active: active viewers of the room at the end."
)


def tables(figures: Topic) -> list[Table]:
    """One row for each number of viewers, rooms and processes."""
    rows = [
        [f"{number_of:,} {what}", *_values(figures, growing, number_of)]
        for growing, (what, numbers) in GROWING.items()
        for number_of in numbers
        if not math.isnan(figures.median(growing, "CPU of API", number=number_of))
    ]
    heads = ["µs per press with", *MEASURES.values()]
    return [Table("Cost of a press as viewers, rooms and processes grow", heads, rows, [NOTE])]


def _values(figures: Topic, growing: str, number_of: int) -> list[str]:
    return [number(figures.median(growing, measure_, number=number_of)) for measure_ in MEASURES]


def panels(figures: Topic) -> list[Panel]:
    """One panel each for viewers and rooms."""
    drawn = {"API": "CPU of API", "Valkey": "CPU of Valkey", "in functions": "in functions"}
    return [
        Panel(
            "CPU time of a press",
            what,
            "µs",
            [
                Line(name, [(n, figures.median(growing, of, number=n)) for n in numbers])
                for name, of in drawn.items()
            ],
        )
        for growing, (what, numbers) in GROWING.items()
        if len(numbers) > 2
    ]
