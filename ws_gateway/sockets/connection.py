"""The gateway's socket: it writes without waiting, detects a peer that is gone, and ends in time.

No other module uses undocumented parts of the websockets library (as of 17.4): attributes of a
connection, and direct calls of its protocol object, which the library documents only for programs
that do their own I/O. `tests/ws_gateway/sockets/test_websockets_seam.py` fails by name if another
release differs.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, ProtocolError
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from shared.wire.game_messages import encode
from ws_gateway.sockets.close_codes import CloseMessage
from ws_gateway.sockets.grants import GameEntry, ViewerEntry

GIVE_UP_AFTER = 60.0  # s to answer a ping: the main loop of a game may stall for a while
LINGER = 3.0  # s that a game has to close the socket itself, after the `error`
CLOSE_WITHIN = 2.0  # s for the close itself, which a game that does not read would delay
BAD_MESSAGES, BAD_WINDOW = 20, 10.0  # more than 20 within 10 s end the socket
CONTROL_FRAMES, CONTROL_WINDOW = 100, 10.0  # pings and pongs that a client may send in so many s
# Messages of one turn of the event loop are coalesced into one system call, the most expensive part
# of a write; beyond this many bytes they are written at once, to detect backpressure.
TOGETHER = 32 * 1024


class ControlFlood(ProtocolError):
    """The client sent too many pings and pongs."""


class Wire(ServerProtocol):
    """The library's parser, but a client may close between the fragments of a message.

    RFC 6455, section 5.4 allows control frames there, and section 5.5.1 answers a close with the
    client's code; the library answers 1002. Too many pings and pongs end the connection: the
    library handles each at once, before anything else gets its turn.
    """

    _controls, _since = 0, 0.0  # how many came since this time (s, monotonic)

    # Called for each frame; `current_size` is None while no message is incomplete.
    def recv_frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None  # the message ends here
        elif frame.opcode in (Opcode.PING, Opcode.PONG):
            now = time.monotonic()
            if now - self._since >= CONTROL_WINDOW:
                self._controls, self._since = 0, now
            self._controls += 1
            if self._controls > CONTROL_FRAMES:
                raise ControlFlood("too many pings and pongs")
        super().recv_frame(frame)


class Connection(ServerConnection):
    """A connection that holds the grant of its handshake, and gives its slot back when lost.

    Of the library's attributes, `paused` tells that the transport has signalled backpressure: the
    peer reads too slowly.
    """

    # Slots: beyond 30 attributes, an object's dictionary takes 1.5 KB more; the library has 27.
    __slots__ = (
        "_bad_at",
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
        # The library creates the protocol and has no option for its class.
        self.protocol.__class__ = Wire
        self.entry: GameEntry | ViewerEntry
        self.free_slot: Callable[[Connection], None] | None = None
        self._bad_at: list[float] = []  # when the last bad messages came (s, monotonic)
        self._heard = True  # something arrived since the last ping
        self._pinged_at = 0.0
        self._in_turn = False  # something was written in this turn of the event loop
        self._unsent = 0  # bytes that wait for the end of this turn
        self._left = 0  # bytes in the write buffer, unchanged since `_left_since` (s)
        self._left_since = 0.0

    @property
    def is_open(self) -> bool:
        """Whether messages can be written: the handshake is complete, and no close has begun."""
        # A failed or aborted transport is closing before the protocol's state changes.
        return self.state is State.OPEN and not self.transport.is_closing()

    # Writing.

    def write(self, text: str) -> bool:
        """Write a message without waiting.

        It is sent at once; further messages of the same turn of the event loop are sent together.
        Return False, without writing, if the peer reads too slowly or the socket is closed.
        """
        if self.paused or not self.is_open:
            return False
        data = text.encode()
        self.protocol.send_text(data)  # frames it
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
        if self.paused or not self.is_open:
            return False
        self.transport.write(frames)
        return True

    def _end_turn(self) -> None:
        self._in_turn = False
        # If the socket is closing, the library's close has sent the frames: it may also have to end
        # the stream.
        if self.is_open:
            self._send_together()

    def _send_together(self) -> None:
        self._unsent = 0
        if frames := b"".join(self.protocol.data_to_send()):
            # Not writelines: in some Python versions it does not signal backpressure.
            self.transport.write(frames)

    # Whether the peer is there.

    def is_alive(self, now: float) -> bool:
        """Ping the peer, unless a ping is unanswered; `now` is s on any monotonic clock.

        Any data from the peer answers the ping. Return False if it took more than 60 s.
        """
        if self.recv_messages.paused:  # so many wait for `recv` that the library reads no more
            self._pinged_at = now  # its pong may be behind what waits here, as for Redis
            return True
        if not self._heard:
            return now - self._pinged_at < GIVE_UP_AFTER
        if self.paused:
            # A ping would wait behind the unread data: check whether the peer reads at all.
            return self._is_reading(now)
        self._left = 0
        if self.is_open:
            self._heard, self._pinged_at = False, now
            self.protocol.send_ping(b"")  # after the frames that wait
            self.send_data()  # as the library writes
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

    # What the peer sends.

    def forget_handshake(self) -> None:
        """Release the handshake, which holds secrets and a tenth of an idle socket's memory."""
        if self.request is not None:  # the library's parser holds it too
            self.request.path = ""
            self.request.headers.clear()
        self.response = None

    def limit_messages(self, most: int) -> None:
        """Accept no message of more than `most` bytes, from the next one on."""
        self.protocol.max_message_size = most

    def data_received(self, data: bytes) -> None:
        self._heard = True
        super().data_received(data)
        if isinstance(self.protocol.parser_exc, ControlFlood):  # the peer was sent a close, 1002
            self.transport.abort()  # the library would wait until the peer closes

    def note_bad_message(self) -> bool:
        """Count a bad message; true if there are too many now."""
        self._bad_at = [*self._bad_at[-BAD_MESSAGES:], time.monotonic()]
        return len(self._bad_at) > BAD_MESSAGES and self._bad_at[-1] - self._bad_at[0] < BAD_WINDOW

    # The end.

    async def send_and_close(self, message: CloseMessage) -> None:
        """Send the error, let the game close first, then close.

        Unity reports no code and no reason.
        """
        with suppress(TimeoutError, ConnectionClosed):
            async with asyncio.timeout(LINGER):
                if message.error is not None:
                    await self.send(encode(message.error))
                await self.wait_closed()
        await self.close_or_drop(message.code)

    async def close_or_drop(self, code: int) -> None:
        """Close the socket; drop it if the peer does not read."""
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await self.close(code)
        except TimeoutError:
            self.transport.abort()

    def give_back_slot(self) -> None:
        """Free the connection's slot: it was refused, or is lost."""
        if self.free_slot is not None:
            self.free_slot(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.give_back_slot()
        super().connection_lost(exc)
