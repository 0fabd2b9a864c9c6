"""The room engine behaves, step by step, like its model in plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.engine.refusals import Conflict, GameNotStarted, UnknownEventType
from shared.engine.replies import Counted, Counting, RoundOver
from shared.wire.game_messages import Available
from shared.wire.game_messages import Outcome as GameOutcome
from shared.wire.refusal import Refused
from shared.wire.room_settings import NO_UPPER_BOUND, Button, Multiplier, RoomSettings
from tests.shared.engine.modelled_room import ModelledRoom, timeless
from tests.shared.engine.room_model import PACE, Outcome
from tests.shared.engine.rooms import LOCAL, book, let_run, whole_log

if TYPE_CHECKING:
    from shared.wire.parts import OutcomeStatus

EVENT_TYPES = ("skill1", "skill2", "enemy1", "enemy2", "other")
HOUR = 3_600_000  # ms
BANDS = (
    Multiplier(up_to=2, factor=1.0),
    Multiplier(up_to=5, factor=1.5),
    Multiplier(up_to=NO_UPPER_BOUND, factor=2.7),
)

buttons = st.builds(
    Button,
    event_type=st.sampled_from(EVENT_TYPES),
    team=st.sampled_from(["skill", "enemy", ""]),
    enabled=st.sampled_from([True, True, True, False]),
    base=st.integers(1, 12),
    min=st.integers(1, 4),
    max=st.integers(4, 30),
    cooldown_ms=st.sampled_from([0, 0, HOUR]),
    pace_ms=st.sampled_from([0, 0, PACE]),
)
room_settings = st.builds(
    RoomSettings,
    show_names=st.booleans(),
    on_disconnect=st.sampled_from(["fire", "fire", "hold"]),
    starts=st.sampled_from(["game", "press"]),
    round_limit_s=st.sampled_from([0, 0, 0, 1_000]),
    buttons=st.lists(buttons, min_size=1, max_size=4, unique_by=lambda b: b.event_type).map(tuple),
    multipliers=st.just(BANDS),
)
senders = st.sampled_from(["a page", "another", "c", "d", "e"])
viewers = st.integers(0, 4).map("v{}".format)
asked = st.dictionaries(st.integers(0, 3), st.integers(1, 24), min_size=1, max_size=3)
few = st.dictionaries(st.integers(0, 3), st.integers(1, 3), min_size=1, max_size=2)
small = st.integers(0, 30)
names = st.sampled_from(["", "", "リス", 'a"\\</é', "b"])
running = precondition(lambda self: self.model.status == "in_game" and not self.model.over)
started = precondition(lambda self: bool(self.model.rounds))


class RoomMachine(ModelledRoom):
    """One room, to which everything possible happens in any order."""

    @initialize(settings=room_settings, playing=st.sampled_from([True, True, True, False]))
    def open(self, settings: RoomSettings, playing: bool) -> None:
        self.change_settings(settings)
        if playing:
            self.attach(None, with_log_epoch=False, skip=0)
            self.start()

    # Viewers.

    @rule(viewer=viewers, batches=st.lists(st.tuples(names, few), min_size=2, max_size=10))
    def press_on(self, viewer: str, batches: list[tuple[str, dict[int, int]]]) -> None:
        for name, wishes in batches:
            self.press(viewer, name, wishes)

    @rule(viewer=viewers, name=names, wishes=asked)
    def press(self, viewer: str, name: str, wishes: dict[int, int]) -> None:
        presses = self.of_current_buttons(wishes)
        viewer = self.with_full_enough_bucket(viewer, presses)
        batch_id = uuid4().hex
        answer = self.send(viewer, name, batch_id, presses)
        if self.model.status == "active" and not (self.model.unopened and self.model.attached):
            assert isinstance(answer, GameNotStarted)
        elif self.model.status == "ended" or self.model.over:
            assert isinstance(answer, RoundOver)
            assert answer.round == len(self.model.rounds)
        else:
            assert isinstance(answer, Counting)
            assert not answer.duplicate
            self.same(answer, self.model.press(viewer, name, batch_id, presses))

    @running
    @precondition(lambda self: self.model.batches)
    @rule(wishes=few, busiest=st.booleans(), oldest=st.booleans())
    def repeat(self, wishes: dict[int, int], busiest: bool, oldest: bool) -> None:
        by_batches = sorted(self.model.batches, key=lambda each: len(self.model.batches[each]))
        viewer = by_batches[-1 if busiest else 0]
        if batches := self.model.batches[viewer]:
            batch_id, outcome = batches[0 if oldest else -1]
            presses = self.of_current_buttons(wishes)
            answer = self.send(viewer, "", batch_id, presses)
            assert isinstance(answer, Counting)
            assert answer.duplicate is (viewer not in self.model.blocked)
            self.model.join(viewer)
            if not answer.duplicate:
                outcome = self.model.press(viewer, "", batch_id, presses)
            self.same(answer, self.still_present(outcome))

    @rule(viewer=viewers, sender=senders, ahead=st.integers(1, 3), name=names, wishes=few)
    def press_with_a_number(
        self, viewer: str, sender: str, ahead: int, name: str, wishes: dict[int, int]
    ) -> None:
        presses = self.of_current_buttons(wishes)
        viewer = self.with_full_enough_bucket(viewer, presses)
        last, _ = self.model.senders[viewer].get(sender, (0, Outcome()))
        answer = self.send(viewer, name, f"{sender}#{last + ahead}", presses, last + ahead)
        if isinstance(answer, Counting):
            outcome = self.model.press(viewer, name, sender, presses, last + ahead)
            self.same(answer, outcome)
            assert not answer.duplicate
        else:
            assert self.model.status != "in_game" or self.model.over

    @running
    @rule(viewer=viewers, sender=senders, back=st.integers(0, 2), wishes=few)
    def repeat_a_number(self, viewer: str, sender: str, back: int, wishes: dict[int, int]) -> None:
        last, outcome = self.model.senders[viewer].get(sender, (0, Outcome()))
        if last > back and viewer not in self.model.blocked:
            presses = self.of_current_buttons(wishes)
            answer = self.send(viewer, "", sender, presses, last - back)
            assert isinstance(answer, Counting)
            assert answer.duplicate
            self.model.join(viewer)
            if back:
                overtaken = Outcome([Counted(event_type, 0, 0) for event_type in presses])
                self.same(answer, overtaken)
            else:
                self.same(answer, self.still_present(outcome))

    @running
    @rule(viewer=viewers)
    def heartbeat(self, viewer: str) -> None:
        answer = self.send(viewer, "ignored", uuid4().hex, {})
        assert isinstance(answer, Counting)
        self.same(answer, Outcome())

    @running
    @rule(viewer=viewers)
    def press_what_is_not_there(self, viewer: str) -> None:
        answer = self.send(viewer, "", uuid4().hex, {"nonsense": 1})
        assert isinstance(answer, UnknownEventType)

    @rule(viewer=viewers)
    def join(self, viewer: str) -> None:
        count = self.run(self.engine.join(self.model.room_id, viewer, LOCAL))
        self.model.join(viewer)
        assert count == len(self.model.active)

    # The game.

    @rule()
    def start(self) -> None:
        round_ = self.run(self.engine.start(self.model.room_id, self.term))
        self.model.start()
        assert round_ == len(self.model.rounds)

    @rule(paused=st.booleans(), discard=st.sampled_from([False, False, True]))
    def pause(self, paused: bool, discard: bool) -> None:
        room_id, term = self.model.room_id, self.term
        pause = self.engine.pause(room_id, term, paused=paused, discard=discard and not paused)
        if self.model.status != "in_game" or self.model.over:
            with pytest.raises(GameNotStarted):
                self.run(pause)
        else:
            self.run(pause)
            self.model.set_paused(paused, discard and not paused)

    @started
    @rule(paces=st.integers(1, 3))
    def let_paces_pass(self, paces: int) -> None:
        """As long as the paces: needs fall, and buttons become ready."""
        self.age(paces)

    @precondition(lambda self: self.model.outcomes)
    @rule(
        which=st.integers(0, 200),
        status=st.sampled_from(["started", "done", "failed", "failed"]),
        reason=st.sampled_from(["", "no dragon"]),
    )
    def tell_an_outcome(self, which: int, status: OutcomeStatus, reason: str) -> None:
        seq = list(self.model.outcomes)[-1 - which % len(self.model.outcomes)]
        duration = 5_000 if status == "started" else 0
        told = GameOutcome(self.log_epoch_of(seq), seq, status, duration, reason)
        changed = self.run(self.engine.outcome(self.model.room_id, self.term, told))
        assert changed == self.model.tell(seq, status, reason)

    def log_epoch_of(self, _seq: int) -> int:
        """The log epoch of a trigger; subclasses in which Redis loses data override it."""
        return self.model.log_epoch

    @rule(seq=st.integers(1, 200), status=st.sampled_from(["started", "done", "failed"]))
    def tell_of_what_never_fired(self, seq: int, status: OutcomeStatus) -> None:
        if seq not in self.model.outcomes:
            told = GameOutcome(self.model.log_epoch, seq, status, 1_000)
            with pytest.raises(Refused, match="bad_outcome"):
                self.run(self.engine.outcome(self.model.room_id, self.term, told))

    @rule(which=st.integers(0, 3), available=st.booleans(), reason=st.sampled_from(["", "busy"]))
    def say_what_is_available(self, which: int, available: bool, reason: str) -> None:
        buttons = self.model.settings.buttons
        event_type = buttons[which % len(buttons)].event_type
        told = Available(event_type, available, reason)
        say = self.engine.available(self.model.room_id, self.term, told)
        if self.model.status != "in_game":
            with pytest.raises(GameNotStarted):
                self.run(say)
        else:
            self.run(say)
            self.model.make_available(event_type, available, reason)

    @rule()
    def finish(self) -> None:
        finish = self.engine.finish(self.model.room_id, self.term)
        if self.model.status != "in_game" and not self.model.unopened:
            with pytest.raises(GameNotStarted):
                self.run(finish)
        else:
            self.model.finish()
            assert self.run(finish) == self.model.seq

    @precondition(lambda self: self.model.status == "in_game" and not self.model.paused)
    @rule(seconds=st.sampled_from([400, 1_000]))
    def let_time_pass(self, seconds: int) -> None:
        self.run(let_run(self.engine, self.model.room_id, seconds))
        self.model.ran += seconds

    @rule()
    def end_the_round_if_its_time_is_over(self) -> None:
        finish = self.engine.finish(self.model.room_id, 0, only_if="due")
        if self.model.over:
            self.model.finish()
            assert self.run(finish) == self.model.seq
        else:
            with pytest.raises(Conflict, match="round_not_due"):
                self.run(finish)

    @rule(
        last_seq=st.none() | st.none() | small,
        with_log_epoch=st.booleans(),
        skip=st.sampled_from([0, 0, 1]),
    )
    def attach(self, last_seq: int | None, with_log_epoch: bool, skip: int) -> None:
        known = None if last_seq is None else min(last_seq, self.model.seq)
        held = self.run(
            self.engine.attach(
                self.model.room_id,
                f"gateway{self.term}",
                log_epoch=self.model.log_epoch if with_log_epoch and known is not None else None,
                last_seq=known,
                skip=bool(skip),
            )
        )
        assert held.term > self.term
        self.term = held.term
        assert held.start == self.model.attach(known, bool(skip))
        assert (held.log_epoch, held.seq) == (self.model.log_epoch, self.model.seq)
        assert (held.recovered, held.status) == (True, self.model.status)
        assert held.round == len(self.model.rounds)
        assert held.viewer_count == len(self.model.active)
        self.log_goes_on_after(held.start)

    @rule(written=st.integers(0, 200), clean=st.booleans())
    def detach(self, written: int, clean: bool) -> None:
        room_id, term = self.model.room_id, self.term
        self.run(self.engine.detach(room_id, term, written=written, clean=clean))
        self.model.attached = False
        self.model.write(written)

    @rule(seq=small | st.integers(0, 200))
    def write(self, seq: int) -> None:
        self.run(self.engine.written(self.model.room_id, self.term, seq))
        self.model.write(seq)

    @rule(seq=small)
    def ack(self, seq: int) -> None:
        seq = min(seq, self.model.seq)
        self.run(self.engine.ack(self.model.room_id, self.term, self.model.log_epoch, seq))
        self.model.acknowledge(seq)

    @rule(seq=st.integers(0, 200), limit=st.integers(1, 10))
    def read(self, seq: int, limit: int) -> None:
        start = min(seq, self.model.seq)
        page = self.run(
            self.engine.read(self.model.room_id, self.model.log_epoch, seq, limit=limit)
        )
        assert (page.log_epoch, page.start) == (self.model.log_epoch, start)
        assert timeless(page.messages) == self.model.log[start : start + limit]

    # The streamer.

    @rule(settings=room_settings)
    def change_settings(self, settings: RoomSettings) -> None:
        changed = self.engine.change_settings(self.model.room_id, lambda _: settings)
        assert self.run(changed) == settings
        self.model.change(settings)

    @running
    @rule()
    def lower_all_thresholds(self) -> None:
        """What is in the bars may then be enough."""
        lower = [
            msgspec.structs.replace(button, base=1, min=1) for button in self.model.settings.buttons
        ]
        self.change_settings(msgspec.structs.replace(self.model.settings, buttons=tuple(lower)))

    @running
    @rule(viewer=viewers, wishes=asked)
    def fill_the_bars_and_go_on(self, viewer: str, wishes: dict[int, int]) -> None:
        self.pause(paused=True, discard=False)
        for times in range(3):
            self.press(f"{viewer}-{times}", "", wishes)
        self.pause(paused=False, discard=False)

    @rule()
    def reset(self) -> None:
        stats = self.run(self.engine.reset(self.model.room_id))
        self.model.reset()
        assert stats.round == len(self.model.rounds)
        self.same_stats(stats.stats)

    @precondition(lambda self: self.model.rounds and self.model.round.tops["all"])
    @rule()
    def block_the_busiest(self) -> None:
        (viewer, _), *_ = self.model.round.ranking("all")
        self.run(self.engine.block(self.model.room_id, viewer))
        self.model.block(viewer)

    @precondition(lambda self: self.model.blocked)
    @rule()
    def unblock_somebody(self) -> None:
        viewer = min(self.model.blocked)
        self.run(self.engine.unblock(self.model.room_id, viewer))
        self.model.blocked.discard(viewer)

    # What must always hold.

    @invariant()
    def the_books_balance_and_are_the_models(self) -> None:
        for n, round_ in enumerate(self.model.rounds, start=1):
            for event_type in self.model.event_types:
                kept = self.run(book(self.engine, self.model.room_id, event_type, n))
                assert kept.balanced
                assert kept == round_.accounts[event_type].book()

    @invariant()
    def the_log_has_no_gap_and_is_the_models(self) -> None:
        log = self.run(whole_log(self.engine, self.model.room_id))
        assert timeless(log) == self.model.log
        assert [message.seq for message in log] == list(range(1, self.model.seq + 1))

    @invariant()
    def the_room_looks_as_it_should(self) -> None:
        seen = self.run(self.engine.describe(self.model.room_id))
        assert (seen.status, seen.round) == (self.model.status, len(self.model.rounds))
        assert (seen.paused, seen.connected) == (self.model.held, self.model.attached)
        is_limited = seen.status == "in_game" and self.model.settings.round_limit_s > 0
        assert (seen.ends_at is not None) == (is_limited and not self.model.paused)
        assert (seen.left_ms is not None) == (is_limited and self.model.paused)
        assert seen.event_types == tuple(self.model.event_types)
        if self.model.rounds:
            self.same_stats(self.run(self.engine.stats(self.model.room_id)).stats)

    @started
    @rule(viewer=viewers)
    def look_at_a_viewer(self, viewer: str) -> None:
        round_ = len(self.model.rounds)
        found = self.run(self.engine.viewer_summary(self.model.room_id, round_, viewer))
        tops = self.model.round.tops
        assert found.total == tops["all"].get(viewer, 0)
        assert found.viewer_name == (self.model.names.get(viewer) or None)
        pressed = {each: tops[f"button:{each}"].get(viewer, 0) for each in self.model.event_types}
        listed = {button.event_type for button in self.model.settings.buttons}
        expected = {each: n for each, n in pressed.items() if n or each in listed}
        assert found.counts == expected


@pytest.mark.timeout(120)
def test_the_engine_does_what_its_model_does(redis_url: str) -> None:
    """After every step: accounts balance, numbers have no gap, log, tops and state are equal."""
    RoomMachine.url = redis_url
    run_state_machine_as_test(
        RoomMachine,
        settings=settings(
            max_examples=70,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # to shrink a failure takes minutes
        ),
    )
