"""The client side of a case: implements the suite's protocol class over a raw socket.

It sends what the case tells it to, valid or not, and judges the end of the socket as the suite
does. One thing is added. The suite expects a server that echoes each message, but the gateway
answers each message that it does not know with exactly one `error`. So such an `error` counts as
the echo of the oldest unanswered message, if it is the answer to that kind of message. Any other
message is passed to the case as it is, and no case expects it.
"""

# ruff: noqa: N802, N803, ARG002  the suite's names, and arguments that are not needed here

import asyncio
import os
import struct
from collections import Counter, deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import msgspec

from tests.conformance.autobahn_cases import Case, CaseClass, State
from tests.conformance.frames import Frame, FrameReader, header, masked
from tests.wire import upgrade

CLOSE_WITHIN = 1.0  # s for the answer to a close, and again for the end of the connection
TOLD_UNASKED = {"room_created", "viewer_count_update"}
BINARY_REFUSED = "Messages are text frames that hold JSON."


class Told(msgspec.Struct, frozen=True):
    """The parts of a message to a game that matter here."""

    type: str
    code: str = ""
    message: str = ""


class Peer(State, asyncio.Protocol):
    """One socket, for one case; `done` is set when the connection is gone."""

    def __init__(self, case_class: CaseClass) -> None:
        self.state = self.STATE_CONNECTING
        self.factory = SimpleNamespace(isServer=False)
        self.connectionWasOpen = self.wasClean = False
        self.closedByMe = self.failedByMe = self.droppedByMe = False
        self.remoteCloseCode: int | None = None
        self.localCloseReason: str | None = None
        self.autoFragmentSize = 0
        self.createWirelog = False
        self.trafficStats = None
        self.txFrameStats: Counter[int] = Counter()
        self.done = asyncio.Event()
        self.broken = ""  # an error of the server's that no client could handle
        self._loop = asyncio.get_running_loop()
        self._frames = FrameReader()
        self._heard = b""
        self._queue: deque[bytes] = deque()
        self._echoes: deque[tuple[str, bool]] = deque()  # unanswered messages
        self._sending: tuple[list[str], bool] | None = None  # a partly sent message
        self.case: Case = case_class(self)

    # The methods that cases call, with the suite's names.

    def sendFrame(
        self,
        opcode: int,
        payload: str = "",
        fin: bool = True,
        rsv: int = 0,
        payload_len: int | None = None,
        chopsize: int | None = None,
        sync: bool = False,
    ) -> None:
        if payload_len:
            payload = (payload * (payload_len // len(payload) + 1))[:payload_len]
        self._note(opcode, payload, fin=fin)
        self.txFrameStats[opcode] += 1
        data, key = payload.encode("latin-1"), os.urandom(4)
        self._send(header(opcode, len(data), fin=fin, rsv=rsv) + key + masked(data, key), chopsize)

    def sendMessage(
        self,
        payload: str,
        isBinary: bool = False,
        fragmentSize: int | None = None,
    ) -> None:
        size = fragmentSize or self.autoFragmentSize or len(payload) or 1
        parts = [payload[at : at + size] for at in range(0, len(payload), size)] or [""]
        for n, part in enumerate(parts):
            opcode = 0 if n else 1 + isBinary
            self.sendFrame(opcode, part, fin=n == len(parts) - 1)

    def beginMessage(self) -> None:
        self._sending = ([], False)

    def beginMessageFrame(self, length: int) -> None:
        # With a mask of zeros, later data need not know its position in the mask.
        self._send(header(1, length, fin=False) + bytes(4))

    def sendMessageFrameData(self, payload: str) -> None:
        self._send(payload.encode("latin-1"))

    def endMessage(self) -> None:
        self.sendFrame(0)

    def sendClose(self, code: int | None = None, reason: str | None = None) -> None:
        self.sendCloseFrame(code, reason)

    def sendCloseFrame(
        self,
        code: int | None = None,
        reasonUtf8: str | None = None,
        isReply: bool = False,
    ) -> None:
        if self.state != self.STATE_OPEN:
            return
        start = "" if code is None else struct.pack("!H", code).decode("latin-1")
        self.sendFrame(8, start + (reasonUtf8 or ""))
        self.state = self.STATE_CLOSING
        self.closedByMe, self.localCloseReason = not isReply, reasonUtf8
        if not isReply:
            self._later(CLOSE_WITHIN, self._drop)

    def continueLater(self, delay: float, fun: Callable[[], None], tag: str | None = None) -> None:
        self._later(delay, fun)

    def closeAfter(self, delay: float) -> None:
        self._later(delay, self.sendClose)

    def killAfter(self, delay: float) -> None:
        self._later(delay, self._fail)

    def enableWirelog(self, enable: bool) -> None:
        """Do nothing: the suite's wire log is not needed."""

    # The connection.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(upgrade("/ws-unity"))

    def data_received(self, data: bytes) -> None:
        try:
            self._receive(data)
        except (AssertionError, ValueError) as wrong:
            self.broken = str(wrong)
            self._transport.abort()

    def _receive(self, data: bytes) -> None:
        if self.state == self.STATE_CONNECTING:
            self._heard += data
            head, ended, data = self._heard.partition(b"\r\n\r\n")
            if not ended:
                return
            assert head.startswith(b"HTTP/1.1 101 "), head
            self.state, self.connectionWasOpen = self.STATE_OPEN, True
            self.case.onOpen()
        for frame in self._frames.feed(data):
            self._take(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self.state = self.STATE_CLOSED
        self.case.onConnectionLost(self.failedByMe)
        self.done.set()

    def _take(self, frame: Frame) -> None:
        if frame.opcode == 8:
            self._take_close(frame.payload)
        elif self.state != self.STATE_CLOSED:
            text = frame.payload.decode("latin-1")
            match frame.opcode:
                case 1:
                    self._take_message(frame.payload)
                case 9:
                    self.case.onPing(text)
                case 10:
                    self.case.onPong(text)
                case _:
                    self.case.onMessage(text, True)

    def _take_message(self, data: bytes) -> None:
        told = msgspec.json.decode(data, type=Told)
        if told.type in TOLD_UNASKED:
            return
        if (told.type, told.code) == ("error", "bad_message") and self._echoes:
            payload, is_binary = self._echoes.popleft()
            if is_binary == (told.message == BINARY_REFUSED):
                self.case.onMessage(payload, is_binary)
                return
        self.case.onMessage(data.decode("latin-1"), False)

    def _take_close(self, payload: bytes) -> None:
        self.wasClean = True
        if payload:
            (self.remoteCloseCode,) = struct.unpack_from("!H", payload)
            payload[2:].decode()
        self.sendCloseFrame(1000, isReply=True)
        self._later(CLOSE_WITHIN, self._drop)  # the server should end the connection first

    def _fail(self) -> None:
        self.failedByMe = True
        self.sendCloseFrame(1001)

    def _drop(self) -> None:
        self.wasClean, self.droppedByMe = False, True
        self._transport.abort()

    def _later(self, delay: float, call: Callable[[], Any]) -> None:
        self._loop.call_later(delay, lambda: self.state != self.STATE_CLOSED and call())

    def _note(self, opcode: int, payload: str, *, fin: bool) -> None:
        """Remember a message that is completely sent, since an answer will come."""
        if opcode in (1, 2):
            self._sending = ([payload], opcode == 2)
        elif opcode == 0 and self._sending is not None:
            self._sending[0].append(payload)
        else:
            return
        if fin and self._sending is not None:
            self._echoes.append(("".join(self._sending[0]), self._sending[1]))
            self._sending = None

    def _send(self, data: bytes, chopsize: int | None = None) -> None:
        """Write the data; with `chopsize`, in separate writes of this many bytes."""
        size = chopsize or len(data)
        self._queue.extend(data[at : at + size] for at in range(0, len(data), size))
        if len(self._queue) == -(-len(data) // size):
            self._send_next()

    def _send_next(self) -> None:
        if self._queue and self.state != self.STATE_CLOSED:
            self._transport.write(self._queue.popleft())
            if self._queue:
                self._loop.call_soon(self._send_next)
