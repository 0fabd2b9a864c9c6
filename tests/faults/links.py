"""Faults of connections, which break silently, and of games."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from tests.faults.acting import Acted, Plan, at, gate_of, is_missed, on, since
from tests.faults.deployment import Deployment
from tests.faults.room import Room
from tests.waiting import until

PATIENT: Final = 15.0  # s
CLAIMS: Final = 3


async def cut_api_from_redis(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """Answers in transit never arrive."""
    api = deployment.apis[0]
    began = time.time()
    api.redis.cut()
    return at(began, rooms, api.url)


async def unplug_api_from_redis(deployment: Deployment, rooms: Sequence[Room], plan: Plan) -> Acted:
    """Packets are lost; the kernel sends them again when the link is back."""
    api = deployment.apis[0]
    began = time.time()
    api.redis.unplug()
    try:
        await asyncio.gather(asyncio.sleep(plan.frozen_for), is_missed(api, rooms))
    finally:
        api.redis.plug_in()
    return at(began, rooms, api.url)


async def cut_api_from_postgres(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """The API process's transactions stay open in PostgreSQL."""
    api = deployment.apis[0]
    began = time.time()
    api.postgres.cut()
    return at(began, rooms, api.url)


async def cut_gateway_from_redis(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """The gateway receives no more nudges."""
    gate = await gate_of(deployment, rooms[0])
    affected = on(gate, rooms)
    for room in affected:
        room.game.patience = PATIENT  # the gateway must notice it, not the game
    began = time.time()
    gate.redis.cut()
    return at(began, affected, gate.member.url)


async def cut_games_from_gateway(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """The gateway still writes to sockets that no longer lead to a game."""
    gate = await gate_of(deployment, rooms[0])
    affected = on(gate, rooms)
    began = time.time()
    gate.door.cut()
    return at(began, affected)


async def stop_reading(deployment: Deployment, rooms: Sequence[Room], plan: Plan) -> Acted:
    """The games' main loops stall; triggers that fire meanwhile wait."""
    gate = await gate_of(deployment, rooms[0])
    affected = on(gate, rooms)
    began = time.time()
    switches = [gate.door.flows, *(room.game.awake for room in affected)]
    for switch in switches:
        switch.clear()
    try:
        await asyncio.sleep(plan.frozen_for)
    finally:
        for switch in switches:
            switch.set()
    return since(began, affected)


async def drop_games(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """All sockets of a gateway break with the data in them; games connect to the other gateway."""
    gate = await gate_of(deployment, rooms[0])
    affected = on(gate, rooms)
    began = time.time()
    gate.door.drop()
    return at(began, affected)


async def claim_twice(deployment: Deployment, rooms: Sequence[Room], _: Plan) -> Acted:
    """Another game claims the room: the earlier one leaves and does not come back."""
    began, room = time.time(), rooms[0]
    for _claim in range(CLAIMS):
        before = room.game.record
        room.claim()
        await until(before.has_ended)
    return at(began, [room])
