"""Runs games of one address that flood a gateway with commands, beside a game and its crowd.

    python -m tests.attacks.commands [--games N] [--seconds S] [KIND …]

For each kind of command it prints the latencies of triggers before and meanwhile, and how many
entries, of how many bytes, the floods put into the ledger. The exit status is 1 if a press or a
trigger was lost.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import Final

import uvloop
from redis.asyncio import Redis

from shared.engine.keys import SHARD_KEYS
from tests.attacks.attackers import attacking, cpu_of
from tests.attacks.bystanders import Bystanders, bystanders, waits
from tests.attacks.flood import own_fleet
from tests.flow.fleet import Member
from tests.room_keys import room_keys

KINDS: Final = ("settings", "rounds", "pings", "acks", "outcomes", "control frames")


async def ledgers(redis: Redis, room_id: str) -> tuple[int, int]:
    """The unread entries of all shards but the room's own, and their bytes."""
    entries = size = 0
    for keys in SHARD_KEYS.values():
        if keys.ledger not in room_keys(room_id).ledger:
            entries += await redis.xlen(keys.ledger)
            size += await redis.memory_usage(keys.ledger, samples=0) or 0
    return entries, size


async def assailed(now: Bystanders, gateway: Member, kind: str, games: int, seconds: float) -> str:
    """Flood with one kind for some seconds; return what is printed."""
    began = time.monotonic()
    await asyncio.sleep(seconds)
    async with attacking(gateway.port, now.room_id, games, [kind]) as them:
        report = await them.settled()
        assert report.let_in == games, report
        assailed_at, used = time.monotonic(), cpu_of(gateway.process.pid)
        await asyncio.sleep(seconds)
        over, used = time.monotonic(), cpu_of(gateway.process.pid) - used
        await them.let_go()
    alone, among = (
        waits(now.deliveries, began, assailed_at),
        waits(now.deliveries, assailed_at, over),
    )
    shown = (
        f"{w.median * 1e3:.1f} / {w.p99 * 1e3:.1f} / {w.longest * 1e3:.1f}" for w in (alone, among)
    )
    cells = " ".join(f"{cell:>22}" for cell in shown)
    return f"{kind:10} {cells} {used / (over - assailed_at):>6.2f}"


async def measured(kind: str, games: int, seconds: float) -> None:
    """Attack with one kind, on servers of its own; raise AssertionError if anything was lost."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            own_fleet(Path(folder)) as (fleet, redis_url),
            Redis.from_url(redis_url) as redis,
        ):
            api, gateway = await asyncio.gather(fleet.api(LEDGER="off"), fleet.gateway())
            async with bystanders(api, gateway) as now:
                told = await assailed(now, gateway, kind, games, seconds)
                entries, size = await ledgers(redis, now.room_id)
                print(f"{told} {entries:>9,} {size / 1e6:>6.1f}", flush=True)
            await now.check(redis_url)


async def main(kinds: list[str], games: int, seconds: float) -> None:
    print(f"{'triggers, ms':12} {'before':>20} {'among':>22} {'cores':>6} {'entries':>9} {'MB':>6}")
    for kind in kinds:
        await measured(kind, games, seconds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--games", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    uvloop.run(main(options.kinds, options.games, options.seconds))
