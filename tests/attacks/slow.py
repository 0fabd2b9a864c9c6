"""Runs slow clients (slow loris) of every kind against real processes with real timeouts.

    python -m tests.attacks.slow [--connections N] [--seconds S]

Each client sends a byte a second, or nothing. The run takes half a minute. For each kind it prints
how many connections were still open at the end, and the longest time after which the service closed
one; and the latencies of presses, deliveries and new connections meanwhile. The exit status is 1 if
a press or a trigger was lost.
"""

import argparse
import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import uvloop

from tests.attacks.attacker_process import Report
from tests.attacks.attackers import attacking
from tests.attacks.bystanders import Bystanders, Sample, bystanders, waits
from tests.attacks.flood import own_fleet
from tests.flow.fleet import Member

AT_API: Final = ("silent", "head", "blanks", "body", "behind")
AT_GATEWAY: Final = ("silent", "head", "blanks", "handshake")


async def assailed(
    now: Bystanders, kinds: list[tuple[Member, str]], count: int, seconds: float
) -> list[Report]:
    """Run `count` clients of each kind for some seconds, and return a report for each kind."""
    async with AsyncExitStack() as stack:
        them = [
            await stack.enter_async_context(attacking(member.port, now.room_id, count, [kind]))
            for member, kind in kinds
        ]
        await asyncio.gather(*(some.settled() for some in them))
        await asyncio.sleep(seconds)
        return list(await asyncio.gather(*(some.let_go() for some in them)))


def _tell_waits(name: str, samples: list[Sample], began: float) -> None:
    alone, among = waits(samples, 0, began), waits(samples, began, time.monotonic())
    shown = (
        f"{w.median * 1e3:.1f} / {w.p99 * 1e3:.1f} / {w.longest * 1e3:.1f}" for w in (alone, among)
    )
    print(f"{name:12} " + "   ".join(f"{cell:>24}" for cell in shown))


async def main(connections: int, seconds: float) -> None:
    """Attack, print, and raise AssertionError if anything was lost."""
    with tempfile.TemporaryDirectory() as folder:
        async with own_fleet(Path(folder)) as (fleet, redis_url):
            api, gateway = await asyncio.gather(fleet.api(), fleet.gateway())
            kinds = [*((api, kind) for kind in AT_API), *((gateway, kind) for kind in AT_GATEWAY)]
            async with bystanders(api, gateway) as now:
                await asyncio.sleep(3)
                began = time.monotonic()
                reports = await assailed(now, kinds, connections, seconds)
                print(f"{'of ' + str(connections):22} {'still open':>10} {'longest, s':>10}")
                for (member, kind), report in zip(kinds, reports, strict=True):
                    where = f"{member.service} {kind}"
                    print(f"{where:22} {report.held:>10} {report.longest:>10.1f}")
                print(f"\n{'ms: median / p99 / max':12} {'before':>15}   {'attacked':>24}")
                for name in ("presses", "deliveries", "arrivals"):
                    _tell_waits(name, getattr(now, name), began)
            await now.check(redis_url)
            print(f"\n{now.accepted:,} presses, as many triggers, in order")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=25.0)
    options = parser.parse_args()
    uvloop.run(main(options.connections, options.seconds))
