"""The inside of websockets, as far as it is reached into: here and nowhere else, as of 17.4.

Undocumented, all of it: the parts of a connection, and where its protocol, which is documented for
those who do their own I/O, is used beneath it. `tests/ws_gateway/sockets/test_websockets_seam.py`
fails by name where another release differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import InvalidState
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.frames import Frame


class Wire(ServerProtocol):
    """The library's parser, for clients that close in the midst of a message of their own.

    They may (RFC 6455, section 5.4: control frames may be injected), and are answered with their
    own code (section 5.5.1); the library alone answers 1002.
    """

    # Each frame passes here; `current_size` is None where no message is under way.
    def recv_frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None  # the message ends here
        super().recv_frame(frame)


class WebsocketsConnection(ServerConnection):
    """The library's connection, which can also be written to without waiting."""

    __slots__ = ()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # The library makes the protocol, and asks nobody of which class; ours has no more in it.
        self.protocol.__class__ = Wire

    @property
    def is_open(self) -> bool:
        """Whether something can be written: the handshake is over, and no end has begun."""
        # A transport that fails or is aborted is closed before the protocol hears of it.
        return self.state is State.OPEN and not self.transport.is_closing()

    @property
    def is_behind(self) -> bool:
        """Whether the other end has yet to read what was written: the transport said so."""
        return self.paused

    def limit_messages(self, most: int) -> None:
        """Take no message of more than `most` bytes, from the next one on."""
        self.protocol.max_message_size = most

    def put_text(self, data: bytes) -> bool:
        """Frame a message; `take_frames` has it. False where the connection has begun to close."""
        try:
            self.protocol.send_text(data)
        except InvalidState:
            return False
        return True

    def take_frames(self) -> bytes:
        """What was framed and is to be written, if anything; of an open connection only.

        Of others there is also the end of the stream, which only the library's `send_data` writes.
        """
        return b"".join(self.protocol.data_to_send())

    def call_soon(self, do: Callable[[], None]) -> None:
        """Call when this turn of the loop is over."""
        self.loop.call_soon(do)

    def send_ping(self) -> None:
        """Write a ping, with what was framed before it."""
        self.protocol.send_ping(b"")
        self.send_data()  # as the library writes

    def forget_handshake(self) -> None:
        """Let go of the handshake, which holds secrets and is a tenth of an idle socket."""
        if self.request is not None:  # the library's parser holds it too
            self.request.path = ""
            self.request.headers.clear()
        self.response = None
