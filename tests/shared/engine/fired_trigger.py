"""A room with a trigger that has fired, and what its game says of it."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.engine.engine import Engine
from shared.engine.ledger_entries import AnyEntry, decode_entry
from shared.wire.game_messages import Outcome
from shared.wire.parts import OutcomeStatus
from shared.wire.viewer_messages import Effect
from tests.room_keys import room_keys
from tests.shared.engine.rooms import Played, button, play, playing, press

FIVE = playing(button("skill1", 5), button("enemy1", 5))


class FiredTrigger(NamedTuple):
    """A room with one trigger of skill1, and what its game says of that."""

    engine: Engine
    room: Played
    seq: int

    async def say(self, status: OutcomeStatus, duration_ms: int = 0, reason: str = "") -> bool:
        outcome = Outcome(self.room.log_epoch, self.seq, status, duration_ms, reason)
        return await self.engine.outcome(self.room.room_id, self.room.term, outcome)

    async def effects(self) -> tuple[Effect, ...]:
        """What a gateway shows that begins to watch now."""
        return (await self.engine.watch(self.room.room_id, "gateway", None)).lasting


async def a_trigger(engine: Engine, name: str = "Aki", presses: int = 5) -> FiredTrigger:
    room = await play(engine, FIVE)
    counting = await press(engine, room.room_id, "a", name=name, skill1=presses)
    return FiredTrigger(engine, room, counting.fired[-1].seq)


async def entries(engine: Engine, room_id: str) -> Sequence[AnyEntry]:
    ledger, _ = room_keys(room_id).ledger
    found = await engine.store.command("XRANGE", ledger, "-", "+")
    decoded = [decode_entry(fields["e"]) for _, fields in found]
    return [entry for entry in decoded if entry.room_id == room_id]


async def block(fired: FiredTrigger) -> None:
    await fired.engine.block(fired.room.room_id, "a")
