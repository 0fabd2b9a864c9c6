"""Measures phones that open the page and press once: what one costs, and a thousand in ten seconds.

The thousand come into a running round, whose viewers press on.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from tests.bench.bench import Bench, Broken
from tests.bench.child import ask, child, module
from tests.bench.crowd import ViewersPage, new_viewers, path_of
from tests.bench.figures import Topic, percentile
from tests.bench.first_press import PRESSES_FIRST, missing
from tests.bench.installation import Rooms, Running, up
from tests.bench.phones import Arrived, Phone
from tests.bench.presser import Presser, open_presser, schedule
from tests.bench.processes import CpuMeter
from tests.bench.report import Table, number
from tests.bench.room import opened
from tests.bench.stand import Stand, open_stand
from tests.browser.conftest import open_chromium, opened_page
from tests.waiting import until

NEEDS: Final = (missing,)
API: Final = "one API process"
UP: Final = "up"
MOST_ROUNDS: Final = 3
VIEWERS: Final = 50  # of the round that runs
RATE: Final = 200  # presses/s of these viewers
ASSET, ICON = "/assets/", ".svg"
ANSWERED_WITHIN: Final = 90.0  # s; also if thousands of requests are before a press
COUNTED_WITHIN: Final = 20.0  # s
MS, KIB, PER_CENT = 1e3, 1024, 100.0


class Arrivals(NamedTuple):
    """So many phones arrive within these seconds."""

    phones: int
    seconds: int


WARM_UP: Final = Arrivals(20, 2)
SPARSE: Final = Arrivals(300, 10)  # slow enough that what an arrival costs hardly depends on others
DENSE: Final = Arrivals(1_000, 10)
QUICK_SPARSE, QUICK_DENSE = Arrivals(60, 2), Arrivals(200, 2)


async def measure(bench: Bench) -> None:
    """Measure one API process and `streamario up` in turn."""
    troubles: list[str] = []
    async with open_stand(bench.folder("arrivals")) as stand:
        for _ in bench.rounds("arrivals", MOST_ROUNDS):
            for subject, served in ((API, _one_process), (UP, up)):
                async with served(stand) as running:
                    async with _round(subject, running, bench) as round_:
                        await round_.measure(quick=bench.quick)
                    troubles += round_.troubles
                    await stand.booked()
    if troubles:
        raise Broken("; ".join(dict.fromkeys(troubles)))


@asynccontextmanager
async def _one_process(stand: Stand) -> AsyncIterator[Running]:
    gateway = await stand.gateway()
    # Pages open their socket there.
    async with stand.apis(1, PUBLIC_WS_URL=f"ws://127.0.0.1:{gateway.port}") as apis:
        yield Running(apis[0].port, gateway.port, stand.groups(apis, gateway))
    await gateway.kill()


@asynccontextmanager
async def _round(subject: str, running: Running, bench: Bench) -> "AsyncIterator[Round]":
    """Open a room with a running round, its viewers, and the process of phones."""
    async with (
        opened(running.port, running.gateway_port) as (room_id, game),
        open_presser([running.port]) as presser,
        child(*module("phones", str(running.port), str(running.gateway_port), room_id)) as process,
    ):
        await _compare_with_browser(running, room_id)
        pages = [ViewersPage(path_of(room_id), viewer) for viewer in new_viewers(VIEWERS)]
        rooms = Rooms(running.port, {room_id: game})
        figures = bench.figures.of("arrivals")
        yield Round(subject, running, rooms, process, presser, pages, figures)


async def _compare_with_browser(running: Running, room_id: str) -> None:
    """Compare what a phone requests with what a real browser does. Raises Broken."""
    phone = Phone(running.port, running.gateway_port, room_id)
    await phone.arrive(time.perf_counter())
    phone.leave()
    if phone.failure:
        raise Broken(phone.failure)
    ours = {request for request in phone.browser.requests if not request.endswith(ICON)}
    theirs = await _requested(f"http://127.0.0.1:{running.port}", f"/play/{room_id}")
    if ours != theirs:
        extra, absent = sorted(ours - theirs), sorted(theirs - ours)
        raise Broken(f"only the phone requests {extra}, only a browser {absent}")


async def _requested(url: str, page_path: str) -> set[str]:
    """Return what Chromium requests up to its press, and the files that it loads then.

    The page presses as soon as it can, so that it has not begun to poll before, however slow this
    machine is.
    """
    requested: list[str] = []
    async with open_chromium() as browser, opened_page(browser, phone=True) as page:
        page.on("request", lambda sent: requested.append(f"{sent.method} {sent.url[len(url) :]}"))
        await page.add_init_script(PRESSES_FIRST)
        async with page.expect_response("**/events"):
            await page.goto(url + page_path)
        await page.wait_for_load_state("networkidle")
    is_press = [request.endswith("/events") for request in requested]
    until_pressed = is_press.index(True) + 1
    files = [request for request in requested[until_pressed:] if ASSET in request]
    # Without windows it may load no icon.
    return {each for each in (*requested[:until_pressed], *files) if not each.endswith(ICON)}


@dataclass
class Round:
    """A room with a running round, to which phones come. `troubles` are what must not happen."""

    subject: str
    running: Running
    rooms: Rooms
    phones: asyncio.subprocess.Process
    presser: Presser
    pages: Sequence[ViewersPage]
    figures: Topic
    troubles: list[str] = field(default_factory=list)

    async def measure(self, *, quick: bool) -> None:
        """Phones come one by one, then nobody comes, then many come at once."""
        sparse, dense = (QUICK_SPARSE, QUICK_DENSE) if quick else (SPARSE, DENSE)
        times = schedule(RATE, dense.seconds)
        await self._arrive(WARM_UP)
        before = await self.rooms.settled()
        await self._cost(sparse)
        alone = await self._press(times)
        arrived, beside = await asyncio.gather(self._timed(dense), self._press(times))
        self._note("alone p95", alone)
        self._note("beside p95", beside)
        self._add("phones' own CPU", "% of a core", arrived.cpu / dense.seconds * PER_CENT)
        await self._counted(before + sparse.phones + dense.phones + 2 * len(times))

    async def _counted(self, presses: int) -> None:
        """Wait until each press has counted; the game hears of the last ones after a while."""
        counted = 0

        async def all_counted() -> bool:
            nonlocal counted
            counted = await self.rooms.settled()
            return counted == presses

        try:
            async with asyncio.timeout(COUNTED_WITHIN):
                await until(all_counted)
        except TimeoutError:
            self.troubles.append(f"{presses:,} presses, but {counted:,} were counted")

    async def _cost(self, arrivals: Arrivals) -> None:
        used = CpuMeter(self.running.groups)
        arrived = await self._arrive(arrivals)
        for group, seconds in used.seconds().items():
            self._add(f"CPU of {group}", "ms", seconds / arrivals.phones * MS)
        self._add("requests", "requests", arrived.requests / arrivals.phones)
        self._add("bytes", "KiB", arrived.bytes / arrivals.phones / KIB)

    async def _timed(self, arrivals: Arrivals) -> Arrived:
        arrived = await self._arrive(arrivals)
        self._add("failed", "phones", sum(arrived.failures.values()))
        for measure, took in (("ready", arrived.ready), ("answered", arrived.answered)):
            self._note(f"{measure} p50", took, 0.5)
            self._note(f"{measure} p95", took)
        return arrived

    async def _arrive(self, arrivals: Arrivals) -> Arrived:
        answer = await ask(self.phones, f"{arrivals.phones} {arrivals.seconds}")
        arrived = msgspec.json.decode(answer, type=Arrived)
        self.troubles += [f"{count:,} phones: {why}" for why, count in arrived.failures.items()]
        return arrived

    async def _press(self, times: Sequence[float]) -> list[float]:
        """Have those already there press, and return how long each answer took, s."""
        try:
            pressed = await self.presser.run(times, self.pages, ANSWERED_WITHIN)
        except (Broken, TimeoutError) as trouble:
            self.troubles.append(f"presses of others: {trouble}")
            return []
        return pressed.answered

    def _note(self, measure: str, took: Sequence[float], part: float = 0.95) -> None:
        if took:
            self._add(measure, "ms", percentile(took, part) * MS)

    def _add(self, measure: str, unit: str, value: float) -> None:
        self.figures.add(self.subject, measure, unit, value)


COSTS: Final = ("CPU of API", "CPU of Valkey", "CPU of gateway", "requests", "bytes")
COST_HEADS: Final = ("served by", "API ms", "Valkey ms", "gateway ms", "requests", "KiB")
COST_NOTE: Final = (
    f"{SPARSE.phones} phones come in {SPARSE.seconds} s. Each loads the page with an empty cache"
    " over up to six connections, joins, opens its socket and presses once. ms: CPU time of an"
    " arrival; KiB: bodies as sent. A run fails if a real browser does not request just the same."
)
TIMES: Final = (
    *("ready p50", "ready p95", "answered p50", "answered p95", "failed"),
    *("alone p95", "beside p95", "phones' own CPU"),
)
TIMES_HEADS: Final = (
    *("served by", "ready ms", "p95", "pressed ms", "p95", "failed"),
    *("others p95 alone", "beside", "phones' CPU %"),
)
TIMES_NOTE: Final = (
    f"{DENSE.phones:,} phones come in {DENSE.seconds} s. From the click on the link until a"
    f" button can be pressed, and until its first press is answered. others: {VIEWERS} viewers of"
    f" the running round, who press {RATE} times a second, while nobody comes and beside those who"
    " come. The phones run on the same machine."
)


def tables(figures: Topic) -> list[Table]:
    """One table of an arrival's cost, one of many at once."""

    def rows(measures: Sequence[str]) -> list[list[str]]:
        return [
            [subject, *(number(figures.median(subject, measure)) for measure in measures)]
            for subject in (API, UP)
        ]

    return [
        Table("An arrival", COST_HEADS, rows(COSTS), [COST_NOTE]),
        Table("Many arrivals beside a round", TIMES_HEADS, rows(TIMES), [TIMES_NOTE]),
    ]
