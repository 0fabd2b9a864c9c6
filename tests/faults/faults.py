"""The faults: what each does to the stage, and by which signs its beginning and end are seen."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.faults.watch import ANSWER, ATTACHED, LOST, NO_ANSWER
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from tests.faults.room import Room
    from tests.faults.stage import Gate, Stage
    from tests.flow.fleet import Member


@dataclass(frozen=True, slots=True)
class Plan:
    """How much load there is, and how long faults last that last (s)."""

    rooms: int = 2
    viewers: int = 8
    pace: float = 0.3  # s between a viewer's batches
    frozen_for: float = 5.0
    database_away_for: float = 5.0
    load_after: float = 0.3  # s of load after it


class Signs(NamedTuple):
    """What tells that something is wrong, and that it is well again."""

    bad: frozenset[str]
    good: frozenset[str]


REQUESTS: Final = Signs(frozenset({NO_ANSWER}), frozenset({ANSWER}))
SOCKETS: Final = Signs(frozenset({LOST}), frozenset({ATTACHED}))
INBOX: Final = Signs(
    frozenset({LOST, "pubsub subscription lost"}),
    frozenset({ATTACHED, "starting pubsub subscription"}),
)
REDIS: Final = Signs(
    frozenset({NO_ANSWER, "redis away", "pubsub subscription lost", "ledger waits"}),
    frozenset({ANSWER}),
)
DATABASE: Final = Signs(
    frozenset({"ledger waits", "name not read, database away"}), frozenset({"ledger goes on"})
)
DRAIN: Final = Signs(frozenset({"draining"}), frozenset({ATTACHED}))
CLAIMS: Final = 3
PATIENT: Final = 15.0  # s


class Acted(NamedTuple):
    """A fault that is over: when it began and ended (s since 1970).

    `where` are the URLs of the services whose signs count, `rooms` those whose triggers do.
    """

    began: float
    ended: float
    where: frozenset[str]
    rooms: tuple[Room, ...]


Act = Callable[["Stage", "Sequence[Room]", Plan], Awaitable[Acted]]


class Fault(NamedTuple):
    """A fault, and by what it is seen, if it is at all."""

    name: str
    signs: Signs
    act: Act
    is_noticed: bool = True


# Processes that end.


async def kill_gateway(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Its games go to the other one; later it is back."""
    gate = stage.gates[0]
    affected = on(gate, rooms)
    began = time.time()
    await gate.member.kill()
    acted = Acted(began, time.time(), everywhere(stage), affected)
    await attached(affected)
    await gate.member.start()
    return acted


async def kill_api(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """In the middle of requests, and perhaps of a transaction."""
    api = stage.apis[0]
    began = time.time()
    await api.member.kill()
    await api.member.start()
    return Acted(began, time.time(), frozenset({api.url}), tuple(rooms))


async def kill_redis(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """It comes back with all that it answered."""
    began = time.time()
    await stage.valkey.kill()
    await stage.valkey.start()
    return Acted(began, time.time(), everywhere(stage), tuple(rooms))


async def kill_postgres(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """It comes back with all that it committed."""
    began = time.time()
    await stage.postgres.kill()
    await stage.postgres.start()
    return Acted(began, time.time(), everywhere(stage), tuple(rooms))


async def take_postgres_away(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """For so long that the ledger in Redis grows."""
    began = time.time()
    await stage.postgres.kill()
    await asyncio.sleep(plan.database_away_for)
    await stage.postgres.start()
    return Acted(began, time.time(), everywhere(stage), tuple(rooms))


# Processes that stand still.


async def freeze_gateway(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """Its games leave it; when it goes on, it must not speak for them."""
    gate = stage.gates[0]
    affected = on(gate, rooms)
    began = time.time()
    async with frozen(gate.member):
        await asyncio.sleep(plan.frozen_for)
    return Acted(began, began, everywhere(stage), affected)


async def freeze_api(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """Its requests are sent again to the other one, and served by both."""
    api = stage.apis[0]
    began = time.time()
    async with frozen(api.member):
        await asyncio.sleep(plan.frozen_for)
    return Acted(began, time.time(), frozenset({api.url}), tuple(rooms))


async def freeze_redis(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """What was sent to it happens when it goes on."""
    began = time.time()
    stage.valkey.pause()
    try:
        await asyncio.sleep(plan.frozen_for)
    finally:
        stage.valkey.resume()
    return Acted(began, time.time(), everywhere(stage), tuple(rooms))


async def freeze_postgres(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """Transactions stand still with it."""
    began = time.time()
    await stage.postgres.freeze()
    try:
        await asyncio.sleep(plan.frozen_for)
    finally:
        stage.postgres.go_on()
    return Acted(began, time.time(), everywhere(stage), tuple(rooms))


# Links that carry nothing more, and say nothing of it.


async def cut_api_from_redis(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Answers under way never come."""
    api = stage.apis[0]
    began = time.time()
    api.redis.cut()
    return Acted(began, began, frozenset({api.url}), tuple(rooms))


async def cut_gateway_from_redis(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """No nudge comes any more."""
    gate = stage.gates[0]
    affected = on(gate, rooms)
    for room in affected:
        room.game.patience = PATIENT  # the gateway is to notice it, not the game
    began = time.time()
    gate.redis.cut()
    return Acted(began, began, frozenset({gate.member.url}), affected)


async def cut_games_from_gateway(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """The gateway goes on writing to sockets that lead nowhere."""
    gate = stage.gates[0]
    affected = on(gate, rooms)
    began = time.time()
    gate.door.cut()
    return Acted(began, began, everywhere(stage), affected)


# Games.


async def stop_reading(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """A main loop that stands still; what is fired meanwhile waits."""
    gate = stage.gates[0]
    affected = on(gate, rooms)
    began = time.time()
    gate.door.flows.clear()
    for room in affected:
        room.game.awake.clear()
    await asyncio.sleep(plan.frozen_for)
    gate.door.flows.set()
    for room in affected:
        room.game.awake.set()
    return Acted(began, time.time(), everywhere(stage), affected)


async def drop_games(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """All sockets of a gateway are gone with what is in them; the games go to the other one."""
    gate = stage.gates[0]
    affected = on(gate, rooms)
    began = time.time()
    gate.door.drop()
    return Acted(began, began, everywhere(stage), affected)


async def claim_twice(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Another game claims the room: the one before lets go, and does not come back."""
    began, room = time.time(), rooms[0]
    for _claim in range(CLAIMS):
        before = room.game.record
        room.claim()
        await until(before.has_ended)
    return Acted(began, began, everywhere(stage), (room,))


# Releases.


async def roll_gateways(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Each gateway is replaced: the new one is there first, the old one sends its games away."""
    began = time.time()
    for gate in list(stage.gates):
        await stage.open_gate()
        stage.gates.remove(gate)
        gate.member.send(signal.SIGTERM)
        assert await gate.member.stopped() == 0
    return Acted(began, began, everywhere(stage), tuple(rooms))


async def roll_apis(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Each API process is stopped in good order and started again."""
    began = time.time()
    for api in stage.apis:
        api.member.send(signal.SIGTERM)
        assert await api.member.stopped() == 0
        await api.member.start()
    return Acted(began, time.time(), everywhere(stage), tuple(rooms))


FAULTS: Final = (
    Fault("gateway killed", SOCKETS, kill_gateway),
    Fault("API process killed", REQUESTS, kill_api),
    Fault("Redis killed and restarted", REDIS, kill_redis),
    Fault("PostgreSQL killed and restarted", DATABASE, kill_postgres),
    Fault("PostgreSQL gone for a while", DATABASE, take_postgres_away),
    Fault("gateway frozen", SOCKETS, freeze_gateway),
    Fault("API process frozen", REQUESTS, freeze_api),
    Fault("Redis frozen", REDIS, freeze_redis),
    Fault("PostgreSQL frozen", DATABASE, freeze_postgres, is_noticed=False),
    Fault("link from an API process to Redis cut", REQUESTS, cut_api_from_redis),
    Fault("link from a gateway to Redis cut", INBOX, cut_gateway_from_redis),
    Fault("links from games to a gateway cut", SOCKETS, cut_games_from_gateway),
    Fault("games stop reading", SOCKETS, stop_reading, is_noticed=False),
    Fault("games drop, and return elsewhere", SOCKETS, drop_games),
    Fault("two games claim one room", SOCKETS, claim_twice),
    Fault("gateways replaced one by one", DRAIN, roll_gateways),
    Fault("API processes restarted one by one", REQUESTS, roll_apis),
)


# What they share.


def everywhere(stage: Stage) -> frozenset[str]:
    """Every service there was."""
    return frozenset(member.url for member in stage.members)


def on(gate: Gate, rooms: Iterable[Room]) -> tuple[Room, ...]:
    """The rooms whose games have their socket there."""
    return tuple(room for room in rooms if room.game.gate is gate)


@asynccontextmanager
async def frozen(member: Member) -> AsyncIterator[None]:
    """The process stands still while the block runs."""
    member.send(signal.SIGSTOP)
    try:
        yield
    finally:
        member.send(signal.SIGCONT)


async def attached(rooms: Iterable[Room]) -> None:
    """Return once each game has a socket."""

    async def all_attached() -> bool:
        return all(room.game.gate for room in rooms)

    await until(all_attached)
