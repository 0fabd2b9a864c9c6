"""Hypothesis strategies for what a client does to a socket, from valid to broken."""

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from hypothesis import strategies as st

from tests.conformance.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame, header

MOST_PIECES = 100
Ending = Literal["close", "fin", "rst"]


@dataclass(frozen=True)
class Move:
    """Bytes to send; `kind` describes them."""

    kind: str
    data: bytes


@dataclass(frozen=True)
class Visit:
    """One socket: first well-framed moves, then broken ones, then the end.

    If it `settles`, it waits for all answers in between. Moves are sent in pieces of `chop` bytes
    (0: each move as a whole).
    """

    proper: tuple[Move, ...]
    breaking: tuple[Move, ...]
    settles: bool
    chop: int
    ending: Ending

    def chop_of(self, move: Move) -> int:
        """Return the size of the pieces, so that a long move has about a hundred."""
        return self.chop and max(self.chop, len(move.data) // MOST_PIECES)


# Values in JSON, and in what some parsers accept as JSON.
_deep = st.sampled_from([20, 900, 1_100, 5_000]).map(lambda n: "[" * n + "]" * n)
_open_ended = st.sampled_from([900, 5_000]).map(lambda n: '{"a":' * n)
_odd_texts = st.sampled_from(
    [
        *("NaN", "Infinity", "-0", "1.0", "1e400", "0x10", "1_000", "01", "+1", "tru", "None"),
        *("9" * 400, str(2**53), str(2**63), str(-(2**63)), str(2**64), "-1", "0.5"),
        *('"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\ufeff"', '"\u202e"', "'x'", '"unended'),
    ]
)
_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
).map(json.dumps)
values = st.one_of(_odd_texts, _plain, _deep, _open_ended)

SETTINGS = (
    *("title", "show_names", "on_disconnect", "starts", "round_limit_s"),
    *("buttons", "multipliers"),
)
VALID = (
    *('{"type":"game_start"}', '{"type":"game_end"}', '{"type":"pause"}', '{"type":"resume"}'),
    *('{"type":"ping","t":1}', '{"type":"ping","t":"x"}', '{"type":"ping"}'),
    *('{"type":"ack","epoch":1,"seq":0}', '{"type":"settings","title":"x"}'),
    '{"type":"resume","discard":true}',
    '{"type":"outcome","epoch":1,"seq":1,"status":"started","duration_ms":100}',
    '{"type":"outcome","epoch":1,"seq":1,"status":"failed","reason":"x"}',
    '{"type":"available","event_type":"skill1","available":false,"reason":"x"}',
    '{"type":"available","event_type":"skill1","available":true}',
    '{"type":"available","event_type":"none","available":true}',
)
TYPES = (
    *("game_start", "game_end", "pause", "resume", "ack", "ping", "settings"),
    *("outcome", "available", "reset"),
    "",
    "é",
)
ANSWERS = ("status", "duration_ms", "reason", "event_type", "available", "discard")
FIELDS = ("epoch", "seq", "t", "type", "room_id", *ANSWERS, *SETTINGS)


def _object(kind: str, members: list[tuple[str, str]]) -> str:
    pairs = [f'"type":{json.dumps(kind)}', *(f'"{name}":{value}' for name, value in members)]
    return "{" + ",".join(pairs) + "}"


# Any field may appear twice, also `type`.
nearly_valid = st.builds(
    _object,
    st.sampled_from(TYPES),
    st.lists(st.tuples(st.sampled_from(FIELDS), values), max_size=3),
)
garbage = st.one_of(values, st.text(max_size=40), st.just(""), st.just("\ufeff{}"))
texts = st.one_of(st.sampled_from(VALID), nearly_valid, garbage).map(
    lambda text: text.encode("utf-8", "replace")
)


def _in_fragments(data: bytes, cuts: list[int], opcode: int) -> bytes:
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    parts = [data[start:end] for start, end in pairwise(bounds)]
    frames = [frame(CONTINUATION if n else opcode, part, fin=False) for n, part in enumerate(parts)]
    return frame(PING, b"between").join(frames) + frame(CONTINUATION)


_payloads = st.binary(max_size=200)
_opcodes = st.sampled_from([TEXT, TEXT, TEXT, BINARY])
whole = st.builds(lambda data: Move("message", frame(TEXT, data)), texts)
binary = st.builds(lambda data: Move("binary message", frame(BINARY, data)), _payloads)
fragmented = st.builds(
    lambda data, cuts, opcode: Move("fragmented message", _in_fragments(data, cuts, opcode)),
    texts | _payloads,
    st.lists(st.integers(0, 100), max_size=4),
    _opcodes,
)
control = st.builds(
    lambda opcode, data: Move("control frame", frame(opcode, data)),
    st.sampled_from([PING, PONG]),
    st.binary(max_size=125),
)
long = st.builds(
    lambda size, opcode: Move("long message", frame(opcode, b" " * size)),
    st.sampled_from([1_024, 1_025, 65_535, 65_536, 65_537, 200_000]),
    _opcodes,
)
flood = st.builds(
    lambda data, times: Move("flood", frame(TEXT, data) * times), texts, st.integers(19, 40)
)
closing = st.builds(lambda data: Move("close frame", frame(CLOSE, data)), st.binary(max_size=125))
broken = st.builds(
    lambda opcode, rsv, fin, data: Move("broken frame", frame(opcode, data, rsv=rsv, fin=fin)),
    st.integers(0, 15),
    st.integers(0, 7),
    st.booleans(),
    st.binary(max_size=130),
)
announced = st.builds(
    lambda opcode, length: Move("announced and not sent", header(opcode, length) + b"\0\0\0\0x"),
    st.integers(0, 10),
    st.sampled_from([5, 126, 70_000, 2**20, 2**40, 2**63 - 1, 2**63, 2**64 - 1]),
)
noise = st.builds(lambda data: Move("noise", data), st.binary(max_size=60))

proper = st.one_of(whole, whole, whole, fragmented, control, binary, long, flood)
breaking = st.one_of(closing, broken, announced, noise)
START = Move("message", frame(TEXT, b'{"type":"game_start"}'))
visits = st.builds(
    Visit,
    proper=st.builds(
        lambda starts, others: (*starts, *others),
        st.sampled_from([(START,), ()]),
        st.lists(proper, max_size=8),
    ),
    breaking=st.lists(breaking, max_size=2).map(tuple),
    settles=st.sampled_from([True, True, False]),
    chop=st.sampled_from([0, 0, 0, 1, 3]),
    ending=st.sampled_from(["close", "close", "fin", "rst"]),
)

# Before the upgrade.
_names = st.sampled_from(
    [
        *("Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"),
        *("Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Authorization", "Origin"),
        *("Content-Length", "Transfer-Encoding", "X-Forwarded-For", "X-Request-Id", "Cookie"),
    ]
)
_said = st.one_of(
    st.sampled_from(
        [
            *("websocket", "Upgrade", "13", "12", "", ",,,", "chunked", "-1", "99999999999"),
            *("dGhlIHNhbXBsZSBub25jZQ==", "AAAA", "Bearer ", "Bearer é", "streamario.v1"),
            *("token.x, streamario.v1", "permessage-deflate; client_max_window_bits=99", "::1"),
        ]
    ),
    st.text(st.characters(codec="latin-1"), max_size=30),
    st.sampled_from([8_000, 9_000]).map(lambda size: "x" * size),
)
_paths = st.one_of(
    st.sampled_from(
        [
            *("/ws-unity", "/ws-viewer", "/ws-viewer?room_id=x", "/healthz", "/metrics", "*", ""),
            *("/ws-unity?room_id=%00&token=x", "/ws-unity?epoch=1", "/ws-unity?key=%ff", "//"),
            *("/ws-unity?" + "a&" * 50, "http://elsewhere/ws-unity", "/" + "x" * 9_000, "/%2e%2e"),
        ]
    ),
    st.text(st.characters(codec="ascii", exclude_characters=" \r\n"), max_size=30),
)
_methods = st.sampled_from(
    ["GET", "GET", "GET", "POST", "HEAD", "CONNECT", "PRI", "get", "G T", ""]
)
_versions = st.sampled_from(["HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", ""])
_ends = st.sampled_from(["\r\n", "\r\n", "\r\n", "\n", "\r"])


def _request(
    start: tuple[str, str, str], said: list[tuple[str, str]], end: str, *, right: bool
) -> bytes:
    lines = [" ".join(start), *(f"{name}: {value}" for name, value in said)]
    if right:
        lines += ["Host: x", "Upgrade: websocket", "Connection: Upgrade"]
        lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
    return (end.join(lines) + end * 2).encode("latin-1", "replace")


requests = st.one_of(
    st.builds(
        _request,
        st.tuples(_methods, _paths, _versions),
        st.lists(st.tuples(_names, _said), max_size=6),
        _ends,
        right=st.booleans(),
    ),
    st.binary(max_size=200),
)
