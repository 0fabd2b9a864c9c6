"""The numbers of a room's log as its entries give them: one numbering, through every epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api_service.audit.comparing import MISSING, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api_service.audit.comparing import Found


class Numbering:
    """Follows the numbers; its methods give what is not as it must be.

    `epochs` are those of the log as Redis has it: (epoch, number before its first message).
    `seq` is the last number, None where nobody knows it; `forgotten` counts those rolled back.
    """

    def __init__(self) -> None:
        self.epochs: list[tuple[int, int]] = []
        self.seq: int | None = None
        self.forgotten = 0

    def open(self, epoch: int) -> None:
        """The room begins."""
        self.epochs, self.seq = [(epoch, 0)], 0

    def take(self, epoch: int, seq: int) -> tuple[Found, ...]:
        """The next message. A room made anew from the books goes on in a greater epoch."""
        before, last = self.seq, self.epochs[-1][0] if self.epochs else 0
        self.seq = seq
        if epoch > last:
            self.epochs.append((epoch, seq - 1 if before is None else before))
        if epoch < last:
            return ((NUMBERS, f"number {seq:,} is of epoch {epoch}, which {last} had followed"),)
        if before is not None and seq != before + 1:
            return ((NUMBERS, f"number {seq:,} follows number {before:,}"),)
        return ()

    def renew(self, epochs: Sequence[tuple[int, int]]) -> tuple[Found, ...]:
        """Redis goes on after what it remembers."""
        before, base = self.seq, epochs[-1][1]
        self.epochs, self.seq = list(epochs), base
        if before is None:
            return ()
        self.forgotten += max(0, before - base)
        if base > before:
            sentence = f"the log goes on after number {base:,}, {before:,} by the journal"
            return ((MISSING, sentence),)
        return ()
