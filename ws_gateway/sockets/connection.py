"""A socket, as the gateway uses it: it writes without waiting and knows who is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ws_gateway.sockets.websockets_seam import WebsocketsConnection

if TYPE_CHECKING:
    from collections.abc import Callable

    from ws_gateway.sockets.grants import GameEntry, ViewerEntry

GIVE_UP_AFTER = 60.0  # s: a game's main loop may stall for longer than a ping takes
# A system call for each message would cost more than all else that becomes of it; beyond so many
# bytes one is made at once, to learn whether the other end keeps up.
TOGETHER = 32 * 1024
# No message is as long, and none is written before those that wait are taken: beyond so many bytes
# it is answers to pings, by one who asks on and on and reads none of them.
UNTAKEN = 256 * 1024


class Connection(WebsocketsConnection):
    """A connection that remembers what its handshake granted, and gives its place back."""

    # An object with more than 30 attributes in its dictionary pays 1.5 KB; the library has 27.
    __slots__ = (
        "_heard",
        "_in_turn",
        "_left",
        "_left_since",
        "_pinged_at",
        "_unsent",
        "entry",
        "leave_place",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.entry: GameEntry | ViewerEntry
        self.leave_place: Callable[[Connection], None] | None = None
        self._heard = True  # since the last ping
        self._pinged_at = 0.0
        self._in_turn = False  # something was written in this turn of the loop
        self._unsent = 0  # bytes that were written and wait for its end
        self._left = 0  # bytes that the other end had yet to read, since when (s)
        self._left_since = 0.0

    def write(self, text: str) -> bool:
        """Write a message without waiting.

        It leaves at once; those that follow in the same turn of the loop leave together.
        False, and nothing is written, where the other end does not keep up or the socket is closed.
        """
        if self.is_behind or not self.is_open:
            return False
        data = text.encode()
        if not self.put_text(data):
            return False
        self._unsent += len(data)
        if not self._in_turn:
            self._in_turn = True
            self.call_soon(self._end_turn)
            self._send_together()
        elif self._unsent > TOGETHER:
            self._send_together()
        return True

    def write_frames(self, frames: bytes) -> bool:
        """Write frames that were made for many sockets, without waiting.

        False, and nothing is written, where the other end does not keep up or the socket is closed.
        """
        if self.is_behind or not self.is_open:
            return False
        self.transport.write(frames)
        return True

    def _end_turn(self) -> None:
        self._in_turn = False
        self._send_together()

    def _send_together(self) -> None:
        self._unsent = 0
        # Who closes a socket sends what was written before.
        if self.is_open and (frames := self.take_frames()):
            # Not writelines: on some Pythons it does not notice that the game fails to keep up.
            self.transport.write(frames)

    def is_alive(self, now: float) -> bool:
        """Ping the other end, unless a ping is under way; `now` is s on a clock of the caller's.

        Whatever comes answers it. False once that took too long.
        """
        if not self._heard:
            return now - self._pinged_at < GIVE_UP_AFTER
        if self.is_behind:
            # A ping would wait behind what is yet to be read: is it read at all?
            return self._is_reading(now)
        self._left = 0
        if self.is_open:
            self._heard, self._pinged_at = False, now
            self.send_ping()
        return True

    def feel_pulse(self, now: float) -> None:
        """Ping; drop the socket where that was not answered for long (`now`: s)."""
        if not self.is_alive(now):
            self.transport.abort()

    def _is_reading(self, now: float) -> bool:
        left = self.transport.get_write_buffer_size()
        if left != self._left:
            self._left, self._left_since = left, now
        return now - self._left_since < GIVE_UP_AFTER

    def data_received(self, data: bytes) -> None:
        self._heard = True
        super().data_received(data)
        if self.is_behind and self.transport.get_write_buffer_size() > UNTAKEN:
            self.transport.abort()

    def give_back_place(self) -> None:
        """Leave the places to others: it was not let in, or is gone."""
        if self.leave_place is not None:
            self.leave_place(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.give_back_place()
        super().connection_lost(exc)
