"""Runs an experiment: rooms under load, one fault, recovery, and then the verdict."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import httpx
from prometheus_client.parser import text_string_to_metric_families

from shared.engine.functions import LIBRARY
from shared.redis_store.store import open_store
from tests.faults.acting import Acted, Plan
from tests.faults.deployment import Deployment
from tests.faults.faults import Fault
from tests.faults.room import Room, open_room
from tests.faults.verdict import Verdict
from tests.faults.watch import Watch
from tests.waiting import until

# The ledger's metrics that must stay 0.
NEVER: Final = tuple(f"streamario_ledger_{name}" for name in ("gaps", "forgotten_presses"))


class Report(NamedTuple):
    """The result of a fault; times in s, None if nothing was observed.

    `noticed` counts from the fault's beginning, `reconnected` and `first_trigger` from its end.
    `longest_pause` is the longest time between two triggers of a game since the beginning,
    `longest_wait` the longest wait of a viewer for an answer.
    """

    name: str
    verdict: Verdict
    noticed: float | None
    reconnected: float | None
    first_trigger: float | None
    longest_pause: float
    longest_wait: float


async def perform(deployment: Deployment, fault: Fault, plan: Plan) -> Report:
    """Inject one fault; afterwards the deployment is intact again."""
    watch = Watch(deployment.members)
    async with open_store(
        deployment.valkey.url, client_name="streamario-test", library=LIBRARY
    ) as store:
        rooms = [await open_room(deployment, watch, number) for number in range(plan.rooms)]
        async with games_playing(rooms):
            await asyncio.gather(*(room.started(store) for room in rooms))
            async with crowds_pressing(rooms, plan):
                acted = await fault.act(deployment, rooms, plan)
                await _until_well(fault, acted, watch)
                await asyncio.sleep(plan.load_after)
            await asyncio.gather(*(room.end_round(store) for room in rooms))
        verdict = await _verdict(deployment, rooms)
    watch.read_logs()
    verdict.problems += watch.faults
    return _reported(fault, acted, watch, verdict)


@asynccontextmanager
async def games_playing(rooms: Sequence[Room]) -> AsyncIterator[None]:
    """Let the games play while the block runs and until their rounds are over."""
    async with asyncio.TaskGroup() as group:
        for room in rooms:
            room.let_play(group)
        yield


@asynccontextmanager
async def crowds_pressing(rooms: Sequence[Room], plan: Plan) -> AsyncIterator[None]:
    """Let the crowds press while the block runs.

    The block starts when triggers arrive. Leaving it waits until every batch is answered.
    """
    async with asyncio.TaskGroup() as group:
        for room in rooms:
            group.create_task(room.press(plan.viewers, plan.pace))
        await asyncio.gather(*(room.flows() for room in rooms))
        yield
        for room in rooms:
            room.crowd.leave()


async def _until_well(fault: Fault, acted: Acted, watch: Watch) -> None:
    """Wait until triggers arrive again and the signs of recovery follow those of the fault."""

    async def is_well() -> bool:
        watch.read_logs()
        report = _reported(fault, acted, watch, Verdict())
        signs_seen = report.reconnected is not None or not fault.is_noticed
        return signs_seen and None not in _first_triggers(acted)

    await until(is_well)


async def _verdict(deployment: Deployment, rooms: Sequence[Room]) -> Verdict:
    verdict = Verdict()
    for room in rooms:
        verdict.add(await room.judged())
    async with httpx.AsyncClient(timeout=None, trust_env=False) as http:
        for api in deployment.apis:
            text = (await http.get(f"{api.url}/metrics")).text
            for family in text_string_to_metric_families(text):
                if family.name in NEVER:
                    values = {sample.name: sample.value for sample in family.samples}
                    verdict.require(not values[f"{family.name}_total"], f"metrics: {values}")
    return verdict


def _reported(fault: Fault, acted: Acted, watch: Watch, verdict: Verdict) -> Report:
    noticed = watch.first(fault.signs.bad, acted.began, acted.where)
    return Report(
        name=fault.name,
        verdict=verdict,
        noticed=noticed,
        reconnected=None if noticed is None else _well_again(fault, acted, watch, noticed),
        first_trigger=max((found for found in _first_triggers(acted) if found), default=None),
        longest_pause=max(room.longest_pause(acted.began) for room in acted.rooms),
        longest_wait=max(room.crowd.longest_wait for room in acted.rooms),
    )


def _well_again(fault: Fault, acted: Acted, watch: Watch, noticed: float) -> float | None:
    since = max(acted.ended, acted.began + noticed)
    again = watch.first(fault.signs.good, since, acted.where)
    return None if again is None else since - acted.ended + again


def _first_triggers(acted: Acted) -> list[float | None]:
    return [room.first_trigger(acted.ended) for room in acted.rooms]
