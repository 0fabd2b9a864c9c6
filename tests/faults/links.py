"""Faults of links, which are cut and say nothing of it, and of games."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from tests.faults.acting import at, on, since
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.faults.acting import Acted, Plan
    from tests.faults.room import Room
    from tests.faults.stage import Stage

PATIENT: Final = 15.0  # s
CLAIMS: Final = 3


async def cut_api_from_redis(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Answers under way never come."""
    api = stage.apis[0]
    began = time.time()
    api.redis.cut()
    return at(began, rooms, api.url)


async def unplug_api_from_redis(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """Packets are lost, and sent again by the kernel once the link is there again."""
    api = stage.apis[0]
    began = time.time()
    api.redis.unplug()
    try:
        await asyncio.sleep(plan.frozen_for)
    finally:
        api.redis.plug_in()
    return at(began, rooms, api.url)


async def cut_api_from_postgres(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Its transactions are left open at the other end."""
    api = stage.apis[0]
    began = time.time()
    api.postgres.cut()
    return at(began, rooms, api.url)


async def cut_gateway_from_redis(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """No nudge comes any more."""
    gate = stage.gates[0]
    affected = on(gate, rooms)
    for room in affected:
        room.game.patience = PATIENT  # the gateway is to notice it, not the game
    began = time.time()
    gate.redis.cut()
    return at(began, affected, gate.member.url)


async def cut_games_from_gateway(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """The gateway goes on writing to sockets that lead nowhere."""
    gate = stage.gates[0]
    affected = on(gate, rooms)
    began = time.time()
    gate.door.cut()
    return at(began, affected)


async def stop_reading(stage: Stage, rooms: Sequence[Room], plan: Plan) -> Acted:
    """A main loop that stands still; what is fired meanwhile waits."""
    gate = stage.gates[0]
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


async def drop_games(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """All sockets of a gateway are gone with what is in them; the games go to the other one."""
    gate = stage.gates[0]
    affected = on(gate, rooms)
    began = time.time()
    gate.door.drop()
    return at(began, affected)


async def claim_twice(stage: Stage, rooms: Sequence[Room], _: Plan) -> Acted:
    """Another game claims the room: the one before lets go, and does not come back."""
    began, room = time.time(), rooms[0]
    for _claim in range(CLAIMS):
        before = room.game.record
        room.claim()
        await until(before.has_ended)
    return at(began, [room])
