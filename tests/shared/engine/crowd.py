"""A crowd that presses one button of a room, however fast."""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING
from uuid import uuid4

from shared.engine.keys import Rounds
from shared.engine.press import PressBatch, Pressing
from shared.engine.replies import Counting
from shared.redis_store.grouping import Group
from tests.shared.engine.rooms import LOCAL, PER_REQUEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.engine.engine import Engine
    from shared.engine.replies import Fired


class Crowd:
    """Viewers who press skill1 together: one call with so many presses."""

    def __init__(self, engine: Engine, room_id: str) -> None:
        self._room_id = room_id
        self._pressing = Pressing(
            engine.store, Rounds(), tap=False, active_per_address=0, ledger_backlog=10**6
        )
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
