"""A scene: rooms under load, one fault, calm, and then the verdict."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx
from prometheus_client.parser import text_string_to_metric_families

from shared.store import open_store
from tests.faults.room import open_room
from tests.faults.verdict import Verdict
from tests.faults.watch import Log, Watch
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tests.faults.faults import Acted, Fault, Plan
    from tests.faults.room import Room
    from tests.faults.stage import Stage

LIMIT: Final = 45.0  # s that a scene may take beyond what its fault lasts
# The ledger's metrics that must stay 0.
NEVER: Final = tuple(
    f"streamario_ledger_{name}" for name in ("gaps", "missed_presses", "forgotten_presses")
)


class Report(NamedTuple):
    """What a fault came to; times in s, None where there was nothing to be seen.

    `noticed` counts from the fault's beginning, `reconnected` and `first_trigger` from its end;
    `longest_pause` is the longest time between two triggers of a game, from the beginning on.
    """

    name: str
    verdict: Verdict
    noticed: float | None
    reconnected: float | None
    first_trigger: float | None
    longest_pause: float


async def perform(stage: Stage, fault: Fault, plan: Plan) -> Report:
    """Play one fault on the stage, which is whole again afterwards."""
    watch, logs = Watch(), [Log(member) for member in stage.members]
    async with (
        asyncio.timeout(LIMIT + plan.frozen_for + plan.database_away_for),
        open_store(stage.valkey.url, client_name="streamario-test") as store,
    ):
        rooms = [await open_room(stage, watch, number) for number in range(plan.rooms)]
        async with games_playing(rooms):
            await asyncio.gather(*(room.started(store) for room in rooms))
            async with crowds_pressing(rooms, plan):
                acted = await fault.act(stage, rooms, plan)
                await _triggers_after(acted)
                await asyncio.sleep(plan.load_after)
            await asyncio.gather(*(room.end_round(store) for room in rooms))
        verdict = await _verdict(stage, rooms)
    _read_logs(stage, logs, watch, verdict)
    return _reported(fault, acted, watch, verdict)


def _read_logs(stage: Stage, logs: Sequence[Log], watch: Watch, verdict: Verdict) -> None:
    known = {log.member for log in logs}
    others = [Log(member, whole=True) for member in stage.members if member not in known]
    for log in (*logs, *others):
        watch.add(log.sightings())
        verdict.require(not log.faults(), f"{log.member.log.name}: {log.faults()}")


@asynccontextmanager
async def games_playing(rooms: Sequence[Room]) -> AsyncIterator[None]:
    """Games that play while the block runs, and until their rounds are over."""
    async with asyncio.TaskGroup() as group:
        for room in rooms:
            room.let_play(group)
        yield


@asynccontextmanager
async def crowds_pressing(rooms: Sequence[Room], plan: Plan) -> AsyncIterator[None]:
    """Crowds that press while the block runs, which begins when triggers flow.

    It ends when every batch is answered.
    """
    async with asyncio.TaskGroup() as group:
        for room in rooms:
            group.create_task(room.crowd.press(plan.viewers, plan.pace))
        await asyncio.gather(*(room.flows() for room in rooms))
        yield
        for room in rooms:
            room.crowd.leave()


async def _triggers_after(acted: Acted) -> None:
    async def all_have() -> bool:
        return all(room.first_trigger(acted.ended) is not None for room in acted.rooms)

    await until(all_have)


async def _verdict(stage: Stage, rooms: Sequence[Room]) -> Verdict:
    verdict = Verdict()
    for room in rooms:
        verdict.add(await room.judged())
    async with httpx.AsyncClient(trust_env=False) as http:
        for api in stage.apis:
            text = (await http.get(f"{api.url}/metrics")).text
            for family in text_string_to_metric_families(text):
                if family.name in NEVER:
                    values = {sample.name: sample.value for sample in family.samples}
                    verdict.require(not values[f"{family.name}_total"], f"metrics: {values}")
    return verdict


def _reported(fault: Fault, acted: Acted, watch: Watch, verdict: Verdict) -> Report:
    noticed = watch.first(fault.signs.bad, acted.began, acted.where)
    since = max(acted.ended, acted.began + (noticed or 0.0))
    again = watch.first(fault.signs.good, since, acted.where)
    triggers = [room.first_trigger(acted.ended) for room in acted.rooms]
    return Report(
        name=fault.name,
        verdict=verdict,
        noticed=noticed,
        reconnected=None if again is None else since - acted.ended + again,
        first_trigger=max((found for found in triggers if found is not None), default=None),
        longest_pause=max(room.longest_pause(acted.began) for room in acted.rooms),
    )
