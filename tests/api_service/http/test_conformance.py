"""A press is framed as uvicorn frames any request (RFC 9112); a row that differs says why."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final, NamedTuple

import httpx
import pytest

from api_service.http.requests import BODY_LIMIT
from api_service.http.server import HEAD_LIMIT, TRAILERS_LIMIT
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
    plain_uvicorn,
    press,
    seen,
)
from tests.api_service.room_requests import books


class Row(NamedTuple):
    """What a client does, and what it sees of both servers, or of ours, and why that differs."""

    steps: tuple[bytes | Step, ...]
    sees: Seen
    sees_ours: Seen
    why: str


def row(*steps: bytes | Step, sees: str = "200 1", ours: str = "", why: str = "") -> Row:
    assert bool(ours) == bool(why)
    return Row(steps, Seen.of(sees), Seen.of(ours or sees), why)


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

TAKEN_FOR_ANOTHER: Final = "the client would take a refusal for the answer to the press before"
LENGTHS: Final[Mapping[str, Row]] = {
    "a length": row(PRESS),
    "a length with zeros": row(head(f"Content-Length: 000{SIZE}") + BODY),
    "a length in blanks": row(head(f"Content-Length: \t {SIZE} \t") + BODY),
    "a length with a plus": row(head(f"Content-Length: +{SIZE}") + BODY, sees=REFUSED),
    "a length below zero": row(head(f"Content-Length: -{SIZE}") + BODY, sees=REFUSED),
    "a length in letters": row(head("Content-Length: ten") + BODY, sees=REFUSED),
    "a length in hex": row(head(f"Content-Length: 0x{SIZE:x}") + BODY, sees=REFUSED),
    "an empty length": row(head("Content-Length:") + BODY, sees=REFUSED),
    "a length in two words": row(head("Content-Length: 1 0") + BODY, sees=REFUSED),
    "a list of lengths": row(head(f"{LENGTH}, {SIZE}") + BODY, sees=REFUSED),
    "a length beyond 64 bits": row(head("Content-Length: " + "9" * 23) + BODY, sees=REFUSED),
    "the same length twice": row(head(LENGTH, LENGTH) + BODY, sees=REFUSED),
    "two lengths": row(head(LENGTH, f"Content-Length: {SIZE - 1}") + BODY, sees=REFUSED),
    "a length and chunks": row(head(LENGTH, CHUNKED) + ONE_CHUNK, sees=REFUSED),
    "chunks and a length": row(head(CHUNKED, LENGTH) + ONE_CHUNK, sees=REFUSED),
    "no body": row(head(), sees="400"),
    "a length of 0": row(head("Content-Length: 0"), sees="400"),
    "a body without a length": row(
        head() + BODY, sees=REFUSED, ours="closed", why=TAKEN_FOR_ANOTHER
    ),
    "a body longer than said": row(
        head(f"Content-Length: {SIZE - 1}") + BODY,
        sees=REFUSED,
        ours="closed",
        why=TAKEN_FOR_ANOTHER,
    ),
    "a body too long": row(
        press(more=b" " * BODY_LIMIT), ours="413", why="a press has at most 16 KiB"
    ),
}
CHUNKS: Final[Mapping[str, Row]] = {
    "one chunk": row(in_chunks(chunk(BODY))),
    "two chunks": row(in_chunks(chunk(BODY[:HALF]), chunk(BODY[HALF:]))),
    "two chunks in four pieces": row(
        head(CHUNKED), chunk(BODY[:HALF]), chunk(BODY[HALF:]), b"0\r\n\r\n"
    ),
    "a chunk for each byte": row(in_chunks(*(chunk(b"%c" % byte) for byte in BODY))),
    "an extension": row(in_chunks(chunk(BODY, extension=";a;b=c"))),
    "a quoted extension": row(in_chunks(chunk(BODY, extension=';a="b c\\"d;e"'))),
    "an extension of the last chunk": row(head(CHUNKED) + chunk(BODY) + b"0;a=b\r\n\r\n"),
    "an extension behind a blank": row(in_chunks(chunk(BODY, extension=" ; a=b")), sees=REFUSED),
    "a control character in an extension": row(
        in_chunks(chunk(BODY, extension=";a=\1")), sees=REFUSED
    ),
    "a size with zeros": row(in_chunks(chunk(BODY, "000{:x}"))),
    "a size in upper case": row(in_chunks(chunk(BODY[:0x2A], "{:X}"), chunk(BODY[0x2A:]))),
    "a size in lower case": row(in_chunks(chunk(BODY[:0x2A], "{:x}"), chunk(BODY[0x2A:]))),
    "a last chunk of zeros": row(head(CHUNKED) + chunk(BODY) + b"000\r\n\r\n"),
    "a size that starts with 0x": row(in_chunks(chunk(BODY, "0x{:x}")), sees=REFUSED),
    "a size below zero": row(in_chunks(chunk(BODY, "-{:x}")), sees=REFUSED),
    "a size beyond 64 bits": row(in_chunks(chunk(BODY, "f" * 17)), sees=REFUSED),
    "a size in other letters": row(in_chunks(chunk(BODY, "zz")), sees=REFUSED),
    "no size": row(in_chunks(chunk(BODY, "")), sees=REFUSED),
    "a size behind a blank": row(in_chunks(chunk(BODY, " {:x}")), sees=REFUSED),
    "a size in front of a blank": row(in_chunks(chunk(BODY, "{:x} ")), sees=REFUSED),
    "a chunk longer than said": row(in_chunks(chunk(BODY, f"{SIZE - 1:x}")), sees=REFUSED),
    "chunks in lines without CR": row(
        head(CHUNKED) + b"%x\n%b\n0\n\n" % (SIZE, BODY), sees=REFUSED
    ),
    "no chunk but the last": row(in_chunks(), sees="400"),
    "Chunked": row(head("Transfer-Encoding: Chunked") + ONE_CHUNK),
    "tRANSFER-eNCODING": row(head("tRANSFER-eNCODING: chunked") + ONE_CHUNK),
    "gzip, chunked": row(head("Transfer-Encoding: gzip, chunked") + ONE_CHUNK),
    "chunked, gzip": row(head(f"{CHUNKED}, gzip") + ONE_CHUNK, sees=REFUSED),
    "chunked twice": row(head(CHUNKED, CHUNKED) + ONE_CHUNK, sees=REFUSED),
    "another coding": row(head("Transfer-Encoding: xchunked") + ONE_CHUNK, sees=REFUSED),
    "the identity coding": row(head("Transfer-Encoding: identity") + BODY, sees=REFUSED),
    "an empty coding": row(head("Transfer-Encoding:") + ONE_CHUNK, sees=REFUSED),
    "chunks of an older HTTP": row(
        head(CHUNKED, line=f"POST {PATH} HTTP/1.0") + ONE_CHUNK, sees="200 1 close"
    ),
}
TRAILERS: Final[Mapping[str, Row]] = {
    "trailers": row(in_chunks(chunk(BODY), trailers=b"Host: y\r\nX-Sum: 1\r\n")),
    "a trailer that expects": row(in_chunks(chunk(BODY), trailers=f"{EXPECT}\r\n".encode())),
    "a length as a trailer": row(
        in_chunks(chunk(BODY), trailers=b"Content-Length: 3\r\n"), sees=REFUSED
    ),
    "a coding as a trailer": row(
        in_chunks(chunk(BODY), trailers=f"{CHUNKED}\r\n".encode()), sees=REFUSED
    ),
    "a length as a trailer, behind an answer": row(
        PRESS,
        Step.READ,
        in_chunks(chunk(BODY), trailers=b"Content-Length: 3\r\n") + PRESS,
        sees="200 1, 400 close",
    ),
    "a length as a trailer, behind a press": row(
        PRESS + in_chunks(chunk(BODY), trailers=b"Content-Length: 3\r\n") + PRESS,
        sees=REFUSED,
        ours="closed",
        why=TAKEN_FOR_ANOTHER,
    ),
    "trailers of each press": row(
        in_chunks(chunk(BODY), trailers=b"Host: y\r\n") * 3, sees="200 1, 200 1, 200 1"
    ),
    "a malformed trailer": row(in_chunks(chunk(BODY), trailers=b"X Y: 1\r\n"), sees=REFUSED),
    "a trailer that ends the connection": row(
        in_chunks(chunk(BODY), trailers=b"Connection: close\r\n") + SECOND,
        Step.READ,
        Step.END,
        sees="200 1, closed",
        ours="200 1 close",
        why="the parser reads nothing behind it, which plain uvicorn does not notice",
    ),
    "trailers too long": row(
        in_chunks(chunk(BODY), trailers=b"X: " + b"x" * TRAILERS_LIMIT + b"\r\n"),
        ours="431 close",
        why="trailers are bounded as heads are",
    ),
}
TARGETS: Final[Mapping[str, Row]] = {
    "an absolute URL": row(post(f"http://y{PATH}")),
    "an absolute URL with a port": row(post(f"https://y:1234{PATH}")),
    "an absolute URL with a user": row(post(f"http://u:p@y{PATH}")),
    "a query": row(post(f"{PATH}?a=b&c")),
    "a fragment": row(post(f"{PATH}#a")),
    "an escaped letter": row(post(PATH.replace("events", "%65vents"))),
    "an escaped slash": row(post(PATH.replace("/events", "%2Fevents"))),
    "half an escape": row(post(f"{PATH}%"), sees="404"),
    "a slash too many": row(post(f"/{PATH}"), sees="404"),
    "a slash too few": row(post(PATH[1:]), sees=REFUSED),
    "a letter beyond ASCII": row(post(f"{PATH}\xe9"), sees=REFUSED),
    "a blank in the path": row(post(f"{PATH} x"), sees=REFUSED),
    "two blanks around the path": row(post(f" {PATH} ")),
    "OPTIONS for all": row(head(line="OPTIONS * HTTP/1.1"), sees="404"),
    "a tunnel": row(head(line="CONNECT x:443 HTTP/1.1"), sees=REFUSED),
}
VERSIONS: Final[Mapping[str, Row]] = {
    "HTTP 1.0": row(post(PATH, "HTTP/1.0"), sees="200 1 close"),
    "HTTP 1.0 with keep-alive": row(
        post(PATH, "HTTP/1.0", "Connection: keep-alive"), sees="200 1 close"
    ),
    "HTTP 1.0 with close": row(post(PATH, "HTTP/1.0", "Connection: close"), sees="200 1 close"),
    "HTTP 0.9": row(f"POST {PATH}\r\n\r\n".encode(), sees=REFUSED),
    "HTTP 0.9 with fields": row(post(PATH, "HTTP/0.9"), sees="200 1 close"),
    "HTTP 1.2": row(post(PATH, "HTTP/1.2"), sees=REFUSED),
    "HTTP 2.0 in text": row(post(PATH, "HTTP/2.0"), sees="200 1 close"),
    "HTTP 2's preface": row(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", sees=REFUSED),
    "http in lower case": row(post(PATH, "http/1.1"), sees=REFUSED),
    "half a version": row(post(PATH, "HTTP/1"), sees=REFUSED),
    "a version of two digits": row(post(PATH, "HTTP/11.1"), sees=REFUSED),
    "RTSP": row(post(PATH, "RTSP/1.0"), sees="200 1 close"),
    "TLS": row(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", sees=REFUSED),
}
FIELDS: Final[Mapping[str, Row]] = {
    "cONTENT-lENGTH": row(head(f"cONTENT-lENGTH: {SIZE}") + BODY),
    "Close": row(press("Connection: Close"), sees="200 1 close"),
    "CONNECTION CLOSE": row(press("CONNECTION: CLOSE"), sees="200 1 close"),
    "Keep-Alive": row(press("Connection: Keep-Alive")),
    "close in a list": row(press("Connection: x, close, y"), sees="200 1 close"),
    "keep-alive and close": row(
        press("Connection: keep-alive", "Connection: close"), sees="200 1 close"
    ),
    "a folded field": row(press("X: a\r\n b"), sees=REFUSED),
    "a blank in front of the colon": row(head(f"Content-Length : {SIZE}") + BODY, sees=REFUSED),
    "a blank in front of the first field": row(PRESS.replace(b"Host", b" Host"), sees=REFUSED),
    "a field without a colon": row(press("X"), sees=REFUSED),
    "a field without a name": row(press(": x"), sees=REFUSED),
    "a field without a value": row(press("X:")),
    "no host": row(PRESS.replace(b"Host: x\r\n", b"")),
    "two hosts": row(press("Host: y")),
    "NUL in a value": row(press("X: a\0b"), sees=REFUSED),
    "NUL in a name": row(press("X\0Y: a"), sees=REFUSED),
    "DEL in a value": row(press("X: a\x7fb"), sees=REFUSED),
    "a tab in a value": row(press("X: a\tb")),
    "CR in a value": row(press("X: a\rb"), sees=REFUSED),
    "LF in a value": row(press("X: a\nY: b"), sees=REFUSED),
    "a value beyond ASCII": row(press("X: \xe9")),
    "a name beyond ASCII": row(press("X\xe9: 1"), sees=REFUSED),
    "a name of all odd characters": row(press("!#$%&'*+-.^_`|~: 1")),
    "a bracket in a name": row(press("X(: 1"), sees=REFUSED),
    "a thousand fields": row(press(*(f"X{n}: 1" for n in range(1_000)))),
    "a long value": row(press("X: " + "x" * 31_000)),
    "a value too long": row(
        press("X: " + "x" * HEAD_LIMIT), ours=REFUSED, why="a head has at most 32 KiB"
    ),
}
LINES: Final[Mapping[str, Row]] = {
    "LF alone ends lines": row(PRESS.replace(b"\r\n", b"\n"), sees=REFUSED),
    "LF alone ends the first line": row(PRESS.replace(b"1.1\r\n", b"1.1\n"), sees=REFUSED),
    "LF alone ends the head": row(PRESS.replace(b"\r\n\r\n", b"\r\n\n"), sees=REFUSED),
    "CR alone ends lines": row(PRESS.replace(b"\r\n", b"\r"), sees=REFUSED),
    "blank lines before": row(b"\r\n\r\n\r\n" + PRESS),
    "LF before": row(b"\n" + PRESS),
    "a blank before": row(b" " + PRESS, sees=REFUSED),
    "NUL before": row(b"\0" + PRESS, sees=REFUSED),
}
METHODS: Final[Mapping[str, Row]] = {
    "GET": row(of_method("GET"), sees="405"),
    "GET with a body": row(of_method("GET", LENGTH) + BODY, sees="405"),
    "GET with close": row(of_method("GET", "Connection: close"), sees="405 close"),
    "HEAD": row(of_method("HEAD"), sees="405"),
    "PUT": row(of_method("PUT", LENGTH) + BODY, sees="405"),
    "DELETE": row(of_method("DELETE"), sees="405"),
    "PATCH": row(of_method("PATCH", CHUNKED) + ONE_CHUNK, sees="405"),
    "OPTIONS": row(of_method("OPTIONS"), sees="204"),
    "TRACE": row(of_method("TRACE"), sees="405"),
    "PURGE": row(of_method("PURGE"), sees="405"),
    "post": row(of_method("post", LENGTH) + BODY, sees=REFUSED),
    "POSTS": row(of_method("POSTS", LENGTH) + BODY, sees=REFUSED),
    "an unknown method": row(of_method("PRESS", LENGTH) + BODY, sees=REFUSED),
}
EXPECTATIONS: Final[Mapping[str, Row]] = {
    "a body that waits for 100": row(head(EXPECT, LENGTH), Step.READ, BODY, sees="100, 200 1"),
    "a body that does not wait for 100": row(press(EXPECT), sees="100, 200 1"),
    "100-CONTINUE": row(head("eXPECT: 100-CONTINUE", LENGTH), Step.READ, BODY, sees="100, 200 1"),
    "chunks that wait for 100": row(head(EXPECT, CHUNKED), Step.READ, ONE_CHUNK, sees="100, 200 1"),
    "100, then close": row(
        head(EXPECT, "Connection: close", LENGTH), Step.READ, BODY, sees="100, 200 1 close"
    ),
    "100 for an older HTTP": row(post(PATH, "HTTP/1.0", EXPECT), sees="100, 200 1 close"),
    "100 without a body": row(head(EXPECT, "Content-Length: 0"), sees="100, 400"),
    "100 again": row(
        head(EXPECT, LENGTH),
        *(Step.READ, BODY, Step.READ, head(EXPECT, LENGTH), Step.READ, body_of(2)),
        sees="100, 200 1, 100, 200 2",
    ),
    "100 behind a press": row(
        PRESS + head(EXPECT, LENGTH), Step.READ, Step.READ, body_of(2), sees="200 1, 100, 200 2"
    ),
    "100 behind a press, with a body": row(
        PRESS + press(EXPECT, count=2),
        sees="200 1, 100, 200 2",
        ours="200 1, 200 2",
        why="who has the body need not ask for it (RFC 9110, section 10.1.1)",
    ),
    "100 to a GET": row(of_method("GET", EXPECT), sees="405"),
    "another expectation": row(press("Expect: tea")),
    "100 and another expectation": row(press(f"{EXPECT}, tea")),
}
PIPELINES: Final[Mapping[str, Row]] = {
    "two presses": row(PRESS + SECOND, sees="200 1, 200 2"),
    "three presses": row(PRESS + SECOND + PRESS, sees="200 1, 200 2, 200 1"),
    "four presses": row((PRESS + SECOND) * 2, sees="200 1, 200 2, 200 1, 200 2"),
    "five presses": row(
        b"".join(press(count=n) for n in range(1, 6)), sees="200 1, 200 2, 200 3, 200 4, 200 5"
    ),
    "a press among others": row(
        of_method("GET") + PRESS + of_method("OPTIONS") + in_chunks(chunk(body_of(2))),
        sees="405, 200 1, 204, 200 2",
    ),
    "blank lines between": row(PRESS + b"\r\n\r\n" + SECOND, sees="200 1, 200 2"),
    "close in the middle": row(
        PRESS + press("Connection: close", count=2) + PRESS, sees="200 1, 200 2 close"
    ),
    "close, and a press behind it": row(press("Connection: close"), SECOND, sees="200 1 close"),
    "close, and garbage behind it": row(press("Connection: close") + GARBAGE, sees="200 1 close"),
    "HTTP 1.0 in the middle": row(
        PRESS + post(PATH, "HTTP/1.0") + PRESS, sees="200 1, 200 1 close"
    ),
    "garbage behind an answer": row(PRESS, Step.READ, GARBAGE, sees="200 1, 400 close"),
    "garbage behind a press": row(
        PRESS + GARBAGE, sees=REFUSED, ours="closed", why=TAKEN_FOR_ANOTHER
    ),
    "a malformed chunk behind a press": row(
        PRESS + in_chunks(chunk(BODY, "zz")), sees=REFUSED, ours="closed", why=TAKEN_FOR_ANOTHER
    ),
}
ENDS: Final[Mapping[str, Row]] = {
    "nothing at all": row(Step.END, sees="closed"),
    "half a head": row(PRESS[:30], Step.END, sees="closed"),
    "a body shorter than said": row(PRESS[:-1], Step.END, sees="closed"),
    "chunks without the last": row(head(CHUNKED) + chunk(BODY), Step.END, sees="closed"),
    "half a press behind an answer": row(
        PRESS, Step.READ, SECOND[:-1], Step.END, sees="200 1, closed"
    ),
}
# uvicorn takes the end of a head that asks for an upgrade for the end of the request, and reads
# nothing behind it that came in the same piece; the rest it takes for another request.
IS_READ: Final = "whoever ignores an upgrade reads the request as ever (RFC 9110, section 7.8)"
FOR_A_BODY: Final = f"Content-Length: {len(PRESS)}"
UPGRADES: Final[Mapping[str, Row]] = {
    "h2c": row(press(*H2C), sees="400", ours="200 1", why=IS_READ),
    "h2c and chunks": row(
        in_chunks(chunk(BODY), fields=H2C), sees="400", ours="200 1", why=IS_READ
    ),
    "h2c without a body": row(head(*H2C), sees="400"),
    "h2c, and the body behind it": row(
        *(head(*H2C, LENGTH), BODY), sees="400, 400 close", ours="200 1", why=IS_READ
    ),
    "h2c, and a press for a body": row(
        *(head(*H2C, FOR_A_BODY), PRESS), sees="400, 200 1", ours="400", why=IS_READ
    ),
    "h2c, and a press for a body in one piece": row(head(*H2C, FOR_A_BODY) + PRESS, sees="400"),
    "h2c by GET, and a press for a body": row(
        *(of_method("GET", *H2C, FOR_A_BODY), PRESS), sees="405, 200 1", ours="405", why=IS_READ
    ),
    "h2c by GET, and a press for a body, later": row(
        *(of_method("GET", *H2C, FOR_A_BODY), Step.READ, PRESS),
        sees="405, 200 1",
        ours="405",
        why=IS_READ,
    ),
    "h2c, and a press behind it": row(
        press(*H2C) + SECOND, sees="400", ours="200 1, 200 2", why=IS_READ
    ),
    "h2c, a press behind it, and h2c again": row(
        press(*H2C) + SECOND + press(*H2C, count=3) * 2,
        sees="400",
        ours="200 1, 200 2, 200 3, 200 3",
        why=IS_READ,
    ),
    "h2c in chunks, a press in a chunk": row(
        in_chunks(chunk(PRESS), fields=H2C) + SECOND, sees="400", ours="400, 200 2", why=IS_READ
    ),
    "h2c, then close": row(
        press("Connection: Upgrade, close", "Upgrade: h2c") + SECOND,
        sees="400 close",
        ours="200 1 close",
        why=IS_READ,
    ),
    "websocket": row(press(*HANDSHAKE), sees="400", ours="200 1", why=IS_READ),
    "websocket by GET": row(of_method("GET", *HANDSHAKE), sees="405"),
    "h2c for another connection": row(press("Upgrade: h2c")),
    "an upgrade to nothing": row(press("Connection: Upgrade")),
    "CONNECT to a path": row(
        *(of_method("CONNECT", FOR_A_BODY), Step.READ, PRESS),
        sees="405, 200 1",
        ours="405 close",
        why="nothing is tunnelled, and nothing behind it read",
    ),
}
TABLES: Final = [
    *(LENGTHS, CHUNKS, TRAILERS, TARGETS, VERSIONS, FIELDS),
    *(LINES, METHODS, EXPECTATIONS, PIPELINES, ENDS, UPGRADES),
]
ROWS: Final = {name: row for table in TABLES for name, row in table.items()}
# What is cut into pieces, and what is seen of it.
CUT: Final = {
    "a length": (PRESS, ("200 1",)),
    "chunks and trailers": (
        in_chunks(chunk(BODY[:9], extension=";x=1"), chunk(BODY[9:]), trailers=b"Host: y\r\n"),
        ("200 1",),
    ),
    "a pipeline": (PRESS + SECOND, ("200 1", "200 2")),
}


@pytest.fixture(scope="module")
async def plain() -> AsyncIterator[int]:
    """The port of plain uvicorn."""
    async with plain_uvicorn() as port:
        yield port


async def accepted(store: Store, game: GameRoom) -> int:
    """How many presses the room has counted."""
    count, _ = await books(store, game, BUTTON)
    return count


def asking(data: bytes) -> bytes:
    """The same requests, each with a head that asks for an upgrade."""
    host = b"Host: x\r\n"
    return data.replace(host, host + "\r\n".join((*H2C, "")).encode())


def presses_in(answers: tuple[str, ...]) -> int:
    """How many presses the answers say were accepted."""
    return sum(int(answer.split()[1]) for answer in answers if answer.startswith("200 "))


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
async def test_a_client_sees_of_a_press_what_it_would_see_of_uvicorn(
    api: httpx.AsyncClient, plain: int, store: Store, game: GameRoom, row: Row
) -> None:
    """And exactly the presses that are answered with 200 are counted."""
    steps = [filled(s, game.room_id) if isinstance(s, bytes) else s for s in row.steps]
    of_head = row.steps[0] == METHODS["HEAD"].steps[0]
    assert await seen(plain, steps, row.sees, of_head=of_head) == row.sees
    port = api.base_url.port or 0
    assert await seen(port, steps, row.sees_ours, of_head=of_head) == row.sees_ours, row.why
    assert await accepted(store, game) == presses_in(row.sees_ours.answers)


@pytest.mark.parametrize("name", [name for name in ROWS if name not in UPGRADES])
async def test_whoever_asks_for_an_upgrade_sees_what_anybody_sees(
    api: httpx.AsyncClient, store: Store, game: GameRoom, name: str
) -> None:
    """An upgrade that is not ours is ignored, and nothing is smuggled behind it."""
    row = ROWS[name]
    steps = [asking(filled(s, game.room_id)) if isinstance(s, bytes) else s for s in row.steps]
    of_head = row.steps[0] == METHODS["HEAD"].steps[0]
    assert (
        await seen(api.base_url.port or 0, steps, row.sees_ours, of_head=of_head) == row.sees_ours
    )
    assert await accepted(store, game) == presses_in(row.sees_ours.answers)


async def cut_anywhere(port: int, game: GameRoom, data: bytes, answers: Sequence[str]) -> None:
    """Send the data in two pieces, again and again on one connection: hundreds of times."""
    async with client_of(port) as client:
        for cut in range(1, len(data)):
            whole = filled(data, game.room_id)
            await client.send(whole[:cut], whole[cut:])
            assert [await client.answer() for _ in answers] == [*answers], cut
        assert await client.is_open()


@pytest.mark.timeout(600)  # thousands of round trips
@pytest.mark.parametrize(("data", "answers"), CUT.values(), ids=CUT)
async def test_a_press_may_be_cut_anywhere(
    api: httpx.AsyncClient,
    plain: int,
    store: Store,
    game: GameRoom,
    data: bytes,
    answers: tuple[str, ...],
) -> None:
    for port in (plain, api.base_url.port or 0):
        await cut_anywhere(port, game, data, answers)
    assert await accepted(store, game) == presses_in(answers) * (len(data) - 1)


@pytest.mark.timeout(600)  # thousands of round trips
@pytest.mark.parametrize("name", ["a length", "chunks and trailers"])
async def test_a_press_that_asks_for_an_upgrade_may_be_cut_anywhere(
    api: httpx.AsyncClient, store: Store, game: GameRoom, name: str
) -> None:
    data, answers = asking(CUT[name][0]), CUT[name][1]
    await cut_anywhere(api.base_url.port or 0, game, data, answers)
    assert await accepted(store, game) == presses_in(answers) * (len(data) - 1)


@pytest.mark.parametrize(("data", "answers"), CUT.values(), ids=CUT)
async def test_a_press_may_come_byte_by_byte(
    api: httpx.AsyncClient,
    plain: int,
    store: Store,
    game: GameRoom,
    data: bytes,
    answers: tuple[str, ...],
) -> None:
    expected, ours = Seen(answers, is_open=True), api.base_url.port or 0
    for port, one in ((plain, data), (ours, data), (ours, asking(data))):
        steps = [b"%c" % byte for byte in filled(one, game.room_id)]
        assert await seen(port, steps, expected) == expected
    assert await accepted(store, game) == 2 * presses_in(answers)


def test_no_row_hides_another() -> None:
    assert len(ROWS) == sum(map(len, TABLES))
