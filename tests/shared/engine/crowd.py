"""A crowd that presses one button of a room, however fast, and the room's game."""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from shared.engine.keys import Rounds
from shared.engine.press import PressBatch, Pressing
from shared.engine.replies import Counting
from shared.redis_store.grouping import Group
from shared.wire.game_messages import GameEvent, Outcome
from tests.shared.engine.rooms import LOCAL, PER_REQUEST, button, play, playing, whole_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.engine.engine import Engine
    from shared.engine.replies import Fired
    from shared.wire.parts import Stat
    from tests.shared.engine.clocks import ClockedServer
    from tests.shared.engine.rooms import Played

CALLS = 20  # a second
LOOK_EVERY = CALLS // 2  # calls between two looks for full buttons


class Crowd:
    """Viewers who press skill1 together: one call with so many presses."""

    def __init__(self, engine: Engine, room_id: str) -> None:
        self._room_id = room_id
        self._pressing = Pressing(engine.store, Rounds(), (0, 0, f"{10**6} {10**9}"))
        self._viewers = count()

    async def press(self, presses: int) -> list[Fired]:
        """Press; all presses must count. Returns the triggers."""
        group: Group[PressBatch, object] = Group(self._room_id, {})
        group.items += islice(self._batches(presses), presses)
        outcomes = await self._pressing.count(group)  # type: ignore[arg-type]
        counted = [outcome for outcome in outcomes if isinstance(outcome, Counting)]
        assert sum(outcome.accepted for outcome in counted) == presses
        return [fired for outcome in counted for fired in outcome.fired]

    def _batches(self, presses: int) -> Iterator[PressBatch]:
        while presses > 0:
            viewer = f"v{next(self._viewers) % 10_000}"  # each has its bucket full again
            asked = min(presses, PER_REQUEST)
            presses -= asked
            yield PressBatch(viewer, {"skill1": asked}, uuid4().hex, LOCAL)


class Show(NamedTuple):
    """A room whose button skill1 a steady crowd presses, and its game."""

    engine: Engine
    clock: ClockedServer
    room: Played
    crowd: Crowd
    goals: list[tuple[int, int]]  # seen after each call: how many triggers there were, and the goal

    async def go_on(self, seconds: float, rate: float, *, works: bool = True) -> list[float]:
        """When triggers fired (s), at so many presses a second; the first value is the beginning.

        On Redis's clock, which also goes on by itself. `works`: whether the game does.
        """
        began = now = await self.now()
        seqs: set[int] = set()
        call = pressed = 0
        while now < began + seconds:
            self.clock.step(1 / CALLS)
            now, call = await self.now(), call + 1
            presses = int(rate * (now - began)) - pressed
            pressed += presses
            fired = await self.crowd.press(presses) if presses else []
            if call % LOOK_EVERY == 0:
                fired += await self.engine.fire_full(self.room.room_id)
            for each in () if works else fired:
                await self.fail(each.seq)
            seqs.update(each.seq for each in fired)
            stat = await self.stat()
            self.goals.append((stat.current_level, stat.required_count))
        log = await whole_log(self.engine, self.room.room_id)
        events = [event for event in log if isinstance(event, GameEvent)]
        return [began, *(event.fired_at / 1_000 for event in events if event.seq in seqs)]

    async def now(self) -> float:
        return (await self.engine.watch(self.room.room_id, "gateway", None)).now / 1_000

    async def fail(self, seq: int) -> None:
        """The game tells that a trigger failed."""
        failed = Outcome(self.room.log_epoch, seq, "failed")
        await self.engine.outcome(self.room.room_id, self.room.term, failed)

    async def stat(self) -> Stat:
        return (await self.engine.stats(self.room.room_id)).stats[0]


async def show(engine: Engine, clock: ClockedServer, base: int, pace_ms: int) -> Show:
    room = await play(engine, playing(button("skill1", base, pace_ms=pace_ms)))
    return Show(engine, clock, room, Crowd(engine, room.room_id), [])
