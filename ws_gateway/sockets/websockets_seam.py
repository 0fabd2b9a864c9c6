"""All uses of undocumented parts of the websockets library (as of 17.4).

They are attributes of a connection, and direct calls of its protocol object, which the library
documents only for programs that do their own I/O.
`tests/ws_gateway/sockets/test_websockets_seam.py` fails by name if another release differs.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import InvalidState, ProtocolError
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

if TYPE_CHECKING:
    from websockets.frames import Frame

CONTROL_FRAMES, CONTROL_WINDOW = 100, 10.0  # pings and pongs that a client may send in so many s


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
            self._count_control()
        super().recv_frame(frame)

    def _count_control(self) -> None:
        now = time.monotonic()
        if now - self._since >= CONTROL_WINDOW:
            self._controls, self._since = 0, now
        self._controls += 1
        if self._controls > CONTROL_FRAMES:
            raise ControlFlood("too many pings and pongs")


class WebsocketsConnection(ServerConnection):
    """The library's connection, which can also be written to without waiting."""

    __slots__ = ()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # The library creates the protocol and has no option for its class.
        self.protocol.__class__ = Wire

    @property
    def is_open(self) -> bool:
        """Whether messages can be written: the handshake is complete, and no close has begun."""
        # A failed or aborted transport is closing before the protocol's state changes.
        return self.state is State.OPEN and not self.transport.is_closing()

    @property
    def is_behind(self) -> bool:
        """Whether the peer reads too slowly: the transport has signalled backpressure."""
        return self.paused

    @property
    def is_unread(self) -> bool:
        """Whether so many messages wait for `recv` that the library reads nothing more."""
        return self.recv_messages.paused

    @property
    def is_flooded(self) -> bool:
        """Whether the peer sent too many control frames; it was sent a close, 1002."""
        return isinstance(self.protocol.parser_exc, ControlFlood)

    def limit_messages(self, most: int) -> None:
        """Accept no message of more than `most` bytes, from the next one on."""
        self.protocol.max_message_size = most

    def put_text(self, data: bytes) -> bool:
        """Frame a message for `take_frames`. False if the connection has begun to close."""
        try:
            self.protocol.send_text(data)
        except InvalidState:
            return False
        return True

    def take_frames(self) -> bytes:
        """The frames to write, perhaps none. Only for an open connection.

        A closing one may also have to end the stream, which only the library's `send_data` does.
        """
        return b"".join(self.protocol.data_to_send())

    def send_ping(self) -> None:
        """Write a ping, after the frames that wait."""
        self.protocol.send_ping(b"")
        self.send_data()  # as the library writes

    def forget_handshake(self) -> None:
        """Release the handshake, which holds secrets and a tenth of an idle socket's memory."""
        if self.request is not None:  # the library's parser holds it too
            self.request.path = ""
            self.request.headers.clear()
        self.response = None
