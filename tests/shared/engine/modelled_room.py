"""Runs each step on a room and on its model, and compares the two."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, ClassVar, TypeVar

import msgspec
from hypothesis.stateful import RuleBasedStateMachine

from shared.engine.engine import Engine
from shared.engine.refusals import GameNotStarted, UnknownEventType
from shared.engine.replies import Counting, RoundOver
from shared.wire.game_messages import GameEvent
from shared.wire.parts import Stat
from shared.wire.room_settings import RoomSettings
from tests.batches import batch_of, counted, sent
from tests.room_keys import new_room_id
from tests.shared.engine.room_model import PACE, Outcome, RoomModel
from tests.shared.engine.rooms import BURST, PER_REQUEST, age_triggers, engine_at

T = TypeVar("T")


class ModelledRoom(RuleBasedStateMachine):
    """One room in the engine and one in the model; `url` is set before it is made."""

    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner, self.stack = asyncio.Runner(), AsyncExitStack()
        self.engine: Engine = self.run(self.stack.enter_async_context(engine_at(self.url)))
        self.term = 0
        self.spent: Counter[str] = Counter()
        settings = RoomSettings()
        room_id = new_room_id()
        log_epoch = self.run(self.engine.open(room_id, settings, keyed=False))
        self.model = RoomModel(room_id, settings, log_epoch)

    def run(self, step: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(step)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()

    # How steps are taken and compared.

    def send(
        self, viewer: str, name: str, batch_id: str, presses: dict[str, int], batch_no: int = 0
    ) -> Counting | RoundOver | GameNotStarted | UnknownEventType:
        try:
            return self.run(self._sent(viewer, name, batch_id, presses, batch_no))
        except (GameNotStarted, UnknownEventType) as refusal:
            return refusal

    async def _sent(
        self, viewer: str, name: str, batch_id: str, presses: dict[str, int], batch_no: int
    ) -> Counting | RoundOver:
        batch = batch_of(viewer, presses, batch_id, name=name, batch_no=batch_no)
        return await sent(self.engine, self.model.room_id, batch)

    def age(self, paces: int) -> None:
        """Make the triggers of the running round, and the turns of its buttons, older."""
        self.run(
            age_triggers(self.engine, self.model.room_id, len(self.model.rounds), paces * PACE)
        )
        self.model.now += paces * PACE

    def of_current_buttons(self, wishes: dict[int, int]) -> dict[str, int]:
        present = self.model.settings.buttons
        return {present[n % len(present)].event_type: count for n, count in wishes.items()}

    def with_full_enough_bucket(self, viewer: str, presses: dict[str, int]) -> str:
        cost = sum(min(count, PER_REQUEST) for count in presses.values())
        while self.spent[viewer] + cost > BURST:
            viewer += "'"
        self.spent[viewer] += cost
        return viewer

    def still_present(self, outcome: Outcome) -> Outcome:
        """A remembered outcome, without buttons that were removed since."""
        present = {button.event_type for button in self.model.settings.buttons}
        results = [result for result in outcome.results if result.event_type in present]
        return Outcome(results, outcome.rejected)

    def same(self, answer: Counting, outcome: Outcome) -> None:
        assert list(counted(answer)) == outcome.results
        assert msgspec.structs.asdict(answer.rejected) == outcome.rejected
        assert list(answer.fired) == outcome.fired
        assert answer.state.viewer_count == len(self.model.active)
        self.same_stats(answer.state.stats)

    def same_stats(self, stats: tuple[Stat, ...]) -> None:
        assert [stat.event_type for stat in stats] == [
            button.event_type for button in self.model.settings.buttons
        ]
        for stat, button in zip(stats, self.model.settings.buttons, strict=True):
            if not self.model.rounds:
                continue
            account = self.model.round.accounts[button.event_type]
            assert (stat.current_count, stat.current_level) == (account.count, account.fired)
            assert stat.required_count == self.model.threshold(button)
            assert stat.enabled == button.enabled
            unavailable = account.unavailable if self.model.status == "in_game" else None
            assert stat.available == (unavailable is None)
            assert stat.reason == (unavailable or None)
            assert stat.accepted == account.accepted
            assert (stat.cooldown_left_ms > 0) == self.model.cooling(button)
            assert (stat.ready_in_ms > 0) == self.model.waits(button)

    def log_goes_on_after(self, start: int) -> None:
        page = self.run(
            self.engine.read(self.model.room_id, self.model.log_epoch, start, limit=10_000)
        )
        assert timeless(page.messages) == self.model.log[start:]


def timeless(messages: tuple[Any, ...]) -> list[Any]:
    """The messages in the model's form, without times."""
    return [
        msgspec.structs.replace(message, fired_at=0) if isinstance(message, GameEvent) else message
        for message in messages
    ]
