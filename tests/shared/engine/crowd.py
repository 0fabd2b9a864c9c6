"""A crowd that presses the buttons of a room, on a server whose clock the test sets."""

import asyncio
from collections.abc import Mapping
from itertools import count, pairwise
from random import Random
from typing import NamedTuple
from uuid import uuid4

from shared.engine.engine import Engine
from shared.engine.press import GROUP_LIMIT, press_batcher
from shared.engine.replies import Counting, Fired
from shared.wire.game_messages import GameEvent
from tests.batches import AwaitedBatch, batch_of, sent
from tests.shared.engine.clocks import ClockedServer
from tests.shared.engine.rooms import Played, whole_log

STEP = 0.25  # s between two calls, in which everybody's presses are counted


class Crowd(NamedTuple):
    """The viewers of a room."""

    engine: Engine
    clock: ClockedServer
    room: Played

    async def press(
        self,
        seconds: float,
        rates: Mapping[str, float],
        viewers: int,
        at_once: int = 1,
        *,
        all_count: bool = True,
    ) -> list[GameEvent]:
        """So many viewers press at random, `at_once` each, at these rates by button (presses/s).

        All presses must count, unless the room is paused. Returns the triggers.
        """
        turn, random, now, next_at = count(), Random(1), 0.0, dict.fromkeys(rates, 0.0)
        fired: list[Fired] = []
        for _ in range(round(seconds / STEP)):
            self.clock.step(STEP)
            now += STEP
            batches = []
            for event_type, rate in rates.items():
                while next_at[event_type] <= now:
                    next_at[event_type] += random.expovariate(rate / at_once)
                    viewer = f"v{next(turn) % viewers}"
                    batches.append(batch_of(viewer, {event_type: at_once}, uuid4().hex))
            fired += await self._count(batches, all_count=all_count)
        seqs = {each.seq for each in fired}
        log = await whole_log(self.engine, self.room.room_id)
        return [event for event in log if isinstance(event, GameEvent) and event.seq in seqs]

    async def _count(self, batches: list[AwaitedBatch], *, all_count: bool) -> list[Fired]:
        fired: list[Fired] = []
        for start in range(0, len(batches), GROUP_LIMIT):
            group = batches[start : start + GROUP_LIMIT]
            fired += await self._count_group(group, all_count=all_count)
        return fired

    async def _count_group(self, batches: list[AwaitedBatch], *, all_count: bool) -> list[Fired]:
        pressing = press_batcher(self.engine.store, (0, 0, f"{10**6} {10**9}"))
        outcomes = await asyncio.gather(
            *(sent(pressing, self.room.room_id, batch) for batch in batches)
        )
        counted = [outcome for outcome in outcomes if isinstance(outcome, Counting)]
        accepted = sum(each.accepted for each in counted)
        assert not all_count or accepted == sum(sum(batch.presses.values()) for batch in batches)
        return [fired for outcome in counted for fired in outcome.fired]


def gaps(events: list[GameEvent]) -> list[float]:
    """The times (s) between triggers, on Redis's clock."""
    fired = [event.fired_at / 1_000 for event in events]
    return [later - earlier for earlier, later in pairwise(fired)]
