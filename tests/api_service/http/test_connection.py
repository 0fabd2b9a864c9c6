"""A connection reads requests, answers them in order, and closes as HTTP says."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from api_service.http import server
from api_service.http.request_kinds import UNREAD_LIMIT
from api_service.http.requests import BODY_IS_HERE, BODY_LIMIT
from tests.api_service.http.uvicorn_line import Line, opened
from tests.waiting import until

REQUEST = b"GET /here HTTP/1.1\r\nhost: a\r\n\r\n"
PRESS = b"POST /press HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody"


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with opened() as line:
        yield line


async def test_an_application_knows_once_the_body_is_here(line: Line) -> None:
    """Before it reads it: so it needs no timer."""
    line.writer.write(REQUEST)
    await line.answer()
    assert line.scopes[0][BODY_IS_HERE] is True
    line.writer.write(REQUEST.replace(b"GET", b"POST").replace(b"host: a", b"content-length: 1"))
    await until(lambda: asyncio.sleep(0, len(line.scopes) == 2))
    assert BODY_IS_HERE not in line.scopes[1]


async def test_requests_wait_for_the_answers_before_them(line: Line) -> None:
    line.may_answer.clear()
    line.writer.write(3 * REQUEST)
    await line.runs()
    await line.has(3)
    assert len(line.scopes) == 1
    line.may_answer.set()
    for _ in range(3):
        await line.answer()
    await line.has(0)
    assert len(line.scopes) == 3


async def test_a_press_is_answered_without_asgi(line: Line) -> None:
    """The answer has the status line, the default headers, the answer's own, and its body."""
    line.writer.write(PRESS)
    head = await line.answer()
    assert head == b"HTTP/1.1 201 Created\r\nx-standing: yes\r\ncontent-length: 2\r\n\r\n"
    assert [request.body for request in line.taken] == [b"body"]
    assert line.scopes == []
    assert len(line.connection.state.tasks) == 0


async def test_what_is_pipelined_behind_a_press_waits_for_its_answer(line: Line) -> None:
    line.may_answer.clear()
    line.writer.write(PRESS + REQUEST)
    await until(lambda: asyncio.sleep(0, bool(line.taken)))
    await line.has(2)
    assert line.scopes == []
    line.may_answer.set()
    assert (await line.answer()).startswith(b"HTTP/1.1 201 ")
    assert (await line.answer()).startswith(b"HTTP/1.1 200 ")
    await line.has(0)


async def test_a_head_that_came_before_is_not_parsed(line: Line) -> None:
    """Each request has its own body; a head that differs is parsed."""
    for one in (PRESS, PRESS[:-4] + b"next", PRESS.replace(b"host: a", b"host: b")):
        line.writer.write(one)
        await line.answer()
    assert [request.body for request in line.taken] == [b"body", b"next", b"body"]
    assert line.connection.parsed_heads == 2


CHUNKED = (
    b"POST /here HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n4;x=1\r\nbody\r\n0\r\n"
)
TRAILERS = b"Host: b\r\nExpect: 100-continue\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"


@pytest.mark.parametrize("pieces", [1, 2, 7])
async def test_headers_get_no_field_from_behind_a_body_in_chunks(line: Line, pieces: int) -> None:
    data = CHUNKED + TRAILERS
    length = -(-len(data) // pieces)
    for start in range(0, len(data), length):
        line.writer.write(data[start : start + length])
        await line.writer.drain()
        await until(lambda: asyncio.sleep(0, bool(line.connection.parsed_heads)))
    line.writer.write(REQUEST)
    for _ in range(2):
        assert b" 200 " in await line.answer()
    scope, _ = line.scopes
    assert scope["headers"] == [(b"host", b"a"), (b"transfer-encoding", b"chunked")]
    assert line.connection.parsed_bodies == len(b"body")


@pytest.mark.parametrize("is_answered", [True, False])
async def test_a_trailer_that_ends_the_connection_is_obeyed(
    line: Line, *, is_answered: bool
) -> None:
    """Nothing more is read then, so that the connection ends with the answer."""
    if not is_answered:
        line.may_answer.clear()
    line.writer.write(CHUNKED)
    await line.runs()
    await line.has(0 if is_answered else 1)
    line.writer.write(b"Connection: close\r\n\r\n" + REQUEST)
    await until(lambda: asyncio.sleep(0, is_answered or BODY_IS_HERE in line.scopes[0]))
    line.may_answer.set()
    assert (b"connection: close" in await line.answer()) != is_answered
    assert await line.reader.read() == b""
    assert len(line.scopes) == 1


async def test_an_application_whose_request_is_refused_is_left_alone(line: Line) -> None:
    """It reads that its client is gone, and what it answers is not sent."""
    line.may_answer.clear()
    line.writer.write(CHUNKED.removesuffix(b"4;x=1\r\nbody\r\n0\r\n"))
    await until(lambda: asyncio.sleep(0, bool(line.scopes)))
    line.writer.write(b"no chunk\r\n")
    await line.runs()
    assert line.heard == ["http.disconnect"]
    line.may_answer.set()
    answer = await line.reader.read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    await until(lambda: asyncio.sleep(0, not line.connection.state.tasks))


async def test_who_has_begun_to_be_answered_takes_no_refusal(line: Line) -> None:
    """Nor does one behind whom another one waits."""
    line.writer.write(CHUNKED)
    await line.answer()
    line.writer.write(b"no trailer\r\n\r\n")
    assert await line.reader.read() == b""
    async with opened() as other:
        other.may_answer.clear()
        other.writer.write(REQUEST + CHUNKED)
        await other.has(2)
        other.writer.write(b"no trailer\r\n\r\n")
        assert await other.reader.read() == b""
        other.may_answer.set()


async def test_a_press_waits_for_a_client_that_does_not_read(line: Line) -> None:
    line.connection.pause_writing()
    line.writer.write(PRESS)
    await until(lambda: asyncio.sleep(0, line.connection.parsed_bodies == len(b"body")))
    assert line.taken == []
    line.connection.resume_writing()
    assert (await line.answer()).startswith(b"HTTP/1.1 201 ")


async def test_an_answer_waits_for_a_client_that_does_not_read(line: Line) -> None:
    line.connection.pause_writing()
    line.writer.write(REQUEST)
    await line.runs()
    assert len(line.connection.requests) == 1
    line.connection.resume_writing()
    assert (await line.answer()).startswith(b"HTTP/1.1 200 ")


async def test_a_press_that_waits_keeps_no_more_than_its_limit() -> None:
    """The application before it reads, so that more is received than will be accepted."""
    head = PRESS.replace(b"content-length: 4", b"content-length: %d" % 2**22)[:-4]
    async with opened() as line:
        line.may_answer.clear()
        line.writer.write(REQUEST + head)
        await line.has(2)
        await line.runs()
        line.writer.write(bytes(2**22 - 1))
        await until(lambda: asyncio.sleep(0, line.connection.parsed_bodies == 2**22 - 1))
        assert BODY_LIMIT < len(line.connection.requests[1].body) < 2**20


async def test_who_reads_nothing_and_hangs_up_is_given_up(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if so little is unsent that its writers were not paused."""
    monkeypatch.setattr(server, "TAKEN_WITHIN", 0.1)
    line.connection.transport.set_write_buffer_limits(high=2**30)
    line.connection.transport.write(bytes(2**25))
    line.writer.write_eof()
    await until(lambda: asyncio.sleep(0, not line.connection.state.connections))


async def test_a_press_knows_that_its_client_is_gone(line: Line) -> None:
    line.may_answer.clear()
    line.writer.write(PRESS)
    await until(lambda: asyncio.sleep(0, bool(line.taken)))
    (request,) = line.taken
    assert not request.is_gone
    line.writer.close()
    await until(lambda: asyncio.sleep(0, request.is_gone))
    line.may_answer.set()
    await request._answering
    assert not request.is_answered


async def test_the_default_headers_are_in_every_answer(line: Line) -> None:
    for request in (REQUEST, PRESS):
        line.writer.write(request)
        assert b"x-standing: yes" in await line.answer()
    line.writer.write(b"no request\r\n\r\n")
    assert b"x-standing: yes" in await line.reader.read()


async def test_what_is_no_request_is_refused_and_logged(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.writer.write(b"no request\r\n\r\n")
    assert (await line.reader.read()).startswith(b"HTTP/1.1 400 ")
    (logged,) = caplog.records
    assert (logged.name, logged.message) == ("uvicorn.error", server.UNREADABLE)


async def test_a_deadline_that_begins_later_may_end_earlier(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The timer, which rings for the first head, is set anew."""
    monkeypatch.setattr(server, "KEEP_ALIVE", 0.1)
    line.writer.write(REQUEST)
    await line.answer()
    assert await line.reader.read() == b""


def with_upgrade(request: bytes, *fields: bytes) -> bytes:
    """The request, which asks for an upgrade."""
    line = request.index(b"\r\n") + 2
    asks = (b"Connection: upgrade\r\n", b"UPGRADE: h2c, websocket\r\n", b"upgrade:\r\n", *fields)
    return request[:line] + b"".join(asks) + request[line:]


@pytest.mark.parametrize("request_", [REQUEST, PRESS, PRESS.replace(b"/press", b"/here")])
async def test_a_head_that_asks_for_an_upgrade_is_read_as_any_other(
    line: Line, request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """httptools tells where such a head ends, and that is the end of the request for its parser.

    The other one gets all that the first has accepted of it, but for the upgrade.
    """
    fields = (b"X-Empty:\r\n", b"Y: \xe9 \t\r\n", b"Y: 2\r\n")
    asks = with_upgrade(request_, *fields)
    with caplog.at_level(logging.WARNING):
        line.writer.write(asks * 2 + request_)
        for _ in range(3):
            assert b"\r\nconnection: close\r\n" not in await line.answer()
    assert not caplog.records
    heard = [*line.scopes, *(request.scope for request in line.taken)]
    for scope in heard[:2]:
        ours = [(b"connection", b"upgrade"), (b"x-empty", b""), (b"y", b"\xe9 \t"), (b"y", b"2")]
        assert scope["headers"] == ours + heard[2]["headers"]
        assert {**scope, "headers": None} == {**heard[2], "headers": None}
    assert {request.body for request in line.taken} <= {b"body"}
    body = 4 * 3 if request_.startswith(b"POST") else 0
    assert line.connection.parsed_bodies == body


@pytest.mark.parametrize("ending", [b"HTTP/1.0", b"connection: close"])
async def test_a_request_that_asks_for_an_upgrade_may_be_the_last(
    ending: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Also the parser that takes over, which reads what is behind the last one without an error."""
    changed = b"HTTP/1.1" if ending.startswith(b"HTTP") else b"host: a"
    for request in (PRESS, REQUEST):
        async with opened() as other:
            other.writer.write(with_upgrade(request.replace(changed, ending)) + REQUEST)
            assert b"\r\nconnection: close\r\n" in await other.answer()
            assert await other.reader.read() == b""
            assert len(other.taken) + len(other.scopes) == 1
    assert not caplog.records


# What an application may answer.

Part = tuple[bytes, bool]  # of an answer's body, and whether there is more
FIELDS = [(b"Content-Type", b"text/plain")]
OF_FOUR = [(b"content-length", b"4")]
IN_TWO_CHUNKS = b"2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"
HEADS: list[tuple[list[tuple[bytes, bytes]], list[Part], bytes]] = [
    (OF_FOUR, [(b"body", False)], b"content-length: 4\r\n\r\nbody"),
    (OF_FOUR, [(b"bo", True), (b"dy", True), (b"", False)], b"content-length: 4\r\n\r\nbody"),
    (
        FIELDS,
        [(b"bo", True), (b"", True), (b"dy", False)],
        b"content-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n" + IN_TWO_CHUNKS,
    ),
    (
        [*OF_FOUR, (b"Connection", b"x, Close"), (b"connection", b"y")],
        [(b"body", False)],
        b"content-length: 4\r\nconnection: x, Close\r\nconnection: y\r\n\r\nbody",
    ),
]
START = b"HTTP/1.1 200 OK\r\nx-standing: yes\r\n"


class Answering(Line):
    """A line whose application answers with these fields and parts of a body."""

    def __init__(self, fields: list[tuple[bytes, bytes]], parts: list[Part]) -> None:
        super().__init__()
        self._fields = fields
        self._parts = parts

    async def __call__(self, _: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._fields})
        for body, more in self._parts:
            await send({"type": "http.response.body", "body": body, "more_body": more})


@pytest.mark.parametrize(("fields", "parts", "sees"), HEADS)
async def test_an_answer_is_framed_by_its_length_or_in_chunks(
    fields: list[tuple[bytes, bytes]], parts: list[Part], sees: bytes
) -> None:
    """An application may end the connection; else the next request is answered."""
    async with opened(Answering(fields, parts)) as line:
        line.writer.write(REQUEST)
        assert await line.reader.readexactly(len(START + sees)) == START + sees
        if b"Close" in sees:
            assert await line.reader.read() == b""
        else:
            line.writer.write(REQUEST.replace(b"/1.1", b"/1.0"))
            assert b"\r\nconnection: close\r\n" in await line.reader.read()


async def test_the_answer_to_head_has_no_body() -> None:
    async with opened(Answering(OF_FOUR, [(b"body", False)])) as line:
        line.writer.write(REQUEST.replace(b"GET", b"HEAD") * 2)
        expected = (START + b"content-length: 4\r\n\r\n") * 2
        assert await line.reader.readexactly(len(expected)) == expected


WRONG: list[tuple[list[tuple[bytes, bytes]], list[Part]]] = [
    ([(b"x", b"1\r\ny: 2")], [(b"", False)]),
    ([(b"x y", b"1")], [(b"", False)]),
    (OF_FOUR, [(b"bod", False)]),
    (OF_FOUR, [(b"bodys", False)]),
    (OF_FOUR, [(b"bo", True)]),
]


@pytest.mark.parametrize(("fields", "parts"), WRONG)
async def test_an_answer_that_is_wrong_ends_the_connection(
    fields: list[tuple[bytes, bytes]], parts: list[Part], caplog: pytest.LogCaptureFixture
) -> None:
    """No client takes a part of it for the whole, or a field's value for another field."""
    async with opened(Answering(fields, parts)) as line:
        line.writer.write(REQUEST)
        answer = await line.reader.read()
    assert b"y: 2" not in answer
    assert not answer.endswith((b"\r\n\r\nbody", b"bodys"))
    (logged,) = caplog.records
    assert (logged.name, logged.levelno) == ("uvicorn.error", logging.ERROR)


START_MESSAGE: Message = {"type": "http.response.start", "status": 200, "headers": OF_FOUR}
BODY_MESSAGE: Message = {"type": "http.response.body", "body": b"body"}
EMPTY_MESSAGE: Message = {"type": "http.response.body", "body": b""}


class Sending(Line):
    """A line whose application sends these messages."""

    def __init__(self, messages: list[Message]) -> None:
        super().__init__()
        self._messages = messages

    async def __call__(self, _: Scope, _receive: Receive, send: Send) -> None:
        for message in self._messages:
            await send(message)


@pytest.mark.parametrize(
    ("messages", "status"),
    [
        ([EMPTY_MESSAGE], b"500"),
        ([START_MESSAGE, START_MESSAGE, BODY_MESSAGE], b""),
        ([START_MESSAGE, BODY_MESSAGE, EMPTY_MESSAGE], b"200"),
    ],
)
async def test_an_answer_out_of_order_ends_the_connection(
    messages: list[Message], status: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """A body without a head, two heads, and what is behind the end."""
    async with opened(Sending(messages)) as line:
        line.writer.write(2 * REQUEST)
        answer = await line.reader.read()
    assert answer[:12] == (b"HTTP/1.1 " + status if status else b"")
    assert answer.count(b"HTTP/1.1 ") == bool(status)
    assert "Unexpected ASGI message" in str(caplog.records[0].exc_info)


class Failing(Line):
    """A line whose application begins an answer, and fails once its client is gone."""

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        await send(START_MESSAGE)
        await receive()
        self.heard.append((await receive())["type"])
        raise ConnectionError


async def test_no_deadline_begins_once_the_connection_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An application that fails then closes nothing."""
    monkeypatch.setattr(server, "HEAD_WITHIN", 2 * server.TAKEN_WITHIN)
    async with opened(Failing()) as line:
        line.writer.write(REQUEST)
        await until(lambda: asyncio.sleep(0, bool(line.connection.state.tasks)))
        line.writer.close()
        await until(lambda: asyncio.sleep(0, not line.connection.state.tasks))
        assert line.heard == ["http.disconnect"]
        timer = line.connection._timer
        assert timer is not None
        assert timer.cancelled()


class Silent(Line):
    """A line whose application fails, or does not answer."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__()
        self._error = error

    async def __call__(self, _: Scope, _receive: Receive, _send: Send) -> None:
        if self._error:
            raise self._error


@pytest.mark.parametrize("error", [ValueError("a fault of ours"), None])
async def test_an_application_that_does_not_answer_is_a_plain_500(
    error: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(Silent(error)) as line:
        line.writer.write(REQUEST)
        head, _, body = (await line.reader.read()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500 ")
    assert head.endswith(b"\r\nconnection: close")
    assert body == b"Internal Server Error"
    (logged,) = caplog.records
    assert bool(logged.exc_info) == bool(error)


class Echoing(Line):
    """A line whose application reads a body to its end, and answers with it."""

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        await self.may_answer.wait()
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        fields = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": body})
        self.heard.append((await receive())["type"])


async def test_a_body_that_nobody_reads_yet_is_not_received() -> None:
    """The client waits with the rest; all of it arrives once the application reads."""
    body = bytes(4 * 2**20)
    async with opened(Echoing()) as line:
        line.may_answer.clear()
        line.writer.write(b"POST /here HTTP/1.1\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        await until(lambda: asyncio.sleep(0, line.connection.parsed_bodies > UNREAD_LIMIT))
        reading = line.connection.transport
        await until(lambda: asyncio.sleep(0, not reading.is_reading()))
        assert line.connection.parsed_bodies < len(body)
        line.may_answer.set()
        await line.reader.readuntil(b"\r\n\r\n")
        assert await line.reader.readexactly(len(body)) == body
        await line.runs()
        assert line.heard == ["http.disconnect"]


async def test_an_application_that_reads_asks_for_the_body() -> None:
    """Who expects 100 Continue gets it then, and not before."""
    async with opened(Echoing()) as line:
        line.writer.write(b"POST / HTTP/1.1\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n")
        assert await line.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.writer.write(b"ok")
        assert (await line.answer()).startswith(b"HTTP/1.1 200 ")
    async with opened(Answering(OF_FOUR, [(b"body", False)])) as other:
        other.writer.write(b"POST / HTTP/1.1\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n")
        assert (await other.reader.readuntil(b"\r\n\r\n")).startswith(START)
