"""Measures a gateway's triggers per second, and a trigger's cost in Redis with more gateways."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Final

from tests.bench.bench import Bench, Broken
from tests.bench.child import child, module
from tests.bench.figures import Topic
from tests.bench.firing import TRIGGERS
from tests.bench.latency import EVERY_PRESS_FIRES
from tests.bench.processes import CpuMeter
from tests.bench.report import Table, number, percent
from tests.bench.room import Room, playing
from tests.bench.stand import Stand, open_stand
from tests.bench.svg import Line, Panel
from tests.flow.fleet import Member
from tests.waiting import until

OURS: Final = "streamario"
GAMES: Final = (1, 10)
GATEWAYS: Final = (1, 2, 4, 8)
QUICK_GATEWAYS: Final = (1, 4)
MOST_ROUNDS: Final = 3
WARM_UP: Final = 1.0  # s
SECONDS: Final = 4.0
QUICK_SECONDS: Final = 2.0
BATCHES: Final = 200  # fired to measure a trigger's cost in Redis
SETTLE: Final = 1.5  # s
MEASURED_FOR: Final = 3.0  # s for which Valkey is measured, with and without triggers
DELIVERED_WITHIN: Final = 30.0  # s
MICRO: Final = 1e6


async def measure(bench: Bench) -> None:
    """Measure delivery at full speed, then a fixed number of triggers with a growing fleet."""
    figures, seconds = bench.figures.of("triggers"), QUICK_SECONDS if bench.quick else SECONDS
    async with open_stand(bench.folder("triggers")) as stand, stand.apis(1) as apis:
        gateways = [await stand.gateway()]
        for _ in bench.rounds("triggers", MOST_ROUNDS):
            for games in GAMES:
                await _deliver(stand, apis, gateways[0], games, seconds, figures)
                await stand.booked()
        # Gateways are only added, so all rounds of one number come before the next number.
        for count in QUICK_GATEWAYS if bench.quick else GATEWAYS:
            while len(gateways) < count:
                gateways.append(await stand.gateway())
            for _ in bench.rounds(f"triggers, gateways: {count}", MOST_ROUNDS):
                await _spread(stand, apis, gateways, figures)
                await stand.booked()


async def _deliver(
    stand: Stand,
    apis: Sequence[Member],
    gateway: Member,
    games: int,
    seconds: float,
    figures: Topic,
) -> None:
    async with _rooms(apis, gateway, games) as rooms:
        async with _firing(stand, rooms) as firing:
            await until(lambda: _some_delivered(rooms))
            await asyncio.sleep(WARM_UP)
            used = CpuMeter(stand.groups(apis, gateway))
            began, before = time.perf_counter(), _delivered(rooms)
            await asyncio.sleep(seconds)
            delivered = _delivered(rooms) - before
            rate = delivered / (time.perf_counter() - began)
            cpu = used.seconds()
            await _all_delivered(rooms, await _end(firing))
        figures.add(OURS, "rate", "triggers/s", rate, games=games)
        for group, busy in cpu.items():
            figures.add(
                OURS, f"CPU of {group}", "µs/trigger", busy / delivered * MICRO, games=games
            )


async def _spread(
    stand: Stand, apis: Sequence[Member], gateways: Sequence[Member], figures: Topic
) -> None:
    """Measure Valkey's work with triggers, minus its work in the same time without."""
    async with _rooms(apis, gateways[0], 1) as rooms:
        await asyncio.sleep(SETTLE)
        before = await _told(stand)
        await asyncio.sleep(MEASURED_FOR)
        between = await _told(stand)
        began = time.monotonic()
        async with _firing(stand, rooms, BATCHES) as firing:
            await _all_delivered(rooms, await _end(firing))
        await asyncio.sleep(began + MEASURED_FOR - time.monotonic())
        after = await _told(stand)
        triggers = _delivered(rooms)
    count = len(gateways)
    for n, (measure, unit) in enumerate(TOLD):
        added = (after[n] - between[n]) - (between[n] - before[n])
        figures.add(OURS, measure, unit, added / triggers, gateways=count)


TOLD: Final = (("published", "PUBLISH/trigger"), ("sent", "bytes/trigger"))


async def _told(stand: Stand) -> tuple[float, float]:
    """Return how often Valkey has published, and how many bytes it has sent."""
    commands = await stand.redis.info("commandstats")
    sent = (await stand.redis.info("stats"))["total_net_output_bytes"]
    return float(commands.get("cmdstat_publish", {"calls": 0})["calls"]), float(sent)


@asynccontextmanager
async def _rooms(apis: Sequence[Member], gateway: Member, count: int) -> AsyncIterator[list[Room]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(playing(apis, gateway, EVERY_PRESS_FIRES))
            for _ in range(count)
        ]


def _firing(
    stand: Stand, rooms: Sequence[Room], batches: int = 0
) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    room_ids = ",".join(room.id for room in rooms)
    return child(*module("firing", stand.valkey.url, room_ids, str(batches)))


async def _end(firing: asyncio.subprocess.Process) -> int:
    """End the process or wait for it, and return how many triggers it fired."""
    assert firing.stdin is not None
    firing.stdin.close()
    output, _ = await firing.communicate()
    assert firing.returncode == 0
    return int(output)


async def _some_delivered(rooms: Sequence[Room]) -> bool:
    return _delivered(rooms) > 0


def _delivered(rooms: Sequence[Room]) -> int:
    return sum(room.game.triggers for room in rooms)


async def _all_delivered(rooms: Sequence[Room], fired: int) -> None:
    """Wait for the last trigger. Raises Broken if triggers are lost or arrive twice."""

    async def all_there() -> bool:
        return _delivered(rooms) >= fired

    try:
        async with asyncio.timeout(DELIVERED_WITHIN):
            await until(all_there)
    except TimeoutError:
        raise Broken(f"{fired:,} triggers fired, {_delivered(rooms):,} arrived") from None
    troubles = [room.game.trouble for room in rooms if room.game.trouble]
    if troubles or _delivered(rooms) != fired:
        raise Broken(f"{fired:,} triggers fired, {_delivered(rooms):,} arrived; {troubles}")


HEADS: Final = (
    *("games", "triggers/s", "spread", "gateway µs", "Valkey µs"),
    *("API µs (its ledger)", "PostgreSQL µs"),
)
GROUPS: Final = ("gateway", "Valkey", "API", "PostgreSQL")
NOTE: Final = (
    "Through one gateway, while a process fires as fast as the games acknowledge. µs of CPU time"
    " per trigger. Every game received every number once, in order."
)
SPREAD_HEADS: Final = ("gateways", "PUBLISH/trigger", "bytes sent by Valkey/trigger")
SPREAD_NOTE: Final = (
    f"{BATCHES * TRIGGERS:,} triggers of one game. One PUBLISH is the nudge to the gateway that"
    " owns the room, one is for the channel game_events. Valkey's work in the same time without"
    " triggers is subtracted."
)


def tables(figures: Topic) -> list[Table]:
    """One table of delivery, one of a trigger's cost in Redis."""
    rows = [
        [
            str(games),
            number(figures.median(OURS, "rate", games=games)),
            percent(figures.spread(OURS, "rate", games=games)),
            *(number(figures.median(OURS, f"CPU of {group}", games=games)) for group in GROUPS),
        ]
        for games in GAMES
    ]
    spread = [
        [str(n), *(number(figures.median(OURS, measure, gateways=n)) for measure, _ in TOLD)]
        for n in figures.values("gateways", "published")
    ]
    return [
        Table("Triggers delivered", HEADS, rows, [NOTE]),
        Table("Cost of a trigger in Redis", SPREAD_HEADS, spread, [SPREAD_NOTE]),
    ]


def panels(figures: Topic) -> list[Panel]:
    """Messages per trigger, by number of gateways."""
    points = [(n, figures.median(OURS, "published", gateways=n)) for n in GATEWAYS]
    return [Panel("Messages for one trigger", "gateways", "PUBLISH", [Line("published", points)])]
