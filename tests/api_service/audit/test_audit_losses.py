"""Whatever Redis loses, and whenever: the books balance, and no number stands for two messages."""

import random
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from shared.engine.replies import Counting
from shared.engine.tally import running_rounds
from shared.wire.game_messages import GameEvent, NumberedMessage, Outcome
from shared.wire.refusal import Refused
from tests.api_service.audit.audits import audited, book
from tests.api_service.ledger.loss import RestoredLedger, restored_ledger
from tests.batches import batch_of, sent
from tests.shared.engine.rooms import button, play, playing, whole_log

SETTINGS: Final = (
    playing(button("skill1", 3), button("enemy1", 5)),
    playing(button("skill1", 2, pace_ms=50), button("skill2", 1)),
    playing(button("enemy1", 4, cooldown_ms=100), button("enemy2", 2)),
)
BUTTONS: Final = ("skill1", "skill2", "enemy1", "enemy2")
MOVES: Final = {  # how often each comes, compared with the others
    "press": 12,
    "fail": 4,
    "fire": 3,
    "start": 3,
    "change": 2,
    "book": 2,
    "resume": 2,
    "end": 1,
    "reset": 1,
    "stop": 1,
    "save": 1,
    "lose_since": 1.5,
    "lose_all": 0.7,
}


class Evening:
    """A room in which anything may happen, by the owner's and the game's right."""

    def __init__(self, restored: RestoredLedger, chance: random.Random) -> None:
        self.restored = restored
        self.engine = restored.engine
        self.chance = chance
        self.room_id, self.term = "", 0
        self.messages: dict[tuple[int, int], NumberedMessage] = {}

    async def begin(self) -> None:
        self.room_id, self.term, _ = await play(self.engine, SETTINGS[0])
        await book(self.restored.books, self.room_id)
        await self.restored.save()

    async def move(self, name: str) -> None:
        """Make a move, or be refused; then see that every number is still the same message."""
        with suppress(Refused):
            await getattr(self, name)()
        for message in await whole_log(self.engine, self.room_id):
            number = (message.epoch, message.seq)
            assert self.messages.setdefault(number, message) == message

    async def press(self) -> None:
        presses = {self.chance.choice(BUTTONS): self.chance.randint(1, 9)}
        viewer = self.chance.choice(("ann", "bob", "carl"))
        outcome = await sent(self.engine, self.room_id, batch_of(viewer, presses))
        if isinstance(outcome, Counting):
            assert not outcome.duplicate

    async def fail(self) -> None:
        log = await whole_log(self.engine, self.room_id)
        fired = [message for message in log if isinstance(message, GameEvent)]
        if fired:
            trigger = self.chance.choice(fired)
            outcome = Outcome(trigger.epoch, trigger.seq, "failed")
            await self.engine.outcome(self.room_id, self.term, outcome)

    async def fire(self) -> None:
        await self.engine.fire(self.room_id, self.chance.choice(BUTTONS))

    async def start(self) -> None:
        await self.engine.start(self.room_id, None)

    async def end(self) -> None:
        await self.engine.finish(self.room_id, None)

    async def change(self) -> None:
        settings = self.chance.choice(SETTINGS)
        await self.engine.change_settings(self.room_id, lambda _: settings)

    async def reset(self) -> None:
        await self.engine.reset(self.room_id)

    async def stop(self) -> None:
        await self.engine.pause(self.room_id, None, paused=True, discard=True)

    async def resume(self) -> None:
        await self.engine.pause(self.room_id, None, paused=False)

    async def book(self) -> None:
        await book(self.restored.books, self.room_id)

    async def save(self) -> None:
        await self.restored.books.book_all()
        await self.restored.save()

    async def lose_since(self) -> None:
        await self.restored.lose_what_came_since()
        await self.restored.restore()

    async def lose_all(self) -> None:
        await self.restored.lose_everything()
        await self.restored.restore()


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_redis_loses_the_books_balance(
    tmp_path: Path,
    own_database_url: str,
    seed: int,
) -> None:
    """Some of it is lost before it is booked, some after."""
    chance = random.Random(seed)
    async with restored_ledger(tmp_path, own_database_url) as restored:
        evening = Evening(restored, chance)
        await evening.begin()
        for name in chance.choices([*MOVES], [*MOVES.values()], k=40):
            await evening.move(name)
        assert [
            each for each in await running_rounds(evening.engine.store) if each.difference
        ] == []
        await evening.book()
        found = await audited(restored.books, evening.room_id)
        assert [each.sentence for each in found.differences] == []
