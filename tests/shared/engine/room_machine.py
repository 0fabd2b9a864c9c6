"""A room of the engine beside its model, to which anything may happen."""

from uuid import uuid4

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from shared.engine.refusals import GameNotStarted, UnknownEventType
from shared.engine.replies import Counting, RoundOver
from shared.wire.refusal import Refused
from shared.wire.room_settings import RoomSettings
from tests.batches import Counted
from tests.shared.engine.game_rules import GameRules
from tests.shared.engine.modelled_room import timeless
from tests.shared.engine.room_model import Outcome
from tests.shared.engine.rooms import LOCAL, book, whole_log
from tests.shared.engine.strategies import (
    few,
    names,
    room_settings,
    running,
    senders,
    started,
    viewers,
    wished,
)


class RoomMachine(GameRules):
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

    @rule(viewer=viewers, name=names, wishes=wished)
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
    @rule(viewer=viewers, wishes=wished)
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

    @started
    @rule(which=st.integers(0, 3))
    def fire(self, which: int) -> None:
        buttons = self.model.settings.buttons
        event_type = buttons[which % len(buttons)].event_type
        expected = self.model.fire(event_type)
        fire = self.engine.fire(self.model.room_id, event_type)
        if isinstance(expected, str):
            with pytest.raises(Refused, match=expected):
                self.run(fire)
        else:
            shot = self.run(fire)
            assert shot.fired == expected
            assert shot.state.viewer_count == len(self.model.active)
            self.same_stats(shot.state.stats)

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
        assert seen.stopped == self.model.stopped
        is_limited = seen.status == "in_game" and self.model.limit > 0
        assert (seen.ends_at is not None) == (is_limited and not self.model.paused)
        assert (seen.left_ms is not None) == (is_limited and self.model.paused)
        assert seen.event_types == tuple(self.model.event_types)
        if self.model.rounds:
            self.same_stats(self.run(self.engine.stats(self.model.room_id)).stats)

    @started
    @rule(viewer=viewers)
    def compare_a_viewer(self, viewer: str) -> None:
        round_ = len(self.model.rounds)
        found = self.run(self.engine.viewer_summary(self.model.room_id, round_, viewer))
        tops = self.model.round.tops
        assert found.total == tops["all"].get(viewer, 0)
        assert found.viewer_name == (self.model.names.get(viewer) or None)
        pressed = {each: tops[f"button:{each}"].get(viewer, 0) for each in self.model.event_types}
        listed = {button.event_type for button in self.model.settings.buttons}
        expected = {each: n for each, n in pressed.items() if n or each in listed}
        assert found.counts == expected
