"""The game's side of delivery: it recognises duplicates and decides when to acknowledge. No I/O.

(`epoch`, `seq`) identifies a numbered message. Each arrives at least once and in order, so a number
that was already applied in its epoch is a duplicate, on whatever socket it arrived.
"""

from enum import Enum, auto
from typing import Final

import msgspec

from shared.wire.game_messages import Ack, GameEndSummary, Gap, NumberedMessage, RoomReady

ACK_INTERVAL: Final = 0.1  # s


class GameCursor(msgspec.Struct, frozen=True):
    """The last numbered message that was applied; `epoch` is the log's, as on the wire."""

    epoch: int
    seq: int


class Verdict(Enum):
    """What to do with a numbered message."""

    NEXT = auto()  # apply it
    DUPLICATE = auto()  # it was applied before
    AHEAD = auto()  # apply it, and report that messages before it are missing


class Delivery:
    """The order of one room's messages, and their acknowledgement. Callers pass the time (s)."""

    def __init__(self, cursor: GameCursor) -> None:
        self.cursor = cursor
        self._applied = {cursor.epoch: cursor.seq}
        self._owed: GameCursor | None = None
        self._held: GameCursor | None = None  # a summary, until the next round's first message
        self._released = False  # the held summary may be acknowledged
        self._acked_at = -ACK_INTERVAL
        self._replay_ends = cursor.seq

    @property
    def resume_from(self) -> GameCursor:
        """The position from which the next socket should resume.

        It is before a held summary: resuming after it would acknowledge it and end the room.
        """
        if self._held is None:
            return self.cursor
        return GameCursor(self._held.epoch, self._held.seq - 1)

    @property
    def caught_up(self) -> bool:
        """Whether all messages from before this socket have been applied."""
        return self.cursor.seq >= self._replay_ends

    def attached(self, ready: RoomReady) -> None:
        """A new socket has attached; its handshake carried the cursor, so no ack is due yet.

        If no round runs, the start of the next one was lost on its way.
        """
        self._replay_ends = ready.seq
        self._owed = None
        self._released &= ready.status == "in_game"

    def take(self, message: NumberedMessage) -> Verdict:
        """Classify a received message, advance if it is new, and make its acknowledgement due.

        A duplicate is acknowledged again, because the first acknowledgement was lost. A summary is
        acknowledged only after `round_begins`: once the summary of an ended round is acknowledged,
        the gateway lets no game resume the room.
        """
        came = GameCursor(message.epoch, message.seq)
        verdict = Verdict.AHEAD if came.seq > self.cursor.seq + 1 else Verdict.NEXT
        if came.seq <= self._applied.get(came.epoch, -1):
            verdict = Verdict.DUPLICATE
        else:
            self._move(came)
            self._held = came if isinstance(message, GameEndSummary) else None
            self._released = False
        if came != self._held or self._released:
            self._owed = came
        return verdict

    def jump(self, gap: Gap) -> None:
        """Earlier messages are lost: the next number is `gap.last_seq` + 1."""
        self._move(GameCursor(gap.epoch, gap.last_seq))
        self._owed = self._held = None

    def round_begins(self) -> None:
        """The game has started the next round: the last summary may be acknowledged."""
        if self._held is not None:
            self._owed, self._released = self._held, True

    def ack_in(self, now: float) -> float | None:
        """Seconds until an acknowledgement is due; None if there is nothing to acknowledge."""
        if self._owed is None:
            return None
        return max(0.0, self._acked_at + ACK_INTERVAL - now)

    def ack(self, now: float, *, leaving: bool = False) -> Ack | None:
        """The acknowledgement to send now, at most one each ACK_INTERVAL unless `leaving`."""
        if self._owed is None or (not leaving and self.ack_in(now)):
            return None
        owed, self._owed, self._acked_at = self._owed, None, now
        return Ack(epoch=owed.epoch, seq=owed.seq)

    def _move(self, cursor: GameCursor) -> None:
        self.cursor = cursor
        self._applied[cursor.epoch] = max(cursor.seq, self._applied.get(cursor.epoch, -1))
