"""What a picture or a sound must be: its type, its size, and a head that fits its type.

The bytes are never decoded here: browsers do that. The head is checked, so that nothing else is
stored under a media type, and so that no browser allocates a huge canvas for a small file.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from shared.wire.languages import Sentence

PICTURE_LIMIT: Final = 64 * 1024  # bytes
SOUND_LIMIT: Final = 200 * 1024  # bytes
LONGEST_SIDE: Final = 2_048  # px
MEDIA_ID: Final = re.compile(r"[0-9a-f]{32}")

EMPTY: Final = Sentence("The file is empty.", "ファイルが空です。")
NOT_OF_TYPE: Final = Sentence(
    "The file is not {type}, or it is damaged.", "ファイルが {type} ではないか、壊れています。"
)
TOO_WIDE: Final = Sentence(
    "The picture is {width} × {height} px. Each side must be 1 to {most} px.",
    "画像が {width} × {height} px です。各辺を 1〜{most} px にしてください。",
)


class Damaged(ValueError):
    """A RIFF container's lengths contradict each other, or a chunk is missing or too short."""


class MediaType(NamedTuple):
    """What is accepted of one media type: at most `limit` bytes, in which `fault` finds nothing."""

    limit: int
    fault: Callable[[bytes], Sentence | None]


def fault_of(media_type: str, content: bytes) -> Sentence | None:
    """What is wrong with a file of this type; None if it can be stored."""
    if not content:
        return EMPTY
    try:
        return MEDIA_TYPES[media_type].fault(content)
    except Damaged:
        return NOT_OF_TYPE.about(type=media_type)


def _fault_of_webp(content: bytes) -> Sentence | None:
    """https://developers.google.com/speed/webp/docs/riff_container, and RFC 9649."""
    sizes = [size for chunk in _riff(content, b"WEBP") if (size := _size_in(*chunk))]
    if not sizes:
        raise Damaged
    for width, height in sizes:
        if not (1 <= width <= LONGEST_SIDE and 1 <= height <= LONGEST_SIDE):
            return TOO_WIDE.about(width=width, height=height, most=LONGEST_SIDE)
    return None


def _size_in(name: bytes, body: bytes) -> tuple[int, int] | None:
    """The width and height that a chunk gives, None if it is not about the canvas or a frame."""
    read = _SIZES.get(name)
    if read is None:
        return None
    if len(body) < 10:
        raise Damaged
    return read(body)


def _size_of_lossy(body: bytes) -> tuple[int, int]:
    if body[0] & 1 or body[3:6] != b"\x9d\x01\x2a":  # a key frame's start code: RFC 6386, 9.1
        raise Damaged
    return _number(body[6:8]) & 0x3FFF, _number(body[8:10]) & 0x3FFF


def _size_of_lossless(body: bytes) -> tuple[int, int]:
    if body[0] != 0x2F:
        raise Damaged
    bits = _number(body[1:5])
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _size_of_canvas(body: bytes) -> tuple[int, int]:
    return _number(body[4:7]) + 1, _number(body[7:10]) + 1


_SIZES: Final[Mapping[bytes, Callable[[bytes], tuple[int, int]]]] = {
    b"VP8 ": _size_of_lossy,
    b"VP8L": _size_of_lossless,
    b"VP8X": _size_of_canvas,
}


def _fault_of_wav(content: bytes) -> Sentence | None:
    lengths = {name: len(body) for name, body in _riff(content, b"WAVE")}
    if lengths.get(b"fmt ", 0) < 16 or b"data" not in lengths:
        raise Damaged
    return None


def _fault_of_ogg(content: bytes) -> Sentence | None:
    """The first page's header (RFC 3533, section 6): version 0, and a stream begins there."""
    if len(content) < 28 or content[:5] != b"OggS\0" or content[5] & 0b111 != 0b010:
        raise Damaged
    return None


def _fault_of_mp3(content: bytes) -> Sentence | None:
    """An ID3v2 tag (id3.org, section 3.1) with something after it, or a frame of layer III."""
    if not (_begins_with_tag(content) or _begins_with_frame(content)):
        raise Damaged
    return None


def _begins_with_tag(content: bytes) -> bool:
    if content[:3] != b"ID3" or 0xFF in content[3:5]:
        return False
    length = 0
    for byte in content[6:10]:
        if byte & 0x80:
            return False
        length = length << 7 | byte
    return 10 + length < len(content)


def _begins_with_frame(content: bytes) -> bool:
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0:
        return False
    version, layer = content[1] >> 3 & 0b11, content[1] >> 1 & 0b11
    rate, frequency = content[2] >> 4, content[2] >> 2 & 0b11
    return version != 0b01 and layer == 0b01 and rate != 0b1111 and frequency != 0b11


def _riff(content: bytes, form: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a RIFF container of this form: name and body.

    Raises Damaged unless all lengths agree.
    """
    is_whole = _number(content[4:8]) + 8 == len(content)
    if content[:4] != b"RIFF" or content[8:12] != form or not is_whole:
        raise Damaged
    at = 12
    while at < len(content):
        end = at + 8 + _number(content[at + 4 : at + 8])
        if at + 8 > len(content) or end > len(content):
            raise Damaged
        yield content[at : at + 4], content[at + 8 : end]
        at = end + (end - at) % 2  # chunks are padded to an even length


def _number(field: bytes) -> int:
    return int.from_bytes(field, "little")


MEDIA_TYPES: Final[Mapping[str, MediaType]] = {
    "image/webp": MediaType(PICTURE_LIMIT, _fault_of_webp),
    "audio/mpeg": MediaType(SOUND_LIMIT, _fault_of_mp3),
    "audio/ogg": MediaType(SOUND_LIMIT, _fault_of_ogg),
    "audio/wav": MediaType(SOUND_LIMIT, _fault_of_wav),
}
