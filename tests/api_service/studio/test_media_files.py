"""Which files are stored as which media type."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_service.studio.media_files import MEDIA_TYPES, fault_of
from tests.api_service.studio.files import (
    MP3_FRAME,
    MP3_TAGGED,
    OGG,
    extended,
    lossless,
    lossy,
    riff,
    wav,
)

GOOD = {
    "a lossy picture": ("image/webp", lossy(2048, 1)),
    "a lossless picture": ("image/webp", lossless(2048, 2048)),
    "an animated picture": ("image/webp", extended(2048, 2048, (b"ANIM", b"\0" * 6))),
    "an MP3 with a tag": ("audio/mpeg", MP3_TAGGED),
    "an MP3 without a tag": ("audio/mpeg", MP3_FRAME),
    "an Ogg": ("audio/ogg", OGG),
    "a WAV": ("audio/wav", wav()),
    "a WAV with an odd number of samples": ("audio/wav", wav(b"\0" * 7)),
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
BOMB = zlib.compress(b"\0" * 100_000_000, 9)[:60_000]
WHOLE = lossy(64, 64, b"\0" * 100)
NEVER = {
    "nothing": b"",
    "an SVG with a script": SVG,
    "compressed zeros": BOMB,
    "a PNG": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "HTML before a picture": HTML + WHOLE,
    "a picture with HTML after its end": WHOLE + HTML,
    "a picture that names a script in its head": b"RIFF/*\0\0WEBP*/=1;alert(1)//",
    "a truncated picture": WHOLE[:-1],
    "a truncated head": WHOLE[:15],
    "another RIFF": WHOLE.replace(b"WEBP", b"AVI "),
    "a RIFX": b"RIFX" + WHOLE[4:],
    "a picture without a canvas": riff(b"WEBP", (b"EXIF", b"\0" * 20)),
    "a picture without chunks": riff(b"WEBP"),
    "a chunk longer than its picture": WHOLE[:16] + b"\xff\xff\xff\x7f" + WHOLE[20:],
    "a chunk that is too short": riff(b"WEBP", (b"VP8L", b"\x2f\0\0")),
    "a lossy frame that is no key frame": WHOLE.replace(b"\x30\x01\0\x9d", b"\x31\x01\0\x9d"),
    "a key frame without its start code": WHOLE.replace(b"\x9d\x01\x2a", b"\x9d\x01\x2b"),
    "a canvas of 2049 px": lossy(64, 2049),
    "a lossless canvas of 16384 px": lossless(16384, 16384),
    "an animated canvas 2049 px wide": extended(2049, 64),
    "a canvas of 16777216 px": extended(1 << 24, 1 << 24),
    "a small canvas around a huge frame": extended(64, 64, (b"VP8L", lossless(9000, 9000)[20:])),
    "an Ogg that does not begin": b"OggS\0\x00" + b"\0" * 60,
    "an Ogg of another version": b"OggS\x01\x02" + b"\0" * 60,
    "an MP3's tag alone": b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10,
    "an MP3's tag with a length of another kind": b"ID3\x04\0\0\xff\xff\xff\xff" + b"\0" * 99,
    "an MP3's tag of version 255": b"ID3\xff" + MP3_TAGGED[4:],
    "a truncated MP3's tag": MP3_TAGGED[:9],
    "a frame of layer I": b"\xff\xff\x90\x64" + b"\0" * 99,
    "a byte order mark of UTF-16": b"\xff\xfe<\0s\0v\0g\0",
    "a WAV without a format": riff(b"WAVE", (b"data", b"\0" * 20)),
    "a WAV without data": riff(b"WAVE", (b"fmt ", b"\0" * 16)),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_stored_as_its_own_type_and_as_no_other(name: str) -> None:
    own, content = GOOD[name]
    accepted = {kind for kind in MEDIA_TYPES if fault_of(kind, content) is None}
    assert accepted == {own}


@pytest.mark.parametrize("name", NEVER)
def test_what_is_no_picture_and_no_sound_is_stored_as_neither(name: str) -> None:
    for media_type in MEDIA_TYPES:
        assert fault_of(media_type, NEVER[name]) is not None


@given(st.sampled_from(sorted(MEDIA_TYPES)), st.binary(max_size=200))
def test_no_bytes_break_the_check(media_type: str, content: bytes) -> None:
    fault_of(media_type, content)


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_a_file_that_is_cut_or_changed_is_checked_without_an_error(
    name: str, data: st.DataObject
) -> None:
    media_type, content = GOOD[name]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, len(content)))
    changed = content[:start] + data.draw(st.binary(max_size=12)) + content[end:]
    fault_of(media_type, changed)
    if content[:4] == b"RIFF" and len(changed) != len(content) and start >= 8:
        assert fault_of(media_type, changed) is not None


@given(st.integers(0, 0x3FFF), st.integers(0, 0x3FFF))
def test_a_canvas_has_sides_of_1_to_2048_px(width: int, height: int) -> None:
    is_allowed = 1 <= width <= 2048 and 1 <= height <= 2048
    assert (fault_of("image/webp", lossy(width, height)) is None) == is_allowed
