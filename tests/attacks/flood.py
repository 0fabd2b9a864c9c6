"""Opens ten thousand connections to each service at once, while a game and its crowd play.

    python -m tests.attacks.flood [--connections N] [--seconds S]

At the gateway, a third of the connections stay silent, a third open a room each, a third watch a
room; the gateway accepts far fewer sockets. At the API, half stay silent, half send a request and
keep the connection. It prints how the connections were answered, how large the services grew, and
the latency of presses, deliveries and new connections in each phase of the flood. The exit status
is 1 if a press or a trigger was lost, or a service died.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import uvloop

from api_service.books.migrate import upgrade
from deploy.embedded.servers import embedded_servers
from tests.attacks.attacker_process import Report
from tests.attacks.attackers import Size, attacking, size_of
from tests.attacks.bystanders import Bystanders, bystanders, waits
from tests.flow.fleet import COMMAND, Fleet, Member, open_fleet
from tests.waiting import until

Stretch = Callable[[], Awaitable[None]]

SOCKET_LIMITS: Final = {"MAX_SOCKETS": "300", "MAX_VIEWER_SOCKETS": "500"}
AT_GATEWAY: Final = ("silent", "game", "viewer")
AT_API: Final = ("silent", "request")
OWN: Final = 12  # descriptors that a service may open for itself meanwhile


@dataclass
class Stretches:
    """The phases of a flood, each with its beginning."""

    names: list[str] = field(default_factory=list)
    since: list[float] = field(default_factory=list)

    def begin(self, name: str) -> None:
        self.names.append(name)
        self.since.append(time.monotonic())


@dataclass
class Flood:
    """The measurements of a flood."""

    reports: list[tuple[str, Report]] = field(default_factory=list)
    sizes: list[tuple[str, list[Size]]] = field(default_factory=list)
    stretches: Stretches = field(default_factory=Stretches)
    recovered_after: float = 0.0


@asynccontextmanager
async def own_fleet(folder: Path) -> AsyncIterator[tuple[Fleet, str]]:
    """Run a fleet with its own servers; yield it with the URL of its Redis."""
    async with embedded_servers(folder, redis=True, database=True) as servers:
        upgrade(servers.database_url)
        # Its memory is measured.
        async with open_fleet(
            folder, servers.redis_url, servers.database_url, are_forks=False
        ) as fleet:
            yield fleet, servers.redis_url


async def flooded(
    api: Member, gateway: Member, now: Bystanders, count: int, stretch: Stretch
) -> Flood:
    """Open `count` connections to each service, keep them for a stretch, and close them."""
    flood = Flood()
    pids = [api.process.pid, gateway.process.pid]
    flood.sizes.append(("before", _sizes(pids)))
    flood.stretches.begin("before")
    await stretch()
    flood.stretches.begin("as they come")
    async with (
        attacking(api.port, now.room_id, count, AT_API) as at_api,
        attacking(gateway.port, now.room_id, count, AT_GATEWAY) as at_gateway,
    ):
        await asyncio.gather(at_api.settled(), at_gateway.settled())
        flood.sizes.append(("at its height", _sizes(pids)))
        flood.stretches.begin("while they stay")
        await stretch()
        flood.stretches.begin("as they go")
        reports = await asyncio.gather(at_api.let_go(), at_gateway.let_go())
        flood.reports = list(zip(("API", "gateway"), reports, strict=True))
    began = time.monotonic()
    await until(lambda: _is_as_before(pids, flood))
    flood.recovered_after = time.monotonic() - began
    flood.stretches.begin("after")
    await stretch()
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
    """Return whether an audit of the room finds no difference."""
    audit = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMAND, "audit", room_id),
        env=dict(fleet.members[0].environment),
        stdout=asyncio.subprocess.DEVNULL,
    )
    return await audit.wait() == 0


def _tell(flood: Flood, now: Bystanders) -> None:
    for where, report in flood.reports:
        print(
            f"{where:9} accepted {report.let_in:,} · refused with 503 {report.refused:,} · "
            f"failed {report.failed:,} · open at the end {report.held:,}"
        )
    for when, sizes in flood.sizes:
        told = zip(("API", "gateway"), sizes, strict=True)
        facts = (f"{name} {s.memory:.0f} MB, {s.descriptors:,} descriptors" for name, s in told)
        print(f"{when:16} " + " · ".join(facts))
    print(f"descriptors as before after {flood.recovered_after:.2f} s")
    print(f"\n{'ms: median/p99/max':18} {'presses':>24} {'deliveries':>24} {'new clients':>24}")
    stretches = flood.stretches
    for n, name in enumerate(stretches.names[:-1]):
        span = stretches.since[n : n + 2]
        kinds = (now.presses, now.deliveries, now.arrivals)
        cells = (waits(samples, *span) for samples in kinds)
        shown = (f"{w.median * 1e3:.1f}/{w.p99 * 1e3:.1f}/{w.longest * 1e3:.1f}" for w in cells)
        print(f"{name:18} " + " ".join(f"{cell:>24}" for cell in shown))
    print(
        f"\n{now.accepted:,} presses, as many triggers, in order; new clients that failed:",
        end=" ",
    )
    print(f"{now.turned_away}")


async def main(connections: int, seconds: float) -> None:
    """Flood, print, and raise AssertionError if anything was lost."""
    with tempfile.TemporaryDirectory() as folder:
        async with own_fleet(Path(folder)) as (fleet, redis_url):
            api, gateway = await asyncio.gather(fleet.api(), fleet.gateway(**SOCKET_LIMITS))
            async with bystanders(api, gateway) as now:
                flood = await flooded(
                    api, gateway, now, connections, lambda: asyncio.sleep(seconds)
                )
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
