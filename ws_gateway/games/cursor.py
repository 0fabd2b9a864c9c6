"""The order of delivery: which message a socket gets next. Pure: no socket, no Redis."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.engine.replies import LogPage
    from shared.wire.game_messages import NumberedMessage


class Step(Enum):
    """What to do with a message of a nudge."""

    SEND = auto()
    SKIP = auto()
    READ_LOG = auto()


class Cursor:
    """The position of a socket in its room's log: (`log_epoch`, `seq`) of the last message written.

    Messages up to `attached` were fired before the socket attached: they are replayed.
    """

    __slots__ = ("attached", "log_epoch", "seq")

    def __init__(self, log_epoch: int, seq: int, attached: tuple[int, int]) -> None:
        self.log_epoch = log_epoch
        self.seq = seq
        self.attached = attached

    def judge(self, message: NumberedMessage) -> Step:
        """Send the message with the next number and skip an old one.

        Any other number means that a nudge was lost: read the log.
        """
        if message.epoch != self.log_epoch:
            return Step.READ_LOG
        if message.seq <= self.seq:
            return Step.SKIP
        return Step.SEND if message.seq == self.seq + 1 else Step.READ_LOG

    def is_replayed(self, message: NumberedMessage) -> bool:
        """Whether the message was fired before the socket attached."""
        return (message.epoch, message.seq) <= self.attached

    def sent(self, message: NumberedMessage) -> None:
        """Advance to this message, which was written."""
        self.log_epoch, self.seq = message.epoch, message.seq

    def go_to(self, page: LogPage) -> None:
        """Continue at the start of a page of the log."""
        self.log_epoch, self.seq = page.log_epoch, page.start

    def covers(self, log_epoch: int, seq: int) -> bool:
        """Whether (log_epoch, seq) was sent already, so that a game may acknowledge it."""
        return seq >= 0 and (log_epoch, seq) <= (self.log_epoch, self.seq)
