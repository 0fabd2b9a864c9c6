"""Measures presses through `streamario up`, in one room and in several.

The baselines are a press route in Node, and the HTTP server of the API with no work to do.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench import node, wrk
from tests.bench.bench import Bench, Broken
from tests.bench.child import child
from tests.bench.crowd import new_viewers, write_lists
from tests.bench.figures import Topic
from tests.bench.game import CountingGame
from tests.bench.presses import MIDDLE, VIEWERS, WARM_UP, note, note_baseline, one_answer
from tests.bench.processes import CpuMeter, children
from tests.bench.report import Table, number, percent, times
from tests.bench.room import QUIET, SETTLED_WITHIN, left_over, opened
from tests.bench.stand import VARIABLES, Stand, fetch, open_stand
from tests.bench.wrk import Load
from tests.bench.yardsticks import CEILING, NODE, Yardstick, yardsticks
from tests.conftest import free_ports
from tests.flow.fleet import COMMAND, SECRET
from tests.room_keys import new_room_id
from tests.waiting import until

NEEDS: Final = (wrk.missing, node.missing)


class Setting(NamedTuple):
    """How many rooms share how many connections."""

    rooms: int
    connections: int


CROWD: Final = 256
SETTINGS: Final = (Setting(1, MIDDLE), Setting(1, CROWD), Setting(8, MIDDLE))
SECONDS, QUICK_SECONDS = 4, 2
UP: Final = "up"
SUBJECTS: Final = (UP, NODE, CEILING)
STOPPED_WITHIN: Final = 30.0  # s
# The processes of `streamario up` by the function that each runs.
PARTS: Final = {
    "api_service.app:serve": "API",
    "ws_gateway.server:serve": "gateway",
    "api_service.app:serve_ledger": "ledger",
}


@dataclass(frozen=True)
class Running:
    """A running subject: its ports, and the process ids of each group."""

    port: int
    gateway_port: int
    groups: Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Rooms:
    """Several rooms with a game each; `games` by room id."""

    api_port: int
    games: dict[str, CountingGame] = field(default_factory=dict)

    async def settled(self) -> int:
        """Wait until no more presses count, and return those that did. Raises Broken."""
        async with asyncio.timeout(SETTLED_WITHIN):
            await until(self._is_quiet)
        if troubles := [game.trouble for game in self.games.values() if game.trouble]:
            raise Broken(troubles[0])
        return await self._accepted()

    async def counted(self, load: Load, before: int) -> int:
        """Return the presses accepted during a load, where `before` is the number before it.

        wrk does not wait for its last answers: one press per connection may have counted too.
        Raises Broken if answers and accepted presses do not match.
        """
        accepted = await self.settled() - before
        if load.trouble or not load.answers <= accepted <= load.answers + load.connections:
            raise Broken(
                f"{load.trouble} requests failed, {load.answers:,} were answered,"
                f" {accepted:,} presses counted"
            )
        return accepted

    async def _is_quiet(self) -> bool:
        accepted = await self._accepted()
        await asyncio.sleep(QUIET)
        return accepted == await self._accepted()

    async def _accepted(self) -> int:
        left = [await left_over(self.api_port, room_id) for room_id in self.games]
        return sum(game.presses for game in self.games.values()) + sum(left)


async def measure(bench: Bench) -> None:
    """Measure every subject once a round, in an order that rotates with each round."""
    async with open_stand(bench.folder("installation")) as stand:
        gateway = await stand.gateway()
        async with stand.apis(1) as apis:
            answer = await one_answer(apis, gateway)
        await gateway.kill()
        baselines = yardsticks((NODE, CEILING), 1, stand.valkey.url, answer, stand.folder)
        async with baselines as others:
            figures = bench.figures.of("installation")
            measured = Measured(stand, others, figures, QUICK_SECONDS if bench.quick else SECONDS)
            for round_ in bench.rounds("installation"):
                first = round_ % len(SUBJECTS)
                for subject in SUBJECTS[first:] + SUBJECTS[:first]:
                    await measured.run(subject)


@dataclass(frozen=True)
class Measured:
    """The rounds, all on the same servers."""

    stand: Stand
    others: Mapping[str, Sequence[Yardstick]]
    figures: Topic
    seconds: int

    async def run(self, subject: str) -> None:
        """Start a subject, press in its rooms, and stop it."""
        if subject in self.others:
            await self._baseline(subject)
            return
        async with up(self.stand) as running:
            for setting in SETTINGS:
                await self._ours(subject, running, setting)

    async def _ours(self, subject: str, running: Running, setting: Setting) -> None:
        async with AsyncExitStack() as stack:
            rooms = Rooms(running.port)
            for _ in range(setting.rooms):
                opening = opened(running.port, running.gateway_port)
                room_id, game = await stack.enter_async_context(opening)
                rooms.games[room_id] = game
            url = f"http://127.0.0.1:{running.port}"
            load = self._load(url, list(rooms.games), setting)
            await load(seconds=WARM_UP)
            before = await rooms.settled()
            used = CpuMeter(running.groups)
            seen = await load(seconds=self.seconds)
            cpu = used.seconds()
            counted = await rooms.counted(seen, before)
            note(self.figures, subject, seen, cpu, counted, **setting._asdict())
            await self.stand.booked()

    async def _baseline(self, subject: str) -> None:
        (process,) = self.others[subject]
        for setting in SETTINGS:
            room_ids = [new_room_id() for _ in range(setting.rooms)]
            load = self._load(process.url, room_ids, setting)
            groups = {"API": [process.pid], "Valkey": [self.stand.valkey.pid]}
            at = setting._asdict()
            await note_baseline(self.figures, subject, load, groups, self.seconds, **at)

    def _load(
        self, url: str, room_ids: Sequence[str], setting: Setting
    ) -> Callable[..., Awaitable[Load]]:
        lists = write_lists(self.stand.folder, room_ids, new_viewers(VIEWERS), 1)
        return partial(wrk.load, [url], lists, connections=setting.connections)


@asynccontextmanager
async def up(stand: Stand) -> AsyncIterator[Running]:
    """Run `streamario up` with so many API processes, on the stand's servers."""
    port, gateway_port = free_ports(2)
    environment = {
        **VARIABLES,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "UNITY_WS_PORT": str(gateway_port),
        "REDIS_URL": stand.valkey.url,
        "DATABASE_URL": stand.postgres.url,
        "SECRET_KEYS": SECRET,
    }
    command = (sys.executable, "-c", COMMAND, "up")
    log = stand.folder / "up.log"
    async with child(*command, environment=environment, log=log) as process:

        async def is_ready() -> bool:
            assert process.returncode is None, log.read_text()[-2000:]
            try:
                return bool(await fetch(port, "/readyz") and await fetch(gateway_port, "/readyz"))
            except (OSError, RuntimeError):
                return False

        await until(is_ready)
        groups = _groups(process.pid)
        groups |= {"Valkey": [stand.valkey.pid], "PostgreSQL": [stand.postgres.pid]}
        yield Running(port, gateway_port, groups)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOPPED_WITHIN):
            assert await process.wait() == 0, log.read_text()[-2000:]


def _groups(pid: int) -> dict[str, list[int]]:
    """Return the process ids of each service that this process runs."""
    groups: dict[str, list[int]] = {}
    for service in children(pid):
        *_, part = Path(f"/proc/{service}/cmdline").read_text().rstrip("\0").split("\0")
        groups.setdefault(PARTS[part], []).append(service)
    return groups


GROUPS: Final = ("API", "Valkey", "gateway", "ledger")
HEADS: Final = (
    *("rooms", "conns", "subject", "presses/s", "spread", "p50 ms", "p99 ms"),
    *("× node", "of ceiling", *GROUPS),
)
NOTE: Final = (
    f"{VIEWERS} viewers in all; medians of the rounds, and of the rounds' ratios. up: `streamario"
    " up`, which counts as usual: signed viewers, limits, repeated batches, a game in each room"
    " that acknowledges every trigger, every press in PostgreSQL. Its ledger has its own process."
    " node: Fastify, ioredis and a Lua script that adds, compares and publishes, and does nothing"
    " else, in one process. ceiling: the API's HTTP server with constant bytes."
)


def tables(figures: Topic) -> list[Table]:
    """One row for each subject under each setting."""
    rows = [_row(figures, subject, setting) for setting in SETTINGS for subject in SUBJECTS]
    title = "Presses beside Node; the last columns are µs of CPU time per press"
    return [Table(title, HEADS, rows, [NOTE])]


def _row(figures: Topic, subject: str, setting: Setting) -> list[str]:
    at = setting._asdict()
    measures = ("p50", "p99", *(f"CPU of {group}" for group in GROUPS))
    p50, p99, *cpu = (number(figures.median(subject, measure, **at)) for measure in measures)
    return [
        *(str(setting.rooms), str(setting.connections), subject),
        number(figures.median(subject, "rate", **at)),
        percent(figures.spread(subject, "rate", **at)),
        *(p50, p99),
        times(figures.ratio(subject, NODE, "rate", **at)),
        times(figures.ratio(subject, CEILING, "rate", **at)),
        *cpu,
    ]
