"""A model of a room in plain Python: what the engine must do, without Redis.

Its clock moves only when a test says so: no viewer is inactive for 30 s, no bucket runs empty, and
cooldowns and paces are either none or longer than a test.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from shared.engine.replies import REASONS, Fired
from shared.wire.game_messages import (
    ButtonTop,
    EventTotal,
    GameEndSummary,
    GameEvent,
    NumberedMessage,
    TeamTops,
)
from shared.wire.parts import Top
from shared.wire.room_settings import Button, RoomSettings
from tests.batches import Counted
from tests.shared.engine.counting_rule import apply_press, threshold
from tests.shared.engine.paced_button import PRESSES, need, record_after
from tests.shared.engine.rooms import PER_REQUEST, Book

LOG_LIMIT = 10_000
PACE = 600_000  # ms; the longest
REMEMBERED = 8  # batches without a number, of a viewer
STARTS = 10  # of a trigger
SENDERS = 4  # of numbered batches, of a viewer


@dataclass
class Outcome:
    """A batch's outcome."""

    results: list[Counted] = field(default_factory=list)
    rejected: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REASONS, 0))
    fired: list[Fired] = field(default_factory=list)


@dataclass
class Account:
    """One button's account of one round.

    `fired_at` (ms) is when it last fired, `began` when its bar began, if it has one in this round.
    `people` are the viewers whose presses counted since its last trigger or reset.
    """

    count: int = 0
    accepted: int = 0
    consumed: int = 0
    discarded: int = 0
    fired: int = 0
    returned: int = 0
    unavailable: str | None = None
    fired_at: int = 0
    began: int | None = None
    record: float = 0
    people: set[str] = field(default_factory=set)

    def book(self) -> Book:
        return Book(
            self.count, self.accepted, self.consumed, self.discarded, self.fired, self.returned
        )


class Round:
    """The accounts of one round, and what each viewer pressed in it."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = defaultdict(Account)
        self.tops: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.names: dict[str, str] = {}

    def add(self, button: Button, viewer: str, accepted: int) -> None:
        self.accounts[button.event_type].count += accepted
        self.accounts[button.event_type].accepted += accepted
        if accepted:
            self.accounts[button.event_type].people.add(viewer)
            for top in {"all", button.team, f"button:{button.event_type}"} - {""}:
                self.tops[top][viewer] += accepted

    def ranking(self, top: str) -> list[tuple[str, int]]:
        """Sorted by presses, most first; ties by id, greatest first, like Redis's sorted sets."""
        return sorted(self.tops[top].items(), key=lambda item: (item[1], item[0]), reverse=True)


class RoomModel:
    """The room, its game's socket, and the log."""

    def __init__(self, room_id: str, settings: RoomSettings, log_epoch: int) -> None:
        self.room_id, self.log_epoch = room_id, log_epoch
        self.settings = settings
        self.event_types = [button.event_type for button in settings.buttons]
        self.status, self.attached = "active", False
        self.paused, self.stopped = False, False
        self.rounds: list[Round] = []
        self.log: list[NumberedMessage] = []
        self.active: set[str] = set()
        self.blocked: set[str] = set()
        self.names: dict[str, str] = {}
        self.batches: dict[str, list[tuple[str, Outcome]]] = defaultdict(list)
        # Of each viewer, by sender, the last number and its outcome; the sender used last is last.
        self.senders: dict[str, dict[str, tuple[int, Outcome]]] = defaultdict(dict)
        self.ack, self.acking, self.written = 0, False, 0
        self.ran = 0  # s that the running round has run, without its pauses
        self.own_limit: int | None = None  # s; None while the round has the settings' limit
        self.now = PACE
        # Of each trigger by number: its round, and its last outcome with the reason.
        self.outcomes: dict[int, tuple[int, str, str]] = {}
        self.starts: Counter[int] = Counter()  # how often each trigger began

    # What it looks like.

    @property
    def seq(self) -> int:
        return len(self.log)

    @property
    def round(self) -> Round:
        return self.rounds[-1]

    @property
    def held(self) -> bool:
        return self.paused or (self.settings.on_disconnect == "hold" and not self.attached)

    @property
    def unopened(self) -> bool:
        """Whether no round has begun yet, and a press or `game_end` opens the first one."""
        return self.status == "active" and self.settings.starts == "press"

    @property
    def over(self) -> bool:
        """Whether the running round's time is over."""
        return self.status == "in_game" and 0 < self.limit <= self.ran

    @property
    def limit(self) -> int:
        """After how long (s) the round ends; 0: never."""
        return self.settings.round_limit_s if self.own_limit is None else self.own_limit

    @property
    def known(self) -> int:
        """The assumed position of a game that does not send one."""
        return self.ack if self.acking else max(self.ack, self.written)

    def button(self, event_type: str) -> Button:
        return next(b for b in self.settings.buttons if b.event_type == event_type)

    def classic(self, button: Button) -> int:
        return threshold(button, self.settings.multipliers, len(self.active))

    def threshold(self, button: Button) -> int:
        record, classic = self.round.accounts[button.event_type].record, self.classic(button)
        if not button.pace_ms:
            return classic
        pace, since = self.bar(button)
        guess = PRESSES / 1_000 * len(self.active) / max(1, len(self.paced)) * pace
        return need(classic, record * pace / button.pace_ms if record else guess, since, pace)

    @property
    def paced(self) -> list[Button]:
        return [each for each in self.settings.buttons if each.enabled and each.pace_ms]

    def bar(self, button: Button) -> tuple[float, float]:
        """The pace (ms) of the button's present bar, and how much of it has passed."""
        account, pace = self.round.accounts[button.event_type], float(button.pace_ms)
        if account.began is None:
            return pace, pace
        if not account.fired and button in self.paced:
            pace *= (self.paced.index(button) + 1) / len(self.paced)
        return pace, self.now - account.began

    def cooling(self, button: Button) -> bool:
        account = self.round.accounts[button.event_type]
        return account.fired > 0 and self.now - account.fired_at < button.cooldown_ms

    def waits(self, button: Button) -> bool:
        """Whether no press may fire the button yet: it cools down, or it is too soon."""
        pace, since = self.bar(button)
        return self.cooling(button) or since < pace / 4

    # What viewers do.

    def press(
        self,
        viewer: str,
        name: str,
        batch_id: str,
        presses: dict[str, int],
        batch_no: int = 0,
    ) -> Outcome:
        """Count a batch of known buttons, in a running round or as the press that opens it."""
        if viewer in self.blocked:
            return self._refuse(presses)
        if self.unopened:
            self.start()
        self.active.add(viewer)
        outcome = Outcome()
        for event_type, asked in presses.items():
            self._press_one(self.button(event_type), viewer, name, asked, outcome)
        if batch_no:
            senders = self.senders[viewer]
            senders.pop(batch_id, None)
            senders[batch_id] = (batch_no, outcome)
            if len(senders) > SENDERS:
                del senders[next(iter(senders))]
        else:
            self.batches[viewer] = [*self.batches[viewer], (batch_id, outcome)][-REMEMBERED:]
        return outcome

    def join(self, viewer: str) -> None:
        if viewer not in self.blocked:
            self.active.add(viewer)

    def _refuse(self, presses: dict[str, int]) -> Outcome:
        """The outcome of a blocked viewer's batch, repeated or not."""
        outcome = Outcome([Counted(event_type, 0, 0) for event_type in presses])
        outcome.rejected["blocked"] = sum(presses.values())
        return outcome

    def _press_one(
        self, button: Button, viewer: str, name: str, asked: int, outcome: Outcome
    ) -> None:
        accepted = fired = 0
        account, needed = self.round.accounts[button.event_type], self.threshold(button)
        if not button.enabled:
            outcome.rejected["disabled"] += asked
        elif account.unavailable is not None:
            outcome.rejected["unavailable"] += asked
        else:
            accepted, fired = self._apply(button, min(asked, PER_REQUEST), outcome)
            outcome.rejected["clamp"] += max(0, asked - PER_REQUEST)
        if accepted:
            self.names[viewer] = name or self.names.get(viewer, "")
            self.round.names[viewer] = self.names[viewer]
        self.round.add(button, viewer, accepted)
        if fired:
            taken = account.count if button.pace_ms else needed
            self._fire(button, fired, taken, viewer, outcome.fired)
            account.people = {viewer} if account.count else set()
        outcome.results.append(Counted(button.event_type, accepted, fired))

    def _apply(self, button: Button, asked: int, outcome: Outcome) -> tuple[int, int]:
        account = self.round.accounts[button.event_type]
        if button.pace_ms and not self.held:
            is_full = account.count + asked >= self.threshold(button)
            return asked, int(is_full and not self.waits(button))
        applied = apply_press(
            account.count,
            asked,
            self.threshold(button),
            paused=self.held,
            cooldown_ms=button.cooldown_ms,
            cooling=self.cooling(button),
            free_log=LOG_LIMIT - (self.seq - self.known),
        )
        outcome.rejected["paused"] += applied.rejected_paused
        outcome.rejected["cooldown"] += applied.rejected_cooldown
        return applied.accepted, applied.fired

    def _fire(
        self, button: Button, times: int, taken: int, viewer: str | None, fired: list[Fired]
    ) -> None:
        """Fire triggers that take so many presses each, at a press of a viewer or the streamer.

        All people are in the first one, the viewer alone in the others.
        """
        account = self.round.accounts[button.event_type]
        account.count -= times * taken
        account.consumed += times * taken
        if button.pace_ms and viewer:
            pace, since = self.bar(button)
            account.record = record_after(taken, since, pace, button.pace_ms)
        account.fired += times
        account.fired_at = self.now
        if button.pace_ms:
            account.began = self.now
        name = self.names.get(viewer or "", "")
        for people in [len(account.people), *[1] * (times - 1)]:
            message = GameEvent(
                room_id=self.room_id,
                event_type=button.event_type,
                trigger_count=taken,
                viewer_count=len(self.active),
                viewer_name=(name or None) if self.settings.show_names else None,
                epoch=self.log_epoch,
                seq=self.seq + 1,
                fired_at=0,
                people=people,
                by_streamer=not viewer,
            )
            self.log.append(message)
            self.outcomes[message.seq] = len(self.rounds), "", ""
            fired.append(Fired(button.event_type, taken, message.seq))

    # What the game does.

    def start(self) -> None:
        if self.over:
            self.finish()
        if self.status != "in_game":
            self.status, self.ran, self.own_limit = "in_game", 0, None
            self.paused, self.stopped = False, False
            self.rounds.append(Round())
            for button in self.paced:
                self.round.accounts[button.event_type].began = self.now

    def set_paused(self, paused: bool, discard: bool) -> dict[str, int]:
        """Returns what this discards."""
        if discard and not paused and not self.paused:
            return {}
        discards = discard or (self.stopped and not paused)
        self.paused, self.stopped = paused, paused and (discard or self.stopped)
        return self.reset() if discards else {}

    def tell(self, seq: int, status: str, reason: str) -> bool:
        """What became of a trigger. Returns whether that changes anything."""
        round_, last, last_reason = self.outcomes[seq]
        if last in {"done", "failed"} or (last, last_reason) == (status, reason):
            return False
        if status == "started":
            if self.starts[seq] == STARTS:
                return False
            self.starts[seq] += 1
        self.outcomes[seq] = round_, status, reason
        trigger = self.log[seq - 1]
        if status == "failed" and round_ == len(self.rounds) and self.status == "in_game":
            assert isinstance(trigger, GameEvent)
            account = self.round.accounts[trigger.event_type]
            account.count += trigger.trigger_count
            account.returned += trigger.trigger_count
        return True

    def make_available(self, event_type: str, available: bool, reason: str) -> None:
        self.round.accounts[event_type].unavailable = None if available else reason

    def attach(self, last_seq: int | None, skip: bool) -> int:
        """The number after which delivery continues."""
        start = max(last_seq, self.ack) if last_seq is not None else self.known
        start = self.seq if skip else start
        self.attached = True
        if skip or last_seq is not None:
            self.ack = max(self.ack, start)
        self.written = max(self.written, start)
        return start

    def acknowledge(self, seq: int) -> None:
        self.ack, self.acking = max(self.ack, seq), True

    def write(self, seq: int) -> None:
        self.written = max(self.written, min(seq, self.seq))

    def finish(self) -> None:
        if self.unopened:
            self.start()
        tops = [self.top(self.round.ranking(team)) for team in ("all", "skill", "enemy")]
        summary = GameEndSummary(
            room_id=self.room_id,
            round=len(self.rounds),
            team_tops=TeamTops(*tops),
            top_by_button=tuple(self._button_tops()),
            top_overall=tops[0],
            event_totals=tuple(
                EventTotal(each, self.round.accounts[each].accepted) for each in self._played()
            ),
            epoch=self.log_epoch,
            seq=self.seq + 1,
        )
        self.log.append(summary)
        self.status, self.paused, self.stopped = "ended", False, False

    def top(self, ranking: list[tuple[str, int]]) -> Top | None:
        return self.named(*ranking[0]) if ranking else None

    def named(self, viewer: str, count: int) -> Top:
        shown = self.settings.show_names and viewer not in self.blocked
        return Top(viewer, (self.round.names.get(viewer) or None) if shown else None, count)

    def _played(self) -> list[str]:
        """The event types of the round's results: in the settings, or pressed in the round."""
        listed = {button.event_type for button in self.settings.buttons}
        accounts = self.round.accounts
        return [each for each in self.event_types if each in listed or accounts[each].accepted]

    def _button_tops(self) -> list[ButtonTop]:
        best = {each: self.top(self.round.ranking(f"button:{each}")) for each in self.event_types}
        return [
            ButtonTop(top.viewer_id, top.viewer_name, top.count, event_type=event_type)
            for event_type, top in best.items()
            if top
        ]

    # What the streamer does.

    def change(self, settings: RoomSettings) -> None:
        if self.over:
            self.finish()
        if settings.round_limit_s != self.settings.round_limit_s:
            self.ran, self.own_limit = 0, None
        self.settings = settings
        names = [*self.event_types, *(button.event_type for button in settings.buttons)]
        self.event_types = list(dict.fromkeys(names))

    def reset(self) -> dict[str, int]:
        """Returns what this discards."""
        discarded: dict[str, int] = {}
        if self.status == "in_game" and not self.over:
            for event_type, account in self.round.accounts.items():
                if account.count:
                    discarded[event_type] = account.count
                account.discarded += account.count
                account.count = 0
                account.people = set()
        return discarded

    def fire(self, event_type: str) -> Fired | str:
        """The trigger, or the code of why there is none."""
        button, account = self.button(event_type), self.round.accounts[event_type]
        if self.status != "in_game" or self.over:
            return "game_not_started"
        if not button.enabled or account.unavailable is not None:
            return "unavailable" if button.enabled else "disabled"
        if self.held:
            return "paused"
        account.accepted, account.count = account.accepted + 1, account.count + 1
        fired: list[Fired] = []
        self._fire(button, 1, account.count, None, fired)
        account.people = set()
        return fired[0]

    def block(self, viewer: str) -> None:
        self.blocked.add(viewer)
        self.active.discard(viewer)
