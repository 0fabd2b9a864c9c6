"""The verdict on a room: its viewers, its game, Redis and PostgreSQL must agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.wire.game_messages import GameEvent, NumberedMessage
from tests.faults.books import Booked, Books, Numbered
from tests.faults.game import Record
from tests.flow.books import Account


@dataclass(slots=True)
class Verdict:
    """Counts of lost and doubled presses and numbers, and a sentence for each problem."""

    accepted: int = 0
    triggers: int = 0
    lost: int = 0
    doubled: int = 0
    problems: list[str] = field(default_factory=list)

    def require(self, holds: bool, problem: str) -> None:
        if not holds:
            self.problems.append(problem)

    def add(self, other: "Verdict") -> None:
        """Add another room's verdict."""
        self.accepted += other.accepted
        self.triggers += other.triggers
        self.lost += other.lost
        self.doubled += other.doubled
        self.problems += other.problems


def judge(
    answered: Mapping[str, int],
    redis: Mapping[str, Account],
    books: Books,
    games: Sequence[Record],
) -> Verdict:
    """Judge a room whose round has ended; its `games` owned it in turn."""
    verdict = Verdict(accepted=sum(answered.values()))
    for event_type, accepted in answered.items():
        _judge_button(verdict, accepted, redis[event_type], books.accounts.get(event_type))
    _judge_numbers(verdict, books.numbers)
    for game in games:
        _judge_game(verdict, game)
    applied = {numbered(one.message) for game in games for one in game.applied}
    missing = set(books.numbers) - applied
    verdict.lost += len(missing)
    verdict.require(not missing, f"in PostgreSQL, but not applied: {sorted_by_seq(missing)}")
    unknown = applied - set(books.numbers)
    verdict.require(not unknown, f"applied, but not in PostgreSQL: {sorted_by_seq(unknown)}")
    return verdict


def _judge_button(verdict: Verdict, accepted: int, redis: Account, booked: Booked | None) -> None:
    if booked is None:
        verdict.lost += accepted
        verdict.problems.append(f"{accepted} presses of a button that has no account")
        return
    verdict.lost += max(0, accepted - booked.presses)
    verdict.doubled += max(0, booked.presses - accepted)
    totals = (accepted, redis.accepted, booked.accepted, booked.booked, booked.presses)
    verdict.require(len(set(totals)) == 1, f"accepted: {totals}, {redis}, {booked}")
    verdict.require(redis.balances, f"Redis does not balance: {redis}")
    verdict.require(booked.balances, f"PostgreSQL does not balance: {booked}")


def _judge_numbers(verdict: Verdict, numbers: Sequence[Numbered]) -> None:
    seqs = [number.seq for number in numbers]
    verdict.triggers = sum(number.event_type is not None for number in numbers)
    verdict.require(seqs == list(range(1, len(seqs) + 1)), f"numbers in PostgreSQL: {seqs}")
    epochs = [number.epoch for number in numbers]
    verdict.require(epochs == sorted(epochs), f"epochs in PostgreSQL: {epochs}")


def _judge_game(verdict: Verdict, game: Record) -> None:
    seqs = [one.message.seq for one in game.applied]
    twice = len(seqs) - len(set(seqs))
    verdict.doubled += twice
    verdict.require(not twice, f"a game applied {twice} numbers twice")
    verdict.require(seqs == sorted(seqs), f"a game's order: {seqs}")
    verdict.require(not game.missing, f"{game.missing} numbers were skipped")
    verdict.require(not game.forgotten, f"a game was told {game.forgotten} times of lost numbers")


def numbered(message: NumberedMessage) -> Numbered:
    """Return a message in the form in which PostgreSQL has it."""
    if isinstance(message, GameEvent):
        return Numbered(message.epoch, message.seq, message.event_type, message.trigger_count)
    return Numbered(message.epoch, message.seq, None, None)


def sorted_by_seq(numbers: set[Numbered]) -> list[Numbered]:
    """Return numbers in order, for a problem's text."""
    return sorted(numbers, key=lambda number: (number.seq, number.epoch))
