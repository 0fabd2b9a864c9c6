"""The gateway's socket: it writes without waiting, and detects a peer that is gone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ws_gateway.sockets.websockets_seam import WebsocketsConnection

if TYPE_CHECKING:
    from collections.abc import Callable

    from ws_gateway.sockets.grants import GameEntry, ViewerEntry

GIVE_UP_AFTER = 60.0  # s to answer a ping: the main loop of a game may stall for a while
# Messages of one turn of the event loop are coalesced into one system call, the most expensive part
# of a write; beyond this many bytes they are written at once, to detect backpressure.
TOGETHER = 32 * 1024


class Connection(WebsocketsConnection):
    """A connection that holds the grant of its handshake, and gives its slot back when lost."""

    # Slots: beyond 30 attributes, an object's dictionary takes 1.5 KB more; the library has 27.
    __slots__ = (
        "_heard",
        "_in_turn",
        "_left",
        "_left_since",
        "_pinged_at",
        "_unsent",
        "entry",
        "free_slot",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.entry: GameEntry | ViewerEntry
        self.free_slot: Callable[[Connection], None] | None = None
        self._heard = True  # something arrived since the last ping
        self._pinged_at = 0.0
        self._in_turn = False  # something was written in this turn of the event loop
        self._unsent = 0  # bytes that wait for the end of this turn
        self._left = 0  # bytes in the write buffer, unchanged since `_left_since` (s)
        self._left_since = 0.0

    def write(self, text: str) -> bool:
        """Write a message without waiting.

        It is sent at once; further messages of the same turn of the event loop are sent together.
        Return False, without writing, if the peer reads too slowly or the socket is closed.
        """
        if self.is_behind or not self.is_open:
            return False
        data = text.encode()
        if not self.put_text(data):
            return False
        self._unsent += len(data)
        if not self._in_turn:
            self._in_turn = True
            asyncio.get_running_loop().call_soon(self._end_turn)
            self._send_together()
        elif self._unsent > TOGETHER:
            self._send_together()
        return True

    def write_frames(self, frames: bytes) -> bool:
        """Write frames that were encoded for many sockets, without waiting.

        Return False, without writing, if the peer reads too slowly or the socket is closed.
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
        # If the socket is closing, the library's close has sent the frames.
        if self.is_open and (frames := self.take_frames()):
            # Not writelines: in some Python versions it does not signal backpressure.
            self.transport.write(frames)

    def is_alive(self, now: float) -> bool:
        """Ping the peer, unless a ping is unanswered; `now` is s on any monotonic clock.

        Any data from the peer answers the ping. Return False if it took more than 60 s.
        """
        if self.is_unread:
            self._pinged_at = now  # its pong may be behind what waits here, as for Redis
            return True
        if not self._heard:
            return now - self._pinged_at < GIVE_UP_AFTER
        if self.is_behind:
            # A ping would wait behind the unread data: check whether the peer reads at all.
            return self._is_reading(now)
        self._left = 0
        if self.is_open:
            self._heard, self._pinged_at = False, now
            self.send_ping()
        return True

    def ping_peer(self, now: float) -> None:
        """Ping; drop the socket if a ping timed out (`now`: s)."""
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
        if self.is_flooded:
            self.transport.abort()  # the library would wait until the peer closes

    def give_back_slot(self) -> None:
        """Free the connection's slot: it was refused, or is lost."""
        if self.free_slot is not None:
            self.free_slot(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.give_back_slot()
        super().connection_lost(exc)
