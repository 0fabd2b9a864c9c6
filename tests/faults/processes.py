"""Faults of processes, which are killed, frozen or replaced."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from tests.faults.acting import Acted, Plan, at, attached, gate_of, is_missed, on, since
from tests.faults.deployment import Deployment
from tests.faults.room import Room
from tests.faults.watch import LEDGER_WAITS, REDIS, SOCKETS
from tests.flow.fleet import Member

BETWEEN: Final = 0.7  # s
IN_TRANSACTION: Final = 14.0  # s: PostgreSQL ends a transaction that is idle for 10 s

# Killed.


async def kill_gateway(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """The games move to the other gateway; later the killed one starts again."""
    gate = await gate_of(deployment, rooms[0])
    affected = on(gate, rooms)
    began = time.time()
    await gate.member.kill()
    # The games may be back before this process hears that the gateway has ended.
    await attached(affected)
    await gate.member.start()
    return at(began, affected)


async def kill_api(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """The process dies during requests, and perhaps during a transaction."""
    api = deployment.apis[0]
    began = time.time()
    await api.member.kill()
    # The process may be back before any viewer needs it.
    await is_missed(api, rooms)
    await api.member.start()
    return since(began, rooms, api.url)


async def kill_redis(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """Redis restarts with everything that it acknowledged."""
    began = time.time()
    await deployment.valkey.kill()
    await deployment.valkey.start()
    return since(began, rooms)


async def kill_redis_again(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """Redis restarts repeatedly, before PostgreSQL has all entries."""
    began = time.time()
    for _again in range(4):
        await deployment.valkey.kill()
        await deployment.valkey.start()
        await asyncio.sleep(BETWEEN)
    return since(began, rooms)


async def kill_postgres(deployment: Deployment, rooms: Sequence[Room], plan: Plan) -> Acted:
    """PostgreSQL restarts with everything that it committed, once a ledger has missed it."""
    return await take_postgres_away(deployment, rooms, replace(plan, database_away_for=0))


async def take_postgres_away(deployment: Deployment, rooms: Sequence[Room], plan: Plan) -> Acted:
    """PostgreSQL is down for so long that the ledger in Redis grows."""
    began = time.time()
    await deployment.postgres.kill()
    await asyncio.sleep(plan.database_away_for)
    await rooms[0].watch.notices({LEDGER_WAITS}, began)
    # A ledger may go on before it is known here that PostgreSQL answers.
    acted = since(began, rooms)
    await deployment.postgres.start()
    return acted


async def kill_both(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """Redis restarts with entries that PostgreSQL does not have yet."""
    began = time.time()
    await deployment.postgres.kill()
    await asyncio.sleep(BETWEEN)
    await deployment.valkey.kill()
    await deployment.valkey.start()
    await asyncio.sleep(BETWEEN)
    await deployment.postgres.start()
    return since(began, rooms)


async def kill_everything(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """All processes die at once, as in a power cut."""
    began = time.time()
    members = [api.member for api in deployment.apis] + [gate.member for gate in deployment.gates]
    kills = [deployment.valkey.kill, deployment.postgres.kill, *(member.kill for member in members)]
    await asyncio.gather(*(kill() for kill in kills))
    await asyncio.gather(deployment.valkey.start(), deployment.postgres.start())
    await asyncio.gather(*(member.start() for member in members))
    return since(began, rooms)


# Frozen.


async def freeze_gateway(deployment: Deployment, rooms: Sequence[Room], plan: Plan) -> Acted:
    """The games leave the gateway; when it continues, it must not act for them."""
    gate = await gate_of(deployment, rooms[0])
    affected = on(gate, rooms)
    began = time.time()
    async with frozen(gate.member):
        await asyncio.sleep(plan.frozen_for)
        await rooms[0].watch.notices(SOCKETS.bad, began, gate.member.url)
    return at(began, affected)


async def freeze_api(deployment: Deployment, rooms: Sequence[Room], plan: Plan) -> Acted:
    """Its requests are repeated to the other process, and both serve them."""
    api = deployment.apis[0]
    began = time.time()
    async with frozen(api.member):
        await asyncio.gather(asyncio.sleep(plan.frozen_for), is_missed(api, rooms))
    return since(began, rooms, api.url)


async def freeze_api_for_long(deployment: Deployment, rooms: Sequence[Room], plan: Plan) -> Acted:
    """PostgreSQL rolls back its transaction, and another process takes over the shard."""
    return await freeze_api(deployment, rooms, replace(plan, frozen_for=IN_TRANSACTION))


async def freeze_redis(deployment: Deployment, rooms: Sequence[Room], plan: Plan) -> Acted:
    """Redis executes the commands sent to it when it continues."""
    began = time.time()
    deployment.valkey.pause()
    try:
        await asyncio.sleep(plan.frozen_for)
        await rooms[0].watch.notices(REDIS.bad, began)
    finally:
        deployment.valkey.resume()
    return since(began, rooms)


async def freeze_postgres(deployment: Deployment, rooms: Sequence[Room], plan: Plan) -> Acted:
    """Transactions hang while PostgreSQL is frozen."""
    began = time.time()
    await deployment.postgres.freeze()
    try:
        await asyncio.sleep(plan.frozen_for)
    finally:
        deployment.postgres.go_on()
    return since(began, rooms)


@asynccontextmanager
async def frozen(member: Member) -> AsyncIterator[None]:
    """Freeze the process while the block runs."""
    member.send(signal.SIGSTOP)
    try:
        yield
    finally:
        member.send(signal.SIGCONT)


# Replaced.


async def roll_gateways(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """Each gateway is replaced: a new one starts, then the old one drains."""
    began = time.time()
    for gate in list(deployment.gates):
        await deployment.open_gate()
        deployment.gates.remove(gate)
        gate.member.send(signal.SIGTERM)
        assert await gate.member.stopped() == 0
    return at(began, rooms)


async def roll_apis(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """Each API process is stopped gracefully and started again."""
    began = time.time()
    for api in deployment.apis:
        api.member.send(signal.SIGTERM)
        assert await api.member.stopped() == 0
        await api.member.start()
    return since(began, rooms)
