"""Makes and parses frames of RFC 6455 (section 5.2) without a library; they may be invalid."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


@dataclass(frozen=True)
class Frame:
    """A frame from the server, which masks no frame and splits no message."""

    opcode: int
    payload: bytes


def header(opcode: int, length: int, *, fin: bool = True, rsv: int = 0, mask: bool = True) -> bytes:
    """Return a frame's head, without the masking key."""
    first, masking = fin << 7 | rsv << 4 | opcode, mask << 7
    if length < 126:
        return struct.pack("!BB", first, masking | length)
    if length < 2**16:
        return struct.pack("!BBH", first, masking | 126, length)
    return struct.pack("!BBQ", first, masking | 127, length)


def masked(data: bytes, key: bytes) -> bytes:
    """Mask or unmask data with this key of four bytes."""
    keys = (key * (len(data) // 4 + 1))[: len(data)]
    return (int.from_bytes(data, "big") ^ int.from_bytes(keys, "big")).to_bytes(len(data), "big")


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, key: bytes = b"\1\2\3\4"
) -> bytes:
    """Return a client's frame, valid or not."""
    return header(opcode, len(payload), fin=fin, rsv=rsv) + key + masked(payload, key)


class FrameReader:
    """Parses the server's frames; raises AssertionError if one breaks the protocol."""

    def __init__(self) -> None:
        self._data = b""

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Add data, and yield the frames that are complete."""
        self._data += data
        while (found := self._next()) is not None:
            yield found

    def _next(self) -> Frame | None:
        if len(self._data) < 2:
            return None
        first, second = self._data[:2]
        assert first & 0xF0 == 0x80, "the server sent a fragment, or reserved bits"
        assert second < 128, "the server masked a frame"
        start, kind = {126: (4, "!H"), 127: (10, "!Q")}.get(second, (2, ""))
        if len(self._data) < start:
            return None
        length = struct.unpack(kind, self._data[2:start])[0] if kind else second
        if len(self._data) < start + length:
            return None
        payload, self._data = self._data[start : start + length], self._data[start + length :]
        return Frame(first & 0x0F, payload)
