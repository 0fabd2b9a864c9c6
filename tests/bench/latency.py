"""Measures the time from a press to the game, in an open loop."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.wire.game_messages import GameEvent
from tests.bench.bench import BUTTON, Bench, Broken
from tests.bench.crowd import ViewersPage, new_viewers, path_of
from tests.bench.figures import Topic, percentile
from tests.bench.presser import Pressed, open_presser, schedule
from tests.bench.processes import CpuMeter
from tests.bench.report import Table, number
from tests.bench.room import playing
from tests.bench.stand import Stand, open_stand
from tests.bench.svg import Line, Panel
from tests.flow.fleet import Member

OURS: Final = "streamario"
RATES: Final = (10, 200, 1_000)  # presses/s
SECONDS: Final = {10: 10, 200: 6, 1_000: 5}
QUICK_SECONDS: Final = {10: 3, 200: 2, 1_000: 2}
WARM_UP: Final = schedule(200, 1.0)
VIEWERS: Final = 2_000
PARTS: Final = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
MS, MICRO = 1e3, 1e6
EVERY_PRESS_FIRES: Final[dict[str, Any]] = {
    "buttons": [{"event_type": BUTTON, "base": 1, "min": 1, "max": 1}]
}


class Arrivals:
    """Arrival times of triggers (s, `time.perf_counter`), by the pressing viewer's name."""

    def __init__(self) -> None:
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)

    def heard(self, event: GameEvent, now: float) -> None:
        """Note a trigger's arrival."""
        self._times[str(event.viewer_name)].append(now)

    def of(self, names: Sequence[str]) -> list[float]:
        """Return arrival times for presses in this order; a viewer's presses keep their order."""
        return [self._times[name].popleft() for name in names]


async def measure(bench: Bench) -> None:
    """Measure every rate, each in a new room."""
    figures, seconds = bench.figures.of("latency"), QUICK_SECONDS if bench.quick else SECONDS
    async with open_stand(bench.folder("latency")) as stand:
        gateway = await stand.gateway()
        async with stand.apis(1) as apis:
            for _ in bench.rounds("latency"):
                for rate in RATES:
                    times = schedule(rate, seconds[rate])
                    await _run(stand, apis, gateway, times, figures, {"rate": rate})
                    await stand.booked()


async def _run(
    stand: Stand,
    apis: Sequence[Member],
    gateway: Member,
    times: Sequence[float],
    figures: Topic,
    at: dict[str, int],
) -> None:
    arrivals = Arrivals()
    names = [f"viewer {n}" for n in range(VIEWERS)]
    async with (
        playing(apis, gateway, EVERY_PRESS_FIRES, arrivals.heard) as room,
        open_presser([api.port for api in apis]) as presser,
    ):
        pages = [
            ViewersPage(path_of(room.id), viewer, viewer_name=name)
            for viewer, name in zip(new_viewers(VIEWERS), names, strict=True)
        ]
        await presser.run(WARM_UP, pages)
        before = await room.settled()
        arrivals.of(names[:before])
        used = CpuMeter(stand.groups(apis, gateway))
        pressed = await presser.run(times, pages)
        cpu = used.seconds()
        counted = await room.settled() - before
        if counted != len(times):
            raise Broken(f"{len(times):,} presses, but {counted:,} were counted")
    came = arrivals.of([names[n % VIEWERS] for n in range(counted)])
    took = [arrival - due for arrival, due in zip(came, pressed.due, strict=True)]
    _note(figures, took, pressed, cpu, at)


def _note(
    figures: Topic,
    took: Sequence[float],
    pressed: Pressed,
    cpu: Mapping[str, float],
    at: Mapping[str, int],
) -> None:
    for measure, part in PARTS.items():
        figures.add(OURS, measure, "ms", percentile(took, part) * MS, **at)
        figures.add(OURS, f"answer {measure}", "ms", percentile(pressed.answered, part) * MS, **at)
    late = percentile(pressed.late, PARTS["p99"]) * MS
    figures.add(OURS, "sent late p99", "ms", late, **at)
    for group, used in cpu.items():
        figures.add(OURS, f"CPU of {group}", "µs/press", used / len(took) * MICRO, **at)


MEASURES: Final = (
    *("p50", "p95", "p99", "answer p50", "answer p99", "sent late p99"),
    *("CPU of API", "CPU of Valkey", "CPU of gateway"),
)
HEADS: Final = (
    *("presses/s", "p50 ms", "p95 ms", "p99 ms", "answer p50", "answer p99", "late"),
    *("API µs", "Valkey µs", "gateway µs"),
)
NOTE: Final = (
    "Every press fires. Times in ms, from when the press was due (an open loop with random"
    " intervals, like an audience) until the game's socket has the trigger; answer: until the"
    " viewer has the answer; late: p99 of the delay with which the benchmark sent the press, which"
    " is included in all times. µs of CPU time per press; at low rates this includes much"
    " background work."
)


def tables(figures: Topic) -> list[Table]:
    """One row for each rate."""
    rows = [
        [f"{rate:,}", *(number(figures.median(OURS, measure, rate=rate)) for measure in MEASURES)]
        for rate in RATES
    ]
    return [Table("From the press to the game", HEADS, rows, [NOTE])]


def panels(figures: Topic) -> list[Panel]:
    """Percentiles by rate."""
    lines = [
        Line(part, [(rate, figures.median(OURS, part, rate=rate)) for rate in RATES])
        for part in PARTS
    ]
    return [Panel("From the press to the game", "presses/s", "ms", lines)]
