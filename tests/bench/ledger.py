"""Measures how fast presses are written to PostgreSQL, and how far that lags under load."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from itertools import cycle, islice
from typing import Final

from tests.bench import crowded, wrk
from tests.bench.bench import Bench, Broken
from tests.bench.crowd import new_viewers, write_lists
from tests.bench.figures import Topic
from tests.bench.processes import CpuMeter
from tests.bench.report import Table, number, percent
from tests.bench.room import playing
from tests.bench.stand import VARIABLES, Stand, metrics, open_stand
from tests.flow.fleet import Member
from tests.waiting import until

NEEDS: Final = (wrk.missing,)
OURS: Final = "streamario"
CALLS: Final = {"full": (1, 200), "alone": (100, 100)}  # rooms, and concurrent batches
MOST_ROUNDS: Final = 3
PRESSES: Final = 100_000
QUICK_PRESSES: Final = 60_000
VIEWERS: Final = 5_000
CONNECTIONS: Final = 64
WARM_UP: Final = 1  # s
SECONDS: Final = 6
QUICK_SECONDS: Final = 3
CHECK_EVERY: Final = 0.2  # s
BOOKED_WITHIN: Final = 120.0  # s
MICRO: Final = 1e6
PRESSES_BOOKED: Final = "streamario_ledger_presses_total"
WRONG: Final = ("gaps", "failures")
LAG: Final = "streamario_ledger_lag_seconds"


async def measure(bench: Bench) -> None:
    """Measure a ledger under load, then ledgers that catch up."""
    figures = bench.figures.of("ledger")
    presses, seconds = (QUICK_PRESSES, QUICK_SECONDS) if bench.quick else (PRESSES, SECONDS)
    async with open_stand(bench.folder("ledger")) as stand:
        gateway = await stand.gateway()
        for _ in bench.rounds("ledger", MOST_ROUNDS):
            async with stand.apis(1) as apis:
                await _under_load(stand, apis, gateway, seconds, figures)
            for calls in CALLS:
                await _catch_up(stand, calls, presses, figures)


async def _catch_up(stand: Stand, calls: str, presses: int, figures: Topic) -> None:
    """Make presses while no process writes the ledger, then measure one process that does."""
    await _fill(stand, *CALLS[calls], presses)
    entries, held = await stand.unbooked(), await stand.ledger_bytes()
    figures.add(OURS, "an entry", "batches", presses / entries, calls=calls)
    figures.add(OURS, "a batch", "bytes", held / presses, calls=calls)
    member = await stand.fleet.ledger(**VARIABLES)
    began, before = time.perf_counter(), await metrics([member])
    used = CpuMeter({"ledger": [member.process.pid], "PostgreSQL": [stand.postgres.pid]})
    async with asyncio.timeout(BOOKED_WITHIN):
        await until(lambda: _have_booked(member, presses))
    elapsed, cpu = time.perf_counter() - began, used.seconds()
    after = await metrics([member])
    await member.kill()
    if after[PRESSES_BOOKED] != presses:
        raise Broken(f"{presses:,} presses, {after[PRESSES_BOOKED]:,.0f} in PostgreSQL")
    for what in WRONG:
        if wrong := after[f"streamario_ledger_{what}_total"]:
            raise Broken(f"the ledger reports {wrong:.0f} {what}")
    counted = after[PRESSES_BOOKED] - before[PRESSES_BOOKED]
    figures.add(OURS, "booked", "presses/s", counted / elapsed, calls=calls)
    for group, busy in cpu.items():
        figures.add(OURS, f"CPU of {group}", "µs/press", busy / counted * MICRO, calls=calls)


async def _have_booked(member: Member, presses: int) -> bool:
    return (await metrics([member]))[PRESSES_BOOKED] >= presses


async def _fill(stand: Stand, rooms: int, at_once: int, presses: int) -> None:
    async with stand.engine() as engine:
        room_ids = await crowded.open_rooms(engine, rooms)
        await crowded.start_rooms(engine, room_ids)
        pairs = zip(cycle(room_ids), cycle(new_viewers(VIEWERS)), strict=False)
        await crowded.press(engine, islice(pairs, presses), at_once=at_once)


async def _under_load(
    stand: Stand, apis: Sequence[Member], gateway: Member, seconds: int, figures: Topic
) -> None:
    """Send presses as fast as they are answered; the same process writes the ledger."""
    async with playing(apis, gateway) as room:
        lists = write_lists(stand.folder, [room.id], new_viewers(VIEWERS), 1)
        load = partial(wrk.load, [apis[0].url], lists, connections=CONNECTIONS)
        await load(seconds=WARM_UP)
        before = await room.settled()
        await stand.booked()
        pressing = asyncio.create_task(load(seconds=seconds))
        unbooked, lags = [], []
        while not pressing.done():
            await asyncio.sleep(CHECK_EVERY)
            unbooked.append(await stand.unbooked())
            lags.append((await metrics(apis))[LAG])
        seen, began = await pressing, time.perf_counter()
        await stand.booked()
        took = time.perf_counter() - began
        await room.counted(seen, before)
    figures.add(OURS, "load", "presses/s", seen.rate)
    figures.add(OURS, "most behind", "entries", max(unbooked))
    figures.add(OURS, "longest lag", "s", max(lags))
    figures.add(OURS, "all booked after", "s", took)


HEADS: Final = (
    *("calls", "batches/entry", "bytes/batch", "batches/s", "spread"),
    *("ledger µs", "PostgreSQL µs"),
)
NOTE: Final = (
    f"One `streamario ledger` catches up with unread batches of one press each, by {VIEWERS:,}"
    " viewers. full: one room, whose batches share calls to Redis. alone: 100"
    " rooms, whose batches do not. bytes: of Redis. µs of CPU time per batch. Every press was"
    " written exactly once."
)
LOAD_MEASURES: Final = ("load", "most behind", "longest lag", "all booked after")
LOAD_HEADS: Final = ("presses/s", "most unread", "longest lag s", "all written after s")
LOAD_NOTE: Final = (
    f"One API process that counts presses and writes the ledger, {CONNECTIONS} connections, one"
    " room. The last column counts from the end of the load."
)


def tables(figures: Topic) -> list[Table]:
    """One table for catching up, one for the lag under load."""
    rows = [
        [
            calls,
            number(figures.median(OURS, "an entry", calls=calls)),
            number(figures.median(OURS, "a batch", calls=calls)),
            number(figures.median(OURS, "booked", calls=calls)),
            percent(figures.spread(OURS, "booked", calls=calls)),
            number(figures.median(OURS, "CPU of ledger", calls=calls)),
            number(figures.median(OURS, "CPU of PostgreSQL", calls=calls)),
        ]
        for calls in CALLS
    ]
    load = [number(figures.median(OURS, measure)) for measure in LOAD_MEASURES]
    return [
        Table("Presses written to PostgreSQL", HEADS, rows, [NOTE]),
        Table("Ledger lag under full load", LOAD_HEADS, [load], [LOAD_NOTE]),
    ]
