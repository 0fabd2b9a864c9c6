"""Ten thousand connections to each service at once, while a game and its crowd play on.

    python -m tests.attacks.flood [--connections N] [--seconds S]

A third of those to the gateway say nothing, a third want a room each, a third want to watch; the
gateway has far fewer places. Half of those to the API say nothing, half ask for something and stay.
It prints what became of them, how large the services grew, how long presses, deliveries and
newcomers had to wait before, while they came, while they stayed, and after. The exit status is 1
where a press or a trigger was lost, or a service had died.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uvloop

from api_service.books.migrate import upgrade
from deploy.embedded.servers import embedded_servers
from tests.attacks.assailants import assailing, size_of
from tests.attacks.peace import peace, waits
from tests.flow.fleet import COMMAND, open_fleet
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.attacks.assailants import Size
    from tests.attacks.assault import Report
    from tests.attacks.peace import Peace
    from tests.flow.fleet import Fleet, Member

PLACES: Final = {"MAX_SOCKETS": "300", "MAX_VIEWER_SOCKETS": "500"}
AT_GATEWAY: Final = ("silent", "game", "viewer")
AT_API: Final = ("silent", "request")
RECOVERED_WITHIN: Final = 30.0  # s
OWN: Final = 12  # descriptors that may come and go by themselves


@dataclass
class Stretches:
    """The moments between which something was so."""

    names: list[str] = field(default_factory=list)
    since: list[float] = field(default_factory=list)

    def begin(self, name: str) -> None:
        self.names.append(name)
        self.since.append(time.monotonic())


@dataclass
class Flood:
    """What a flood did."""

    reports: list[tuple[str, Report]] = field(default_factory=list)
    sizes: list[tuple[str, list[Size]]] = field(default_factory=list)
    stretches: Stretches = field(default_factory=Stretches)
    recovered_after: float = 0.0


@asynccontextmanager
async def own_fleet(folder: Path) -> AsyncIterator[tuple[Fleet, str]]:
    """A fleet over servers of its own, and where its Redis is."""
    async with embedded_servers(folder, redis=True, database=True) as servers:
        upgrade(servers.database_url)
        async with open_fleet(folder, servers.redis_url, servers.database_url) as fleet:
            yield fleet, servers.redis_url


async def flooded(api: Member, gateway: Member, now: Peace, count: int, seconds: float) -> Flood:
    """Flood both services with so many connections each, hold them for a while, let them go."""
    flood = Flood()
    pids = [api.process.pid, gateway.process.pid]
    flood.sizes.append(("before", _sizes(pids)))
    flood.stretches.begin("before")
    await asyncio.sleep(seconds)
    flood.stretches.begin("as they come")
    async with (
        assailing(api.port, now.room_id, count, AT_API) as at_api,
        assailing(gateway.port, now.room_id, count, AT_GATEWAY) as at_gateway,
    ):
        await asyncio.gather(at_api.settled(), at_gateway.settled())
        flood.sizes.append(("at its height", _sizes(pids)))
        flood.stretches.begin("while they stay")
        await asyncio.sleep(seconds)
        flood.stretches.begin("as they go")
        reports = await asyncio.gather(at_api.let_go(), at_gateway.let_go())
        flood.reports = list(zip(("API", "gateway"), reports, strict=True))
    began = time.monotonic()
    await until(lambda: _is_as_before(pids, flood), within=RECOVERED_WITHIN)
    flood.recovered_after = time.monotonic() - began
    flood.stretches.begin("after")
    await asyncio.sleep(seconds)
    flood.stretches.begin("end")
    flood.sizes.append(("after", _sizes(pids)))
    return flood


def _sizes(pids: list[int]) -> list[Size]:
    return [size_of(pid) for pid in pids]


async def _is_as_before(pids: list[int], flood: Flood) -> bool:
    _, before = flood.sizes[0]
    pairs = zip(_sizes(pids), before, strict=True)
    return all(now.descriptors <= then.descriptors + OWN for now, then in pairs)


async def books_balance(fleet: Fleet, room_id: str) -> bool:
    """Whether PostgreSQL's books of the room, counted again, balance."""
    audit = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMAND, "audit", room_id),
        env=dict(fleet.members[0].environment),
        stdout=asyncio.subprocess.DEVNULL,
    )
    return await audit.wait() == 0


def _tell(flood: Flood, now: Peace) -> None:
    for where, report in flood.reports:
        print(
            f"{where:9} let in {report.let_in:,} · refused with 503 {report.refused:,} · "
            f"failed {report.failed:,} · still held when they went {report.held:,}"
        )
    for when, sizes in flood.sizes:
        told = zip(("API", "gateway"), sizes, strict=True)
        facts = (f"{name} {s.memory:.0f} MB, {s.descriptors:,} descriptors" for name, s in told)
        print(f"{when:16} " + " · ".join(facts))
    print(f"descriptors as before {flood.recovered_after:.2f} s after they went")
    print(f"\n{'ms: median/p99/max':18} {'presses':>24} {'deliveries':>24} {'newcomers':>24}")
    stretches = flood.stretches
    for n, name in enumerate(stretches.names[:-1]):
        span = stretches.since[n : n + 2]
        kinds = (now.presses, now.deliveries, now.arrivals)
        cells = (waits(samples, *span) for samples in kinds)
        shown = (f"{w.median * 1e3:.1f}/{w.p99 * 1e3:.1f}/{w.longest * 1e3:.1f}" for w in cells)
        print(f"{name:18} " + " ".join(f"{cell:>24}" for cell in shown))
    print(
        f"\n{now.accepted:,} presses, as many triggers, in order; newcomers that found no way in:",
        end=" ",
    )
    print(f"{now.turned_away}")


async def main(connections: int, seconds: float) -> None:
    """Flood, print, and raise AssertionError where anything was lost."""
    with tempfile.TemporaryDirectory() as folder:
        async with own_fleet(Path(folder)) as (fleet, redis_url):
            api, gateway = await asyncio.gather(fleet.api(), fleet.gateway(**PLACES))
            async with peace(api, gateway) as now:
                flood = await flooded(api, gateway, now, connections, seconds)
            await now.check(redis_url)
            assert api.process.returncode is gateway.process.returncode is None
            await until(lambda: books_balance(fleet, now.room_id))
            _tell(flood, now)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    uvloop.run(main(options.connections, options.seconds))
