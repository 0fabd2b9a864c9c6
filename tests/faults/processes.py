"""Faults of processes: they are killed, stand still, or are replaced."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.faults.acting import at, attached, on, since

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tests.faults.acting import Acted, Plan
    from tests.faults.room import Room
    from tests.faults.stage import Stage
    from tests.flow.fleet import Member

BETWEEN: Final = 0.7  # s
NOTICED_AFTER: Final = 2.0  # s: a ledger that has just booked looks again after one
IN_TRANSACTION: Final = 14.0  # s: PostgreSQL ends a transaction that stands still for 10 s

# They are killed.


async def kill_gateway(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Its games go to the other one; later it is back."""
    gate = stage.gates[0]
    affected = on(gate, rooms)
    began = time.time()
    await gate.member.kill()
    acted = since(began, affected)
    await attached(affected)
    await gate.member.start()
    return acted


async def kill_api(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """In the middle of requests, and perhaps of a transaction."""
    api = stage.apis[0]
    began = time.time()
    await api.member.kill()
    await api.member.start()
    return since(began, rooms, api.url)


async def kill_redis(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """It comes back with all that it answered."""
    began = time.time()
    await stage.valkey.kill()
    await stage.valkey.start()
    return since(began, rooms)


async def kill_redis_again(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Before all has been booked that it had answered."""
    began = time.time()
    for _again in range(4):
        await stage.valkey.kill()
        await stage.valkey.start()
        await asyncio.sleep(BETWEEN)
    return since(began, rooms)


async def kill_postgres(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """It comes back with all that it committed."""
    began = time.time()
    await stage.postgres.kill()
    await asyncio.sleep(NOTICED_AFTER)
    await stage.postgres.start()
    return since(began, rooms)


async def take_postgres_away(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """For so long that the ledger in Redis grows."""
    began = time.time()
    await stage.postgres.kill()
    await asyncio.sleep(plan.database_away_for)
    await stage.postgres.start()
    return since(began, rooms)


async def kill_both(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Redis goes on from what only it knows."""
    began = time.time()
    await stage.postgres.kill()
    await asyncio.sleep(BETWEEN)
    await stage.valkey.kill()
    await stage.valkey.start()
    await asyncio.sleep(BETWEEN)
    await stage.postgres.start()
    return since(began, rooms)


async def kill_everything(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """As a power cut would."""
    began = time.time()
    members = [api.member for api in stage.apis] + [gate.member for gate in stage.gates]
    kills = [stage.valkey.kill, stage.postgres.kill, *(member.kill for member in members)]
    await asyncio.gather(*(kill() for kill in kills))
    await asyncio.gather(stage.valkey.start(), stage.postgres.start())
    await asyncio.gather(*(member.start() for member in members))
    return since(began, rooms)


# They stand still.


async def freeze_gateway(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """Its games leave it; when it goes on, it must not speak for them."""
    gate = stage.gates[0]
    affected = on(gate, rooms)
    began = time.time()
    async with frozen(gate.member):
        await asyncio.sleep(plan.frozen_for)
    return at(began, affected)


async def freeze_api(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """Its requests are sent again to the other one, and served by both."""
    api = stage.apis[0]
    began = time.time()
    async with frozen(api.member):
        await asyncio.sleep(plan.frozen_for)
    return since(began, rooms, api.url)


async def freeze_api_for_long(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """PostgreSQL takes back what it held, and its transaction is another one's."""
    return await freeze_api(stage, rooms, replace(plan, frozen_for=IN_TRANSACTION))


async def freeze_redis(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """What was sent to it happens when it goes on."""
    began = time.time()
    stage.valkey.pause()
    try:
        await asyncio.sleep(plan.frozen_for)
    finally:
        stage.valkey.resume()
    return since(began, rooms)


async def freeze_postgres(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """Transactions stand still with it."""
    began = time.time()
    await stage.postgres.freeze()
    try:
        await asyncio.sleep(plan.frozen_for)
    finally:
        stage.postgres.go_on()
    return since(began, rooms)


@asynccontextmanager
async def frozen(member: Member) -> AsyncIterator[None]:
    """The process stands still while the block runs."""
    member.send(signal.SIGSTOP)
    try:
        yield
    finally:
        member.send(signal.SIGCONT)


# They are replaced.


async def roll_gateways(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Each gateway is replaced: the new one is there first, the old one sends its games away."""
    began = time.time()
    for gate in list(stage.gates):
        await stage.open_gate()
        stage.gates.remove(gate)
        gate.member.send(signal.SIGTERM)
        assert await gate.member.stopped() == 0
    return at(began, rooms)


async def roll_apis(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Each API process is stopped in good order and started again."""
    began = time.time()
    for api in stage.apis:
        api.member.send(signal.SIGTERM)
        assert await api.member.stopped() == 0
        await api.member.start()
    return since(began, rooms)
