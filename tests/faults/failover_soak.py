"""Repeats failovers during a burst of presses, and prints a table of what was lost.

    python -m tests.faults.failover_soak [--rounds N]

Every round has its own servers. The exit status is 1 if a loss was silent or another check failed.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Final

import uvloop

from api_service.books.migrate import upgrade
from tests.faults.acting import Plan
from tests.faults.failovers import Failover, fail_over, open_pairs
from tests.faults.postgres import own_postgres
from tests.shared.redis_store.clusters import cluster, sentinel_group

Play = Callable[[Path, str], Awaitable[Failover]]

LIMIT: Final = 120.0  # s that a failover may take, its experiment included
BURST: Final = Plan(
    rooms=1, viewers=30, pace=0.05, frozen_for=0.0, database_away_for=0.0, load_after=1.0
)
HEADS: Final = (
    *("failover", "runs", "presses answered", "lost", "forgotten by Redis"),
    *("told to the game", "promoted", "first trigger"),
)


async def sentinel_master_killed(folder: Path, database_url: str) -> Failover:
    """The master of a Sentinel group is killed."""
    async with (
        sentinel_group(folder) as group,
        open_pairs(folder, group.url, database_url) as pairs,
    ):
        return await fail_over(pairs, BURST, lambda _: group.kill_master(), group.wait_promoted)


async def sentinel_master_frozen(folder: Path, database_url: str) -> Failover:
    """The master of a Sentinel group is frozen."""
    async with (
        sentinel_group(folder) as group,
        open_pairs(folder, group.url, database_url) as pairs,
    ):
        return await fail_over(pairs, BURST, lambda _: group.pause_master(), group.wait_promoted)


async def cluster_master_killed(folder: Path, database_url: str) -> Failover:
    """A master of a Cluster is killed."""
    async with cluster(folder) as nodes, open_pairs(folder, nodes.url, database_url) as pairs:
        return await fail_over(pairs, BURST, nodes.kill_master, nodes.wait_promoted)


async def cluster_master_frozen(folder: Path, database_url: str) -> Failover:
    """A master of a Cluster is frozen."""
    async with cluster(folder) as nodes, open_pairs(folder, nodes.url, database_url) as pairs:
        return await fail_over(pairs, BURST, nodes.pause_master, nodes.wait_promoted)


FAILOVERS: Final = (
    sentinel_master_killed,
    sentinel_master_frozen,
    cluster_master_killed,
    cluster_master_frozen,
)


def main() -> int:
    """Play the rounds, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.failover_soak")
    parser.add_argument("--rounds", type=int, default=1)
    rounds = parser.parse_args().rounds
    rows = ["| " + " | ".join(HEADS) + " |", "| --- " * len(HEADS) + "|"]
    problems: list[str] = []
    for play in FAILOVERS:
        found = [uvloop.run(_play(play)) for _ in range(rounds)]
        problems += [problem for one in found for problem in one.problems]
        rows.append(_row(play, found))
    print("\n".join(rows))
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


async def _play(play: Play) -> Failover:
    with tempfile.TemporaryDirectory(prefix="streamario-failover-") as folder:
        async with (
            asyncio.timeout(LIMIT),
            own_postgres(Path(folder) / "postgres") as postgres,
        ):
            upgrade(postgres.url)
            found = await play(Path(folder), postgres.url)
    print(play.__name__, found, file=sys.stderr, flush=True)
    return found


def _row(play: Play, found: Sequence[Failover]) -> str:
    """Return a table row of sums and times (s); of times the median, and the worst in brackets."""
    sums = (
        sum(one.answered for one in found),
        sum(one.lost for one in found),
        sum(one.forgotten for one in found),
    )
    told = f"{sum(one.told for one in found)} of {len(found)}"
    times = ([one.promoted for one in found], [one.first_trigger for one in found])
    columns = (
        (play.__doc__ or "").rstrip("."),
        str(len(found)),
        *(f"{number:,}" for number in sums),
        told,
        *(f"{median(values):.2f} ({max(values):.2f})" for values in times),
    )
    return f"| {' | '.join(columns)} |"


if __name__ == "__main__":
    sys.exit(main())
