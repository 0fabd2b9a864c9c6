"""Kills a Redis master during a burst, under Sentinel or in a Cluster, and checks what is lost.

Replication is asynchronous, so a failover may lose presses that were just answered. The loss must
never be silent: the game is told, no number is used twice, and PostgreSQL records how many presses
Redis forgot.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from api_service.audit import audit
from api_service.books.database import open_database
from shared.engine.functions import LIBRARY
from shared.redis_store.store import open_store
from shared.wire.game_messages import GameEvent
from tests.faults.acting import Plan
from tests.faults.asking import until_answered
from tests.faults.experiment import crowds_pressing, games_playing
from tests.faults.room import EVENT_TYPES, Room, open_room
from tests.faults.services import Way
from tests.faults.watch import Watch
from tests.flow.books import read_books
from tests.flow.fleet import Member, open_fleet
from tests.room_keys import room_keys
from tests.shared.redis_store.clusters import cluster, sentinel_group
from tests.waiting import until

Servers = Callable[[Path], AbstractAsyncContextManager[Any]]

FAILOVERS: Final[Mapping[str, tuple[Servers, str]]] = {
    "The master of a Sentinel group is killed": (sentinel_group, "kill_master"),
    "The master of a Sentinel group is frozen": (sentinel_group, "pause_master"),
    "A master of a Cluster is killed": (cluster, "kill_master"),
    "A master of a Cluster is frozen": (cluster, "pause_master"),
}


def way_to_api(member: Member) -> Way:
    return Way(member, member.url)


def way_to_gateway(member: Member) -> Way:
    return Way(member, member.url.replace("http", "ws", 1) + "/ws-unity")


@dataclass(frozen=True)
class Pairs:
    """Two API processes and two gateways."""

    redis_url: str
    database_url: str
    apis: list[Way]
    gates: list[Way]
    members: list[Member]


class Failover(NamedTuple):
    """The result of a failover: numbers of presses, and times in s from the master's death.

    `lost` presses were answered and then forgotten by Redis; `forgotten` is how many of them
    PostgreSQL already had. `promoted` is the time until the servers agreed on another master.
    """

    answered: int
    lost: int
    forgotten: int
    triggers: int
    told: bool
    promoted: float
    first_trigger: float
    problems: list[str]


@asynccontextmanager
async def open_pairs(folder: Path, redis_url: str, database_url: str) -> AsyncIterator[Pairs]:
    """Start the services and wait until they are ready."""
    async with open_fleet(folder, redis_url, database_url) as fleet:
        apis, gateways = await fleet.pair_of_each()
        ways = [way_to_api(each) for each in apis], [way_to_gateway(each) for each in gateways]
        yield Pairs(redis_url, database_url, *ways, fleet.members)


async def play_failover(
    servers: Servers, does: str, plan: Plan, folder: Path, database_url: str
) -> Failover:
    """Start everything, and end a master with that method of the servers."""
    async with (
        servers(folder) as running,
        open_pairs(folder, running.url, database_url) as pairs,
    ):
        end = getattr(running, does)
        kill = end if servers is cluster else lambda _: end()
        return await fail_over(pairs, plan, kill, running.wait_promoted)


async def fail_over(
    pairs: Pairs,
    plan: Plan,
    kill: Callable[[str], Awaitable[object]],
    promoted: Callable[[], Awaitable[object]],
) -> Failover:
    """Kill the master of a running room, let its round end, and return the result."""
    watch = Watch(pairs.members)
    async with open_store(pairs.redis_url, client_name="test", library=LIBRARY) as store:
        room = await open_room(pairs, watch, 0)
        async with games_playing([room]):
            await room.started(store)
            async with crowds_pressing([room], plan):
                began = time.time()
                await kill(room_keys(room.room_id).room)
                await promoted()
                promoted_after = time.time() - began
                await until(_flows_again(room, began + promoted_after))
                await asyncio.sleep(plan.load_after)
            await room.end_round(store)
    first = room.first_trigger(began + promoted_after)
    return await _judged(pairs, room, promoted_after, promoted_after + (first or 0.0), watch)


def _flows_again(room: Room, since: float) -> Callable[[], Awaitable[bool]]:
    async def flows() -> bool:
        return room.first_trigger(since) is not None

    return flows


async def _judged(
    pairs: Pairs, room: Room, promoted: float, first_trigger: float, watch: Watch
) -> Failover:
    problems: list[str] = []
    redis = await until_answered(lambda: read_books(pairs.redis_url, room.room_id, EVENT_TYPES))
    kept = sum(account.accepted for account in redis.values())
    accepted = sum(room.crowd.accepted.values())
    async with open_database(pairs.database_url) as database:
        books = await until_answered(lambda: audit(database, room.room_id))
    if books is None or not books.balanced:
        problems.append(f"PostgreSQL does not balance: {books}")
    if not all(account.balances for account in redis.values()):
        problems.append(f"Redis does not balance: {redis}")
    game = room.game.record
    events = [one.message for one in game.applied if isinstance(one.message, GameEvent)]
    if len({(event.epoch, event.seq) for event in events}) != len(events):
        problems.append("the game was sent two triggers with the same number")
    if game.missing:
        problems.append(f"{game.missing} numbers were skipped")
    watch.read_logs()
    problems += watch.faults
    return Failover(
        answered=accepted,
        lost=accepted - kept,
        forgotten=sum(book.forgotten for round_ in books.rounds for book in round_.buttons)
        if books
        else 0,
        triggers=len(events),
        told=game.forgotten > 0,
        promoted=promoted,
        first_trigger=first_trigger,
        problems=problems,
    )
