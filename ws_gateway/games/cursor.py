"""The order of delivery: which message a socket gets next. Pure: no socket, no Redis."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.engine.replies import LogPage
    from shared.wire.game_messages import NumberedMessage


class Step(Enum):
    """What to do with a message that a nudge brought."""

    SEND = auto()
    SKIP = auto()
    READ_LOG = auto()


class Cursor:
    """How far a socket was written: (`log_epoch`, `seq`) of its last message.

    Messages at or before `attached` were fired before the socket attached: they are replayed ones.
    """

    __slots__ = ("attached", "log_epoch", "seq")

    def __init__(self, log_epoch: int, seq: int, attached: tuple[int, int]) -> None:
        self.log_epoch = log_epoch
        self.seq = seq
        self.attached = attached

    def judge(self, message: NumberedMessage) -> Step:
        """What to do with a message: send the next number, skip an old one.

        Anything else means that a nudge was missed.
        """
        if message.epoch != self.log_epoch:
            return Step.READ_LOG
        if message.seq <= self.seq:
            return Step.SKIP
        return Step.SEND if message.seq == self.seq + 1 else Step.READ_LOG

    def is_replayed(self, message: NumberedMessage) -> bool:
        """Whether it was fired before the socket attached."""
        return (message.epoch, message.seq) <= self.attached

    def sent(self, message: NumberedMessage) -> None:
        """Move on: the message was written."""
        self.log_epoch, self.seq = message.epoch, message.seq

    def go_to(self, page: LogPage) -> bool:
        """Go on where the log goes on.

        True when that is elsewhere, and the game must be told of a gap.
        """
        elsewhere = page.start != self.seq
        self.log_epoch, self.seq = page.log_epoch, page.start
        return elsewhere

    def covers(self, log_epoch: int, seq: int) -> bool:
        """Whether (log_epoch, seq) can have been sent: a game may acknowledge no more."""
        return seq >= 0 and (log_epoch, seq) <= (self.log_epoch, self.seq)
