"""What a game may do with its room, against the model."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from shared.engine.refusals import Conflict, GameNotStarted
from shared.wire.game_messages import Available
from shared.wire.game_messages import Outcome as GameOutcome
from shared.wire.parts import OutcomeStatus
from shared.wire.refusal import Refused
from tests.shared.engine.modelled_room import ModelledRoom, timeless
from tests.shared.engine.rooms import let_run
from tests.shared.engine.strategies import small, started


class GameRules(ModelledRoom):
    """A room whose game does everything possible in any order."""

    @rule()
    def start(self) -> None:
        round_ = self.run(self.engine.start(self.model.room_id, self.term))
        self.model.start()
        assert round_ == len(self.model.rounds)

    @rule(paused=st.booleans(), discard=st.sampled_from([False, False, True]))
    def pause(self, paused: bool, discard: bool) -> None:
        """The game pauses; what it does not say, a stop, the owner does."""
        term = None if paused and discard else self.term
        pause = self.engine.pause(self.model.room_id, term, paused=paused, discard=discard)
        if self.model.status != "in_game" or self.model.over:
            with pytest.raises(GameNotStarted):
                self.run(pause)
        else:
            discarded = {each.event_type: each.count for each in self.run(pause)}
            assert discarded == self.model.set_paused(paused, discard)

    @rule(seconds=st.sampled_from([0, 300, 900]))
    def limit(self, seconds: int) -> None:
        limit = self.engine.limit(self.model.room_id, seconds)
        if self.model.status != "in_game" or self.model.over:
            with pytest.raises(GameNotStarted):
                self.run(limit)
        else:
            self.run(limit)
            self.model.ran, self.model.own_limit = 0, seconds

    @started
    @rule(paces=st.integers(1, 6))
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
