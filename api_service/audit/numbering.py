"""Checks the numbers of a room's log, which continue from one log epoch to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api_service.audit.comparing import MISSING, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api_service.audit.comparing import Found


class End(NamedTuple):
    """A round's last message: its number, and the summary as JSON."""

    log_epoch: int
    seq: int
    summary: bytes


class Numbering:
    """Follows the numbers; its methods return differences.

    `log_epochs` are as Redis has them: (epoch, number before its first message).
    `seq` is the last number, None if unknown; `forgotten` counts those rolled back.
    """

    def __init__(self) -> None:
        self.log_epochs: list[tuple[int, int]] = []
        self.seq: int | None = None
        self.forgotten = 0

    def open(self, log_epoch: int) -> None:
        """Start with the room's opening."""
        self.log_epochs, self.seq = [(log_epoch, 0)], 0

    def take(self, log_epoch: int, seq: int) -> tuple[Found, ...]:
        """Check the next message. A room rebuilt from the books continues in a greater epoch."""
        before, last = self.seq, self.log_epochs[-1][0] if self.log_epochs else 0
        self.seq = seq
        if log_epoch > last:
            self.log_epochs.append((log_epoch, seq - 1 if before is None else before))
        if log_epoch < last:
            return (
                (NUMBERS, f"number {seq:,} is of log epoch {log_epoch}, which {last} had followed"),
            )
        if before is not None and seq != before + 1:
            return ((NUMBERS, f"number {seq:,} follows number {before:,}"),)
        return ()

    def renew(self, log_epochs: Sequence[tuple[int, int]]) -> tuple[Found, ...]:
        """Continue after the last number that Redis remembers."""
        before, base = self.seq, log_epochs[-1][1]
        self.log_epochs, self.seq = list(log_epochs), base
        if before is None:
            return ()
        self.forgotten += max(0, before - base)
        if base > before:
            sentence = f"the log goes on after number {base:,}, {before:,} by the journal"
            return ((MISSING, sentence),)
        return ()
