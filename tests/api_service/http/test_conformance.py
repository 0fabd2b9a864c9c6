"""How a press is framed (RFC 9112), and what of it is refused: one row for each rule.

Where the parser (httptools) decides, a rule has a row of its own for each form that it tells
apart: another release of it may decide one of them otherwise.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import httpx
import pytest

from api_service.http.requests import BODY_LIMIT
from shared.redis_store.store import Store
from tests.api_service.conftest import GameRoom
from tests.api_service.http.exchange import (
    BUTTON,
    H2C,
    PATH,
    Seen,
    Step,
    body_of,
    chunk,
    client_of,
    filled,
    head,
    in_chunks,
    press,
    seen,
)
from tests.api_service.room_requests import books


class Row(NamedTuple):
    """What a client does, and what it sees."""

    steps: tuple[bytes | Step, ...]
    sees: Seen


def row(*steps: bytes | Step, sees: str = "200 1") -> Row:
    return Row(steps, Seen.of(sees))


def post(target: str = PATH, version: str = "HTTP/1.1", *fields: str) -> bytes:
    return press(*fields, line=f"POST {target} {version}")


def of_method(method: str, *fields: str) -> bytes:
    return head(*fields, line=f"{method} {PATH} HTTP/1.1")


BODY: Final = body_of()
SIZE: Final = len(BODY)
HALF: Final = SIZE // 2
LENGTH: Final = f"Content-Length: {SIZE}"
CHUNKED: Final = "Transfer-Encoding: chunked"
EXPECT: Final = "Expect: 100-continue"
PRESS: Final = press()
SECOND: Final = press(count=2)
ONE_CHUNK: Final = chunk(BODY) + b"0\r\n\r\n"
GARBAGE: Final = b"garbage\r\n\r\n"
HANDSHAKE: Final = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
REFUSED: Final = "400 close"  # by the server; "400" alone is an answer to a body that is no press

# Behind a press without an answer, "closed": the client would take a refusal for its answer.
LENGTHS: Final[Mapping[str, Row]] = {
    "a length": row(PRESS),
    "a list of lengths": row(head(f"{LENGTH}, {SIZE}") + BODY, sees=REFUSED),
    "the same length twice": row(head(LENGTH, LENGTH) + BODY, sees=REFUSED),
    "a length and chunks": row(head(LENGTH, CHUNKED) + ONE_CHUNK, sees=REFUSED),
    "chunks and a length": row(head(CHUNKED, LENGTH) + ONE_CHUNK, sees=REFUSED),
    "no body": row(head(), sees="400"),
    "a body longer than said": row(head(f"Content-Length: {SIZE - 1}") + BODY, sees="closed"),
    # A press has at most 16 KiB.
    "a body too long": row(press(more=b" " * BODY_LIMIT), sees="413"),
}
CHUNKS: Final[Mapping[str, Row]] = {
    "two chunks in four pieces": row(
        head(CHUNKED), chunk(BODY[:HALF]), chunk(BODY[HALF:]), b"0\r\n\r\n"
    ),
    "an extension": row(in_chunks(chunk(BODY, extension=";a;b=c"))),
    "a size beyond 64 bits": row(in_chunks(chunk(BODY, "f" * 17)), sees=REFUSED),
    "a size in other letters": row(in_chunks(chunk(BODY, "zz")), sees=REFUSED),
    "a chunk longer than said": row(in_chunks(chunk(BODY, f"{SIZE - 1:x}")), sees=REFUSED),
    "chunks in lines without CR": row(
        head(CHUNKED) + b"%x\n%b\n0\n\n" % (SIZE, BODY), sees=REFUSED
    ),
    "no chunk but the last": row(in_chunks(), sees="400"),
    "gzip, chunked": row(head("Transfer-Encoding: gzip, chunked") + ONE_CHUNK),
    "chunked, gzip": row(head(f"{CHUNKED}, gzip") + ONE_CHUNK, sees=REFUSED),
}
TRAILERS: Final[Mapping[str, Row]] = {
    "trailers": row(in_chunks(chunk(BODY), trailers=b"Host: y\r\nX-Sum: 1\r\n")),
    "a length as a trailer, behind an answer": row(
        PRESS,
        Step.READ,
        in_chunks(chunk(BODY), trailers=b"Content-Length: 3\r\n") + PRESS,
        sees="200 1, 400 close",
    ),
    "a length as a trailer, behind a press": row(
        PRESS + in_chunks(chunk(BODY), trailers=b"Content-Length: 3\r\n") + PRESS, sees="closed"
    ),
    "a malformed trailer": row(in_chunks(chunk(BODY), trailers=b"X Y: 1\r\n"), sees=REFUSED),
}
TARGETS: Final[Mapping[str, Row]] = {
    "a fragment": row(post(f"{PATH}#a")),
    "an escaped slash": row(post(PATH.replace("/events", "%2Fevents"))),
    "half an escape": row(post(f"{PATH}%"), sees="404"),
    "a slash too few": row(post(PATH[1:]), sees=REFUSED),
    "OPTIONS for all": row(head(line="OPTIONS * HTTP/1.1"), sees="404"),
}
VERSIONS: Final[Mapping[str, Row]] = {
    "HTTP 1.0 with keep-alive": row(
        post(PATH, "HTTP/1.0", "Connection: keep-alive"), sees="200 1 close"
    ),
    "HTTP 1.2": row(post(PATH, "HTTP/1.2"), sees=REFUSED),
    "HTTP 2.0 in text": row(post(PATH, "HTTP/2.0"), sees="200 1 close"),
    "TLS": row(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", sees=REFUSED),
}
FIELDS: Final[Mapping[str, Row]] = {
    "close in a list": row(press("Connection: x, close, y"), sees="200 1 close"),
    "keep-alive and close": row(
        press("Connection: keep-alive", "Connection: close"), sees="200 1 close"
    ),
    "a folded field": row(press("X: a\r\n b"), sees=REFUSED),
    "a blank in front of the colon": row(head(f"Content-Length : {SIZE}") + BODY, sees=REFUSED),
    "no host": row(PRESS.replace(b"Host: x\r\n", b"")),
    "two hosts": row(press("Host: y")),
    "NUL in a value": row(press("X: a\0b"), sees=REFUSED),
    "LF in a value": row(press("X: a\nY: b"), sees=REFUSED),
    "a value beyond ASCII": row(press("X: \xe9")),
    "a long value": row(press("X: " + "x" * 31_000)),
}
LINES: Final[Mapping[str, Row]] = {
    "LF alone ends lines": row(PRESS.replace(b"\r\n", b"\n"), sees=REFUSED),
    "blank lines before": row(b"\r\n\r\n\r\n" + PRESS),
}
METHODS: Final[Mapping[str, Row]] = {
    "GET with a body": row(of_method("GET", LENGTH) + BODY, sees="405"),
    "GET with close": row(of_method("GET", "Connection: close"), sees="405 close"),
    "PATCH": row(of_method("PATCH", CHUNKED) + ONE_CHUNK, sees="405"),
}
EXPECTATIONS: Final[Mapping[str, Row]] = {
    "a body that waits for 100": row(head(EXPECT, LENGTH), Step.READ, BODY, sees="100, 200 1"),
    "a body that does not wait for 100": row(press(EXPECT), sees="100, 200 1"),
    "100-CONTINUE": row(head("eXPECT: 100-CONTINUE", LENGTH), Step.READ, BODY, sees="100, 200 1"),
    "100 behind a press": row(
        PRESS + head(EXPECT, LENGTH), Step.READ, Step.READ, body_of(2), sees="200 1, 100, 200 2"
    ),
    # Who has the body need not ask for it (RFC 9110, section 10.1.1).
    "100 behind a press, with a body": row(PRESS + press(EXPECT, count=2), sees="200 1, 200 2"),
    "100 to a GET": row(of_method("GET", EXPECT), sees="405"),
    "another expectation": row(press("Expect: tea")),
}
PIPELINES: Final[Mapping[str, Row]] = {
    "a press among others": row(
        of_method("GET") + PRESS + of_method("OPTIONS") + in_chunks(chunk(body_of(2))),
        sees="405, 200 1, 204, 200 2",
    ),
    "close in the middle": row(
        PRESS + press("Connection: close", count=2) + PRESS, sees="200 1, 200 2 close"
    ),
    "close, and a press behind it": row(press("Connection: close"), SECOND, sees="200 1 close"),
    "close, and garbage behind it": row(press("Connection: close") + GARBAGE, sees="200 1 close"),
    "garbage behind an answer": row(PRESS, Step.READ, GARBAGE, sees="200 1, 400 close"),
    "garbage behind a press": row(PRESS + GARBAGE, sees="closed"),
    "a malformed chunk behind a press": row(PRESS + in_chunks(chunk(BODY, "zz")), sees="closed"),
}
ENDS: Final[Mapping[str, Row]] = {
    "nothing at all": row(Step.END, sees="closed"),
    "half a head": row(PRESS[:30], Step.END, sees="closed"),
    "a body shorter than said": row(PRESS[:-1], Step.END, sees="closed"),
}
# Whoever ignores an upgrade reads the request as ever (RFC 9110, section 7.8).
FOR_A_BODY: Final = f"Content-Length: {len(PRESS)}"
UPGRADES: Final[Mapping[str, Row]] = {
    "h2c, a press behind it, and h2c again": row(
        press(*H2C) + SECOND + press(*H2C, count=3) * 2, sees="200 1, 200 2, 200 3, 200 3"
    ),
    "h2c in chunks, a press in a chunk": row(
        in_chunks(chunk(PRESS), fields=H2C) + SECOND, sees="400, 200 2"
    ),
    "h2c, then close": row(
        press("Connection: Upgrade, close", "Upgrade: h2c") + SECOND, sees="200 1 close"
    ),
    "websocket": row(press(*HANDSHAKE)),
    "h2c for another connection": row(press("Upgrade: h2c")),
    "an upgrade to nothing": row(press("Connection: Upgrade")),
    # Nothing is tunnelled, and nothing behind it read.
    "CONNECT to a path": row(
        *(of_method("CONNECT", FOR_A_BODY), Step.READ, PRESS), sees="405 close"
    ),
}
TABLES: Final = [
    *(LENGTHS, CHUNKS, TRAILERS, TARGETS, VERSIONS, FIELDS),
    *(LINES, METHODS, EXPECTATIONS, PIPELINES, ENDS, UPGRADES),
]
ROWS: Final = {name: row for table in TABLES for name, row in table.items()}
assert len(ROWS) == sum(map(len, TABLES)), "no row hides another"
CASES: Final = [(name, False) for name in ROWS] + [(n, True) for n in ROWS if n not in UPGRADES]


def asking(data: bytes) -> bytes:
    """The same requests, each with a head that asks for an upgrade."""
    host = b"Host: x\r\n"
    return data.replace(host, host + "\r\n".join((*H2C, "")).encode())


# What is cut into pieces, and what is seen of it.
IN_CHUNKS: Final = in_chunks(
    chunk(BODY[:9], extension=";x=1"), chunk(BODY[9:]), trailers=b"Host: y\r\n"
)
CUT: Final = {
    "chunks and trailers": (IN_CHUNKS, ["200 1"]),
    "chunks and trailers, asking for an upgrade": (asking(IN_CHUNKS), ["200 1"]),
    "a pipeline": (PRESS + SECOND, ["200 1", "200 2"]),
}


async def accepted(store: Store, game: GameRoom) -> int:
    """How many presses the room has counted."""
    count, _ = await books(store, game, BUTTON)
    return count


def presses_in(answers: Sequence[str]) -> int:
    """How many presses the answers say were accepted."""
    return sum(int(answer.split()[1]) for answer in answers if answer.startswith("200 "))


@pytest.mark.parametrize(("name", "asks"), CASES)
async def test_a_client_sees_what_was_counted(
    api: httpx.AsyncClient, store: Store, game: GameRoom, name: str, *, asks: bool
) -> None:
    """An upgrade that is not ours is ignored, and nothing is smuggled behind it."""
    row = ROWS[name]
    steps = [filled(s, game.room_id) if isinstance(s, bytes) else s for s in row.steps]
    if asks:
        steps = [asking(step) if isinstance(step, bytes) else step for step in steps]
    assert await seen(api.base_url.port or 0, steps, row.sees) == row.sees
    assert await accepted(store, game) == presses_in(row.sees.answers)


@pytest.mark.timeout(600)  # thousands of round trips
@pytest.mark.parametrize(("data", "answers"), CUT.values(), ids=CUT)
async def test_a_press_may_be_cut_anywhere(
    api: httpx.AsyncClient,
    store: Store,
    game: GameRoom,
    data: bytes,
    answers: list[str],
) -> None:
    """Into two pieces, again and again on one connection; and into its bytes."""
    async with client_of(api.base_url.port or 0) as client:
        for cut in range(1, len(data)):
            whole = filled(data, game.room_id)
            await client.send(whole[:cut], whole[cut:])
            assert [await client.answer() for _ in answers] == answers, cut
        await client.send(*(b"%c" % byte for byte in filled(data, game.room_id)))
        assert [await client.answer() for _ in answers] == answers
        assert await client.is_open()
    assert await accepted(store, game) == presses_in(answers) * len(data)
