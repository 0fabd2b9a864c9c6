"""A master dies in the middle of a burst, under Sentinel or in a Cluster: what is lost, and told.

Replication is asynchronous, so a failover may lose what was answered a moment before. It must
never be silent: the game is told, no number ever means two things, and the books say how many
presses Redis forgot.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from api_service.audit.audit import audit
from api_service.books.database import open_database
from shared.engine.functions import LIBRARY
from shared.engine.keys import room_keys
from shared.redis_store.store import StoreUnavailable, open_store
from shared.wire.game_messages import GameEvent
from tests.faults.room import EVENT_TYPES, open_room
from tests.faults.scene import crowds_pressing, games_playing
from tests.faults.watch import Watch
from tests.flow.books import read_books
from tests.flow.fleet import open_fleet
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from shared.redis_store.store import Store
    from tests.faults.acting import Plan
    from tests.faults.room import Room
    from tests.flow.fleet import Member

WELL_WITHIN: Final = 20.0  # s from the master's death
LIMIT: Final = 60.0  # s that a failover may take, its scene included


@dataclass(frozen=True, eq=False)
class Api:
    """An API process."""

    member: Member

    @property
    def url(self) -> str:
        return self.member.url


@dataclass(frozen=True, eq=False)
class Gate:
    """A gateway."""

    member: Member

    @property
    def url(self) -> str:
        return self.member.url.replace("http", "ws", 1) + "/ws-unity"


@dataclass(frozen=True)
class Pairs:
    """Two API processes and two gateways over servers that stand in for one another."""

    redis_url: str
    database_url: str
    apis: list[Api]
    gates: list[Gate]
    members: list[Member]


class Failover(NamedTuple):
    """What a failover came to: presses, and times in s from the master's death.

    `lost` were answered, and Redis forgot them; `forgotten` is how many of those were booked
    before. `promoted` is until the servers agreed on another master.
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
    """The services, ready."""
    async with open_fleet(folder, redis_url, database_url) as fleet:
        apis, gateways = await fleet.pair_of_each()
        yield Pairs(
            redis_url, database_url, [*map(Api, apis)], [*map(Gate, gateways)], fleet.members
        )


async def fail_over(
    pairs: Pairs,
    plan: Plan,
    kill: Callable[[str], Awaitable[object]],
    promoted: Callable[[], Awaitable[object]],
) -> Failover:
    """Kill the master that holds a room in play; gives what came of it when its round has ended."""
    watch = Watch(pairs.members)
    async with (
        asyncio.timeout(LIMIT),
        open_store(pairs.redis_url, client_name="test", library=LIBRARY) as store,
    ):
        room = await open_room(pairs, watch, 0)
        async with games_playing([room]):
            await room.started(store)
            async with crowds_pressing([room], plan):
                began = time.time()
                await kill(room_keys(room.room_id).room)
                await promoted()
                promoted_after = time.time() - began
                await until(_flows_again(room, began + promoted_after), within=WELL_WITHIN)
                await asyncio.sleep(plan.load_after)
            await until(_answers(store))
            await room.end_round(store)
    first = room.first_trigger(began + promoted_after)
    return await _judged(pairs, room, promoted_after, promoted_after + (first or 0.0), watch)


def _flows_again(room: Room, since: float) -> Callable[[], Awaitable[bool]]:
    async def flows() -> bool:
        return room.first_trigger(since) is not None

    return flows


def _answers(store: Store) -> Callable[[], Awaitable[bool]]:
    """Whether a store that was not used meanwhile has found the next master."""

    async def answers() -> bool:
        try:
            await store.ping()
        except StoreUnavailable:
            return False
        return True

    return answers


async def _judged(
    pairs: Pairs, room: Room, promoted: float, first_trigger: float, watch: Watch
) -> Failover:
    problems: list[str] = []
    redis = await read_books(pairs.redis_url, room.room_id, EVENT_TYPES)
    kept = sum(account.accepted for account in redis.values())
    answered = sum(room.crowd.accepted.values())
    async with open_database(pairs.database_url) as database:
        books = await audit(database, room.room_id)
    if books is None or not books.balanced:
        problems.append(f"the books do not balance: {books}")
    if not all(account.balances for account in redis.values()):
        problems.append(f"Redis does not balance: {redis}")
    game = room.game.record
    events = [one.message for one in game.applied if isinstance(one.message, GameEvent)]
    if len({(event.epoch, event.seq) for event in events}) != len(events):
        problems.append("the game was sent two triggers under one number")
    if game.missing:
        problems.append(f"{game.missing} numbers were passed over")
    watch.read_logs()
    problems += watch.faults
    return Failover(
        answered=answered,
        lost=answered - kept,
        forgotten=sum(book.forgotten for round_ in books.rounds for book in round_.buttons)
        if books
        else 0,
        triggers=len(events),
        told=game.forgotten > 0,
        promoted=promoted,
        first_trigger=first_trigger,
        problems=problems,
    )
