"""RFC 6455 on both kinds of sockets, tested frame by frame: a row for each rule.

`make conformance` tests each opcode, reserved bit, close code and broken UTF-8 by Autobahn's cases.
"""

import struct
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from tests.conformance.frames import (
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    frame,
    header,
)
from tests.conformance.sockets import upgraded
from tests.ws_gateway.gateways import gateway_settings, gathered_crowd, running_gateway


class Endpoint(NamedTuple):
    """Where a socket is opened."""

    port: int
    path: str


@pytest.fixture(scope="module")
async def endpoints(redis_url: str) -> AsyncIterator[dict[str, Endpoint]]:
    """The sockets of games and of viewers."""
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        gathered_crowd(redis_url) as crowd,
    ):
        room = await crowd.open_room()
        yield {
            "game": Endpoint(gateway.port, "/ws-unity"),
            "viewer": Endpoint(gateway.port, f"/ws-viewer?room_id={room.room_id}"),
        }


@pytest.fixture(params=["game", "viewer"])
def endpoint(endpoints: dict[str, Endpoint], request: pytest.FixtureRequest) -> Endpoint:
    """Each kind of socket."""
    return endpoints[request.param]


def closing(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, struct.pack("!H", code) + reason)


# Section 5.2: reserved bits and opcodes, masking. 5.4, 5.5: fragments, control frames.
PROTOCOL_ERRORS = {
    "a reserved bit, of compression": frame(TEXT, b"{}", rsv=4),
    **{f"opcode {n}": frame(n, b"{}") for n in (3, 11)},
    "no mask": header(TEXT, 2, mask=False) + b"{}",
    "a ping of 126 bytes": frame(PING, b"x" * 126),
    "a close of 126 bytes": closing(1000, b"x" * 124),
    "a ping in fragments": frame(PING, b"x", fin=False),
    "nothing to continue": frame(CONTINUATION, b"{}"),
    "a text in a text": frame(TEXT, b"{", fin=False) + frame(TEXT, b"}"),
    "a close of one byte": frame(CLOSE, b"\3"),
    **{f"close code {code}": closing(code) for code in (999, 1005, 5000)},
}

# Section 8.1: text that is no UTF-8, in one frame or in several.
BAD_TEXTS = {
    "a lone continuation byte": frame(TEXT, b"\x80"),
    "cut off": frame(TEXT, b"\xe3\x81"),
    "wrong in the second frame": frame(TEXT, b"\xe3", fin=False) + frame(CONTINUATION, b"\x81x"),
    "in a close": closing(1000, b"\xff"),
}


@pytest.mark.parametrize("sent", PROTOCOL_ERRORS.values(), ids=PROTOCOL_ERRORS)
async def test_what_breaks_the_protocol_closes_with_1002(endpoint: Endpoint, sent: bytes) -> None:
    async with upgraded(*endpoint) as socket:
        await socket.send(sent)
        assert await socket.close_code() == 1002


@pytest.mark.parametrize("sent", BAD_TEXTS.values(), ids=BAD_TEXTS)
async def test_text_that_is_no_utf_8_closes_with_1007(endpoint: Endpoint, sent: bytes) -> None:
    async with upgraded(*endpoint) as socket:
        await socket.send(sent)
        assert await socket.close_code() == 1007


@pytest.mark.parametrize("length", [2**20 + 1, 2**63 - 1])
async def test_a_message_that_is_announced_as_far_too_long_is_not_waited_for(
    endpoint: Endpoint, length: int
) -> None:
    async with upgraded(*endpoint) as socket:
        await socket.send(header(TEXT, length))
        assert await socket.close_code() == 1009


@pytest.mark.parametrize("code", [1000, 4999])
async def test_a_close_is_answered_with_its_own_code(endpoint: Endpoint, code: int) -> None:
    """Section 5.5.1."""
    async with upgraded(*endpoint) as socket:
        await socket.send(closing(code, "ありがとう".encode()))
        assert await socket.close_code() == code


async def test_a_close_without_a_code_is_answered_without_one(endpoint: Endpoint) -> None:
    async with upgraded(*endpoint) as socket:
        await socket.send(frame(CLOSE))
        assert await socket.close_code() == 1005


async def test_a_close_in_the_midst_of_a_message_is_a_close_like_any_other(
    endpoint: Endpoint,
) -> None:
    """Section 5.4: control frames may be injected into a message of several frames."""
    async with upgraded(*endpoint) as socket:
        await socket.send(frame(TEXT, b"{", fin=False) + closing(1000))
        assert await socket.close_code() == 1000


async def test_pings_are_answered_with_what_they_hold_even_within_a_message(
    endpoint: Endpoint,
) -> None:
    async with upgraded(*endpoint) as socket:
        await socket.send(frame(TEXT, b'{"type":"', fin=False))
        for held in (b"", b"ping", bytes(range(125))):
            await socket.send(frame(PING, held))
            assert (await socket.until(PONG, held)).payload == held
            socket.frames.clear()


@pytest.mark.parametrize(("size", "chop"), [(1, 0), (5, 7), (1000, 1)])
async def test_a_message_arrives_whole_in_whatever_pieces_it_comes(
    endpoints: dict[str, Endpoint], size: int, chop: int
) -> None:
    """Characters and frames are cut anywhere, with pings and empty frames between."""
    text = "押す 🎮 é"
    message = f'{{"type":"ping","t":"{text}"}}'.encode()
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    sent = frame(TEXT, b"", fin=False)
    for part in parts:
        sent += frame(CONTINUATION, part, fin=False) + frame(PING) + frame(PONG, b"unasked")
    async with upgraded(*endpoints["game"]) as socket:
        await socket.send(sent + frame(CONTINUATION, b""), chop=chop)
        assert text.encode() in (await socket.until(TEXT, b'"pong"')).payload
