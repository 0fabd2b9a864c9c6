"""Measures the time from a press to the watching pages: thousands of sockets of one room."""

import asyncio
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from tests.bench.bench import BUTTON, Bench, Broken
from tests.bench.child import answering, ask
from tests.bench.crowd import ViewersPage, new_viewers, path_of
from tests.bench.figures import Topic, percentile
from tests.bench.pages import Wave
from tests.bench.presser import Presser, open_presser, schedule
from tests.bench.processes import CpuMeter, resident_bytes
from tests.bench.report import Table, number
from tests.bench.room import Room, playing
from tests.bench.stand import Stand, open_stand
from tests.bench.svg import Line, Panel
from tests.flow.fleet import Member
from tests.waiting import until

OURS: Final = "streamario"
COUNTS: Final = (1_000, 5_000)
RATES: Final = (1, 200)  # presses/s: single presses, and a crowd's
PRESSES: Final = {1: 20, 200: 1_000}
QUICK_PRESSES: Final = {1: 5, 200: 200}
MOST_ROUNDS: Final = 3
VIEWERS: Final = 2_000
SHOWN_WITHIN: Final = 15.0  # s
SETTLE: Final = 2.0  # s
PER_CENT, MS, KIB = 100.0, 1e3, 1024
# No trigger fires, so the count after each press is unique and identifies the press.
ONLY_COUNTS: Final[dict[str, Any]] = {
    "buttons": [{"event_type": BUTTON, "base": 100_000, "min": 100_000, "max": 100_000}]
}


class Watching:
    """The process that holds the pages' sockets."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def grow(self, count: int) -> float:
        """Open pages until there are `count`; return how long it took, s."""
        return float(await ask(self._process, str(count)))

    async def report(self) -> list[Wave]:
        """Return what the pages were shown since the last report."""
        return msgspec.json.decode(await ask(self._process, "report"), type=list[Wave])


async def measure(bench: Bench) -> None:
    """Measure with a growing number of pages; each round has a new gateway."""
    presses = QUICK_PRESSES if bench.quick else PRESSES
    async with open_stand(bench.folder("audience")) as stand, stand.apis(1) as apis:
        for _ in bench.rounds("audience", MOST_ROUNDS):
            gateway = await stand.gateway()
            async with (
                playing(apis, gateway, ONLY_COUNTS) as room,
                answering("pages", str(gateway.port), room.id) as process,
                open_presser([apis[0].port]) as presser,
            ):
                figures, watching = bench.figures.of("audience"), Watching(process)
                await Run(stand, gateway, room, watching, presser, figures).measure(presses)
            await gateway.kill()


@dataclass
class Run:
    """One round: one gateway, one room, a growing number of pages."""

    _stand: Stand
    _gateway: Member
    _room: Room
    _watching: Watching
    _presser: Presser
    _figures: Topic
    _pressed: int = 0

    def __post_init__(self) -> None:
        path = path_of(self._room.id)
        self._pages = [ViewersPage(path, viewer) for viewer in new_viewers(VIEWERS)]

    async def measure(self, presses: dict[int, int]) -> None:
        """Measure every number of pages at every rate."""
        pid, before = self._gateway.process.pid, 0
        empty = resident_bytes(pid)
        for count in COUNTS:
            took = await self._watching.grow(count)
            await asyncio.sleep(SETTLE)
            held = (resident_bytes(pid) - empty) / count / KIB
            self._figures.add(OURS, "memory", "KiB/page", held, pages=count)
            self._figures.add(OURS, "accepted", "pages/s", (count - before) / took, pages=count)
            for rate in RATES:
                await self._press(schedule(rate, presses[rate] / rate), rate, count)
            before = count

    async def _press(self, times: Sequence[float], rate: int, count: int) -> None:
        await self._watching.report()
        used = CpuMeter(self._stand.groups([], self._gateway))
        began = time.monotonic()
        due = (await self._presser.run(times, self._pages)).due
        first, self._pressed = self._pressed + 1, self._pressed + len(due)
        waves = await self._all_shown(count)
        elapsed = time.monotonic() - began
        # The n-th press by due time is not always the n-th counted, but close to it.
        shown = [waves[bisect_left(waves, n, key=_count)] for n in range(first, self._pressed + 1)]
        at = {"pages": count, "rate": rate}
        for measure in ("first", "middle", "last"):
            took = [getattr(wave, measure) - at_ for wave, at_ in zip(shown, due, strict=True)]
            self._figures.add(OURS, measure, "ms", percentile(took, 0.5) * MS, **at)
            self._figures.add(OURS, f"{measure} p95", "ms", percentile(took, 0.95) * MS, **at)
        for group, seconds in used.seconds().items():
            busy = seconds / elapsed * PER_CENT
            self._figures.add(OURS, f"CPU of {group}", "% of a core", busy, **at)

    async def _all_shown(self, count: int) -> list[Wave]:
        """Wait until every page was shown the last press, and return all waves."""
        waves: list[Wave] = []

        async def all_shown() -> bool:
            waves.extend(await self._watching.report())
            last = [wave.pages for wave in waves if wave.count == self._pressed]
            return sum(last) >= count

        try:
            async with asyncio.timeout(SHOWN_WITHIN):
                await until(all_shown)
        except TimeoutError:
            raise Broken(f"not every page was shown press {self._pressed:,}") from None
        return _whole(waves)


def _count(wave: Wave) -> int:
    return wave.count


def _whole(waves: Sequence[Wave]) -> list[Wave]:
    """Return the waves in order, and merge those that were split over two reports."""
    whole: dict[int, Wave] = {}
    for wave in waves:
        begun = whole.get(wave.count)
        whole[wave.count] = (
            wave
            if begun is None
            else msgspec.structs.replace(
                begun, pages=begun.pages + wave.pages, middle=wave.middle, last=wave.last
            )
        )
    return [whole[count] for count in sorted(whole)]


MEASURES: Final = (
    *("first", "middle", "last", "last p95"),
    *("CPU of gateway", "CPU of Valkey"),
)
HEADS: Final = (
    *("pages", "presses/s", "first ms", "middle ms", "last ms", "last p95"),
    *("gateway %", "Valkey %"),
)
NOTE: Final = (
    "One room on one gateway. Times are from when a press was due until the first, the median and"
    " the last page received a state that includes it: medians over the presses, and p95 for the"
    " last page. A room is updated at most four times a second, so under a steady crowd a press"
    " waits 125 ms on average for the next update. %: of a core. One process on the same machine"
    " reads all pages; its delays are included."
)
SOCKET_HEADS: Final = ("pages", "KiB each", "accepted/s")
SOCKET_NOTE: Final = "KiB each: growth of the gateway's memory (VmRSS) per page."


def tables(figures: Topic) -> list[Table]:
    """One table of latencies by number of pages and rate, one of the cost of a page's socket."""
    rows = [
        [
            f"{count:,}",
            str(rate),
            *(number(figures.median(OURS, name, pages=count, rate=rate)) for name in MEASURES),
        ]
        for count in COUNTS
        for rate in RATES
    ]
    sockets = [
        [
            f"{count:,}",
            *(number(figures.median(OURS, m, pages=count)) for m in ("memory", "accepted")),
        ]
        for count in COUNTS
    ]
    return [
        Table("From the press to the pages", HEADS, rows, [NOTE]),
        Table("Viewers' sockets", SOCKET_HEADS, sockets, [SOCKET_NOTE]),
    ]


def panels(figures: Topic) -> list[Panel]:
    """The last page's latency, by number of pages."""
    lines = [
        Line(
            f"{rate} presses/s",
            [(n, figures.median(OURS, "last", pages=n, rate=rate)) for n in COUNTS],
        )
        for rate in RATES
    ]
    return [Panel("From the press to the last page", "pages", "ms", lines)]
