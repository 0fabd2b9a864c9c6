"""Measures the services' start time, their memory at rest, and memory in Redis."""

import asyncio
import time
from typing import Final

from tests.bench import crowded
from tests.bench.bench import Bench
from tests.bench.crowd import new_viewers
from tests.bench.figures import Topic
from tests.bench.processes import proportional_bytes, resident_bytes
from tests.bench.report import Table, number
from tests.bench.stand import VARIABLES, Stand, open_stand

SERVICES: Final = ("api", "gateway", "ledger")
REDIS: Final = "Redis"
SPREAD_OUT: Final = "an active viewer, ten a room"
IN_ONE_ROOM: Final = "an active viewer, all in one room"
ROOMS: Final = 1_000
VIEWERS: Final = 10_000
MOST_ROUNDS: Final = 3
SETTLE: Final = 2.0  # s
MIB: Final = 1024 * 1024


async def measure(bench: Bench) -> None:
    """Measure each service alone, then rooms and viewers in Redis."""
    figures = bench.figures.of("resources")
    async with open_stand(bench.folder("resources")) as stand:
        starts = {
            "api": stand.fleet.api,
            "gateway": stand.fleet.gateway,
            "ledger": stand.fleet.ledger,
        }
        for _ in bench.rounds("resources", bench.round_count):
            for service, start in starts.items():
                began = time.perf_counter()
                member = await start(**VARIABLES)
                figures.add(service, "start", "s", time.perf_counter() - began)
                await asyncio.sleep(SETTLE)
                pid = member.process.pid
                figures.add(service, "resident", "MiB", resident_bytes(pid) / MIB)
                figures.add(service, "proportional", "MiB", proportional_bytes(pid) / MIB)
                await member.kill()
        async with stand.apis(1):
            for _ in bench.rounds("resources, in Redis", MOST_ROUNDS):
                await _in_redis(stand, figures)


async def _in_redis(stand: Stand, figures: Topic) -> None:
    async with stand.engine() as engine:
        empty = await _used_memory(stand)
        room_ids = await crowded.open_rooms(engine, ROOMS)
        opened = await _used_memory(stand)
        await crowded.start_rooms(engine, room_ids)
        started = await _used_memory(stand)
        viewers = new_viewers(VIEWERS)
        places = [(room_ids[n % ROOMS], viewer) for n, viewer in enumerate(viewers)]
        await crowded.press(engine, places)
        pressed = await _used_memory(stand)
        crowd = [(room_ids[0], viewer) for viewer in new_viewers(VIEWERS)]
        await crowded.press(engine, crowd)
        crowd_pressed = await _used_memory(stand)
    figures.add(REDIS, "a room", "bytes", (opened - empty) / ROOMS)
    figures.add(REDIS, "a room's round", "bytes", (started - opened) / ROOMS)
    figures.add(REDIS, SPREAD_OUT, "bytes", (pressed - started) / VIEWERS)
    figures.add(REDIS, IN_ONE_ROOM, "bytes", (crowd_pressed - pressed) / VIEWERS)


async def _used_memory(stand: Stand) -> int:
    """Return Redis's memory in bytes, after all ledger entries are written and trimmed."""
    await asyncio.sleep(SETTLE)
    await stand.booked()
    return int((await stand.redis.info("memory"))["used_memory"])


HEADS: Final = ("service", "ready after s", "RSS MiB", "PSS MiB")
NOTE: Final = "Time from the start of the process until /readyz is true; memory at rest."
REDIS_HEADS: Final = ("in Redis", "bytes")
REDIS_NOTE: Final = (
    f"Growth of used_memory with {ROOMS:,} rooms with the default buttons, and twice {VIEWERS:,}"
    " viewers with names who pressed once each, in numbered batches; without ledger entries."
)


def tables(figures: Topic) -> list[Table]:
    """One table of the services, one of Redis."""
    services = [
        [
            service,
            *(
                number(figures.median(service, measure))
                for measure in ("start", "resident", "proportional")
            ),
        ]
        for service in SERVICES
    ]
    things = ("a room", "a room's round", SPREAD_OUT, IN_ONE_ROOM)
    in_redis = [[thing, number(figures.median(REDIS, thing))] for thing in things]
    return [
        Table("Services at rest", HEADS, services, [NOTE]),
        Table("Memory in Redis", REDIS_HEADS, in_redis, [REDIS_NOTE]),
    ]
