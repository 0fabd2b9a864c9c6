"""The simulated crowd without I/O: who presses what when, and the totals of the answers."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from random import Random
from typing import Final

import msgspec

from clients.terminal.terminal_io import named
from clients.terminal.texts import simulate as texts
from clients.terminal.texts import viewers
from shared.wire.languages import Language, Sentence

NAME_WIDTH: Final = 15  # columns of an account's name in the report
FAVOURITE: Final = 10.0  # the weight of the most popular button; the least popular one has 1
ANIMALS = ("りす", "Fox", "くま", "Owl", "ねこ", "Panda", "うさぎ", "Tiger", "ペンギン", "Koala")


def name_of(number: int) -> str:
    """The display name of the crowd's viewer with this number."""
    return f"{ANIMALS[number % len(ANIMALS)]} {number + 1}"


def popularity(buttons: Iterable[str], room_id: str) -> dict[str, float]:
    """The weight of each button, from 10 evenly down to 1, in an order of the room's own."""
    order = list(buttons)
    Random(room_id).shuffle(order)
    step = (FAVOURITE - 1) / max(len(order) - 1, 1)
    return {button: FAVOURITE - step * rank for rank, button in enumerate(order)}


class Finger:
    """One viewer's presses: at random times (a Poisson process), on random buttons by weight.

    `rate` is presses per second, times are s. The viewer does not wait for answers (open loop), so
    a slow server gets the same load.
    """

    def __init__(
        self, random: Random, rate: float, weights: Mapping[str, float], start: float
    ) -> None:
        self._random = random
        self._rate = rate
        self._buttons = tuple(weights)
        self._weights = tuple(accumulate(weights.values()))
        self._next = start + random.expovariate(rate)

    def presses_until(self, time: float) -> Counter[str]:
        """The presses since the last call, by button."""
        presses: Counter[str] = Counter()
        while self._next < time:
            (button,) = self._random.choices(self._buttons, cum_weights=self._weights)
            presses[button] += 1
            self._next += self._random.expovariate(self._rate)
        return presses


def next_due(due: float, now: float, interval: float) -> float:
    """The viewer's next time to send: `due` plus a whole number of intervals.

    If several of these times passed while it waited for an answer, it is the latest of them: their
    presses are sent as one batch.
    """
    return due + interval if due + interval >= now else now - (now - due) % interval


class Latencies:
    """A histogram of answer times (ms), in buckets one percent wide."""

    WIDTH: Final = math.log(1.01)

    def __init__(self) -> None:
        self._buckets: Counter[int] = Counter()
        self.longest = 0.0

    def add(self, ms: float) -> None:
        """Count one answer, which took `ms`."""
        self._buckets[math.ceil(math.log(max(ms, 0.001)) / self.WIDTH)] += 1
        self.longest = max(self.longest, ms)

    def percentile(self, share: float) -> float:
        """The quantile `share` of the answer times (ms, at most 1 % too long)."""
        rank = math.ceil(share * self._buckets.total())
        for bucket in sorted(self._buckets):
            rank -= self._buckets[bucket]
            if rank <= 0:
                return min(math.exp(bucket * self.WIDTH), self.longest)
        return 0.0


class ButtonOutcome(msgspec.Struct, frozen=True):
    """The result of a batch for one button."""

    event_type: str
    triggers_fired: int


class PressAnswer(msgspec.Struct, frozen=True):
    """The fields that the crowd reads of an answer; with `game_over` the others are absent.

    `send_every_ms` is 0 if the server does not say it.
    """

    accepted: int = 0
    rejected_by: dict[str, int] = {}
    duplicate: bool = False
    event_results: tuple[ButtonOutcome, ...] = ()
    game_over: bool = False
    send_every_ms: int = 0


class PressTally:
    """The totals: every press sent is accepted, rejected, refused, too late, or unanswered."""

    def __init__(self) -> None:
        self.viewers = 0
        self.sent = 0
        self.accepted = 0
        self.rejected: Counter[str] = Counter()
        self.refused = 0
        self.too_late = 0
        self.answers = 0
        self.duplicates = 0
        self.triggers: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.latencies = Latencies()

    @property
    def unanswered(self) -> int:
        """Presses without an answer."""
        answered = self.accepted + self.rejected.total() + self.refused + self.too_late
        return self.sent - answered

    def answered(self, presses: int, answer: PressAnswer, ms: float) -> None:
        """Count the answer to a batch of presses; it arrived `ms` after the batch was due."""
        self.answers += 1
        self.latencies.add(ms)
        if answer.game_over:
            self.too_late += presses
            return
        self.accepted += answer.accepted
        self.duplicates += answer.duplicate
        self.rejected.update(answer.rejected_by)
        for outcome in answer.event_results:
            self.triggers[outcome.event_type] += outcome.triggers_fired

    def gathering(self, *, complete: bool = False) -> Sentence:
        """One line: how many viewers have joined so far; if `complete`, that they wait."""
        joined = texts.ONE_JOINED if self.viewers == 1 else texts.JOINED.about(count=self.viewers)
        if complete:
            return texts.WAITING.about(joined=joined)
        return texts.JOINED_SLOWLY.about(joined=joined) if self.errors["429"] else joined

    def progress(self, seconds: float, answers_per_second: float) -> Sentence:
        """One line: the totals after `seconds`."""
        return texts.PROGRESS.about(
            seconds=seconds,
            sent=self.sent,
            accepted=self.accepted,
            rejected=self.rejected.total(),
            reasons=f" ({_listed(self.rejected)})" if self.rejected.total() else "",
            triggers=self.triggers.total(),
            errors=self.errors.total(),
            rate=answers_per_second,
        )

    def report(self, seconds: float, language: Language = "en") -> list[str]:
        """The totals at the end, one line for each account."""
        sent = texts.SENT.about(sent=self.sent, viewers=viewers(self.viewers), seconds=seconds)
        answered = texts.ANSWERED.about(
            answers=self.answers,
            rate=self.answers / seconds if seconds else 0,
            duplicates=self.duplicates,
        )
        rows: dict[Sentence, str | Sentence] = {
            texts.PRESSES_SENT: sent,
            texts.ACCEPTED: f"{self.accepted:,}",
            texts.REJECTED: _account(self.rejected),
            texts.REFUSED: f"{self.refused:,}" if self.refused else "",
            texts.AFTER_END: f"{self.too_late:,}" if self.too_late else "",
            texts.UNANSWERED: f"{self.unanswered:,}",
            texts.TRIGGERS: _account(self.triggers),
            texts.ANSWERS: answered,
            texts.ERRORS: _errors(self.errors),
            texts.LATENCY: self._latency() if self.answers else "",
        }
        return named(rows, NAME_WIDTH, language)

    def _latency(self) -> Sentence:
        p50, p95, p99 = (self.latencies.percentile(share) for share in (0.50, 0.95, 0.99))
        return texts.LATENCIES.about(p50=p50, p95=p95, p99=p99, longest=self.latencies.longest)


def _errors(counts: Counter[str]) -> Sentence:
    """The number of errors, by HTTP status or by the reason for no answer."""
    translated = Counter[str]()
    for why, count in counts.items():
        translated[texts.UNANSWERED_BECAUSE.get(why, why)] += count
    return Sentence(_account(counts), _account(translated))


def _account(counts: Counter[str]) -> str:
    listed = _listed(counts)
    return f"{counts.total():,}" + (f"   {listed}" if listed else "")


def _listed(counts: Counter[str]) -> str:
    return " · ".join(f"{name} {count:,}" for name, count in sorted(counts.items()) if count)
