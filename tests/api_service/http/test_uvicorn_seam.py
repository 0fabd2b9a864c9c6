"""uvicorn's undocumented parts are as the seam expects; a failing test names the change."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from api_service.http.uvicorn_seam import FIELD_MARKS, UvicornServer

from tests.api_service.http.uvicorn_line import STANDING, Line, opened
from tests.waiting import until

REQUEST = b"GET /here HTTP/1.1\r\nhost: a\r\n\r\n"


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with opened() as line:
        yield line


async def test_protocol_on_message_and_on_headers_callbacks_tell_a_requests_moments(
    line: Line,
) -> None:
    """The hooks run before uvicorn acts, so that a refused head starts no request."""
    line.writer.write(b"POST / HTTP/1.1\r\ncontent-length: 2\r\n")
    await until(lambda: asyncio.sleep(0, "head begins" in line.connection.moments))
    assert line.connection.moments == ["head begins"]
    line.writer.write(b"\r\n")
    await until(lambda: asyncio.sleep(0, "head ends" in line.connection.moments))
    assert line.connection.moments == ["head begins", "head ends"]
    line.writer.write(b"ab")
    await line.answer()
    assert line.connection.moments == ["head begins", "head ends", "body ends"]


async def test_protocol_url_and_headers_hold_the_whole_head(line: Line) -> None:
    line.writer.write(REQUEST)
    await line.answer()
    assert line.connection.head_lengths == [len(b"/here") + len(b"hosta") + FIELD_MARKS]


async def test_cycle_scope_is_that_of_the_application(line: Line) -> None:
    """The application finds what was put there before it reads the body."""
    line.writer.write(REQUEST)
    await line.answer()
    assert line.scopes[0]["noted"] is True


async def test_cycle_response_complete_tells_whether_all_is_answered(line: Line) -> None:
    states = [line.connection.is_answered]
    line.may_answer.clear()
    line.writer.write(REQUEST)
    await until(lambda: asyncio.sleep(0, bool(line.scopes)))
    states.append(line.connection.is_answered)
    line.may_answer.set()
    await line.answer()
    states.append(line.connection.is_answered)
    assert states == [True, False, True]


async def test_cycle_keep_alive_decides_whether_the_connection_goes_on(line: Line) -> None:
    line.may_answer.clear()
    line.writer.write(REQUEST)
    await until(lambda: asyncio.sleep(0, bool(line.scopes)))
    line.connection.close_when_answered()
    line.may_answer.set()
    await line.answer()
    assert await line.reader.read() == b""


async def test_protocol_pipeline_holds_requests_that_wait(line: Line) -> None:
    line.may_answer.clear()
    line.writer.write(3 * REQUEST)
    await until(lambda: asyncio.sleep(0, bool(line.scopes)))
    assert len(line.connection.pipeline) == 2
    line.may_answer.set()
    for _ in range(3):
        await line.answer()
    assert len(line.connection.pipeline) == 0


PRESS = b"POST /press HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody"


async def test_protocol_on_body_has_the_body_of_a_request_that_is_answered_without_asgi(
    line: Line,
) -> None:
    """The answer has the status line, the standing headers, the answer's own, and its body."""
    line.writer.write(PRESS)
    head = await line.answer()
    assert head == b"HTTP/1.1 201 Created\r\nx-standing: yes\r\ncontent-length: 2\r\n\r\n"
    assert [request.body for request in line.connection.taken] == [b"body"]
    assert line.connection.moments == ["head begins", "head ends", "body ends"]
    assert line.scopes == []


async def test_protocol_cycle_may_be_a_request_that_is_answered_without_asgi(line: Line) -> None:
    """What is pipelined behind it waits for its answer; the connection is busy until then."""
    line.may_answer.clear()
    line.writer.write(PRESS + REQUEST)
    await until(lambda: asyncio.sleep(0, bool(line.connection.taken)))
    assert (line.connection.is_answered, len(line.connection.pipeline)) == (False, 1)
    assert line.scopes == []
    line.may_answer.set()
    assert (await line.answer()).startswith(b"HTTP/1.1 201 ")
    assert (await line.answer()).startswith(b"HTTP/1.1 200 ")
    assert line.connection.is_answered
    assert len(line.connection.server_state.tasks) == 0


@pytest.mark.parametrize(
    "written",
    [
        PRESS.replace(b"HTTP/1.1", b"HTTP/1.0"),
        PRESS.replace(b"host: a", b"connection: close"),
        PRESS.replace(b"content-length: 4\r\n\r\n", b"transfer-encoding: chunked\r\n\r\n4\r\n")
        + b"\r\n0\r\n\r\n",
        REQUEST + PRESS,
    ],
)
async def test_protocol_parser_and_pipeline_give_such_a_request_in_its_turn(
    line: Line, written: bytes
) -> None:
    """Of an older HTTP, on a connection that shall close, in chunks, behind another one."""
    line.writer.write(written)
    if written.startswith(REQUEST):
        assert (await line.answer()).startswith(b"HTTP/1.1 200 ")
    answer = await line.answer()
    assert answer.startswith(b"HTTP/1.1 201 ")
    is_last = b"HTTP/1.0" in written or b"close" in written
    assert (b"connection: close" in answer) == is_last
    assert [request.body for request in line.connection.taken] == [b"body"]


async def test_protocol_cycle_may_be_one_whose_head_was_not_parsed(line: Line) -> None:
    """Each request has its own body; a head that differs is parsed."""
    for one in (PRESS, PRESS[:-4] + b"next", PRESS.replace(b"host: a", b"host: b")):
        line.writer.write(one)
        await line.answer()
    assert [request.body for request in line.connection.taken] == [b"body", b"next", b"body"]
    assert line.connection.moments.count("known head") == 1
    assert line.connection.moments.count("head ends") == 2


@pytest.mark.parametrize("length", range(1, len(PRESS)))
async def test_protocol_on_body_may_come_in_pieces(line: Line, length: int) -> None:
    line.writer.write(PRESS[:length])
    await until(lambda: asyncio.sleep(0, bool(line.connection.moments)))
    line.writer.write(PRESS[length:])
    assert (await line.answer()).startswith(b"HTTP/1.1 201 ")


CHUNKED = (
    b"POST /here HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n4;x=1\r\nbody\r\n0\r\n"
)
TRAILERS = b"Host: b\r\nExpect: 100-continue\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"


@pytest.mark.parametrize("pieces", [1, 2, 7])
async def test_protocol_headers_get_no_field_from_behind_a_body_in_chunks(
    line: Line, pieces: int
) -> None:
    """uvicorn appends them to its list of headers, which is another one by then."""
    data = CHUNKED + TRAILERS
    length = -(-len(data) // pieces)
    for start in range(0, len(data), length):
        line.writer.write(data[start : start + length])
        await line.writer.drain()
        await until(lambda: asyncio.sleep(0, bool(line.connection.moments)))
    line.writer.write(REQUEST)
    for _ in range(2):
        assert b" 200 " in await line.answer()
    scope, _ = line.scopes
    assert scope["headers"] == [(b"host", b"a"), (b"transfer-encoding", b"chunked")]
    assert sum(line.connection.body_lengths) == len(b"body")
    assert line.connection.trailer_lengths[-1] == len(TRAILERS) - len(b"\r\n")


@pytest.mark.parametrize("is_answered", [True, False])
async def test_protocol_parser_obeys_a_trailer_that_ends_the_connection(
    line: Line, *, is_answered: bool
) -> None:
    """It reads nothing more then, so that the connection ends with the answer."""
    if not is_answered:
        line.may_answer.clear()
    line.writer.write(CHUNKED)
    await until(lambda: asyncio.sleep(0, bool(line.scopes)))
    await until(lambda: asyncio.sleep(0, line.connection.is_answered == is_answered))
    line.writer.write(b"Connection: close\r\n\r\n" + REQUEST)
    await until(lambda: asyncio.sleep(0, "body ends" in line.connection.moments))
    line.may_answer.set()
    assert (b"connection: close" in await line.answer()) != is_answered
    assert await line.reader.read() == b""


def refusal(line: Line) -> str:
    """Where a refusal of what is being read would go."""
    where = "amid" if line.connection.is_amid else "between"
    return where if line.connection.may_refuse else f"not {where}"


async def test_protocol_on_chunk_header_comes_before_trailers(line: Line) -> None:
    """`cycle` and `pipeline` tell whether a refusal of the rest can be taken for its answer."""
    assert refusal(line) == "between"
    line.may_answer.clear()
    line.writer.write(CHUNKED)
    await until(lambda: asyncio.sleep(0, bool(line.scopes)))
    assert refusal(line) == "amid"
    line.writer.write(b"\r\n")
    await until(lambda: asyncio.sleep(0, not line.connection.is_amid))
    assert refusal(line) == "not between"
    line.may_answer.set()
    await line.answer()
    assert refusal(line) == "between"


async def test_protocol_pipeline_and_cycle_response_started_forbid_a_refusal(line: Line) -> None:
    line.writer.write(CHUNKED)
    await line.answer()
    assert refusal(line) == "not amid"
    line.may_answer.clear()
    line.writer.write(b"\r\n" + REQUEST + CHUNKED)
    await until(lambda: asyncio.sleep(0, len(line.connection.pipeline) == 1))
    assert refusal(line) == "not amid"
    line.may_answer.set()
    for _ in range(2):
        await line.answer()


async def test_cycle_disconnected_silences_a_request(line: Line) -> None:
    """Its application reads that the client is gone, and what it answers is not sent."""
    line.may_answer.clear()
    line.writer.write(CHUNKED)
    await until(lambda: asyncio.sleep(0, bool(line.scopes)))
    line.connection.leave_unanswered()
    line.may_answer.set()
    await until(lambda: asyncio.sleep(0, not line.connection.server_state.tasks))
    line.connection.transport.close()
    assert await line.reader.read() == b""


async def test_protocol_expect_100_continue_asks_for_the_body(line: Line) -> None:
    """Once it is the request's turn, and its body is not here yet."""
    head, body = PRESS[:-4].replace(b"host: a", b"expect: 100-continue"), PRESS[-4:]
    line.may_answer.clear()
    line.writer.write(REQUEST + head)
    await until(lambda: asyncio.sleep(0, len(line.connection.pipeline) == 1))
    line.may_answer.set()
    assert (await line.answer()).startswith(b"HTTP/1.1 200 ")
    assert await line.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    line.writer.write(body)
    assert (await line.answer()).startswith(b"HTTP/1.1 201 ")


async def test_protocol_flow_tells_that_the_client_does_not_read(line: Line) -> None:
    """Then a request waits until it does."""
    line.connection.pause_writing()
    line.writer.write(PRESS)
    await until(lambda: asyncio.sleep(0, "body ends" in line.connection.moments))
    assert line.connection.taken == []
    line.connection.resume_writing()
    assert (await line.answer()).startswith(b"HTTP/1.1 201 ")


async def test_protocol_connection_lost_tells_a_request_without_asgi_that_nobody_listens(
    line: Line,
) -> None:
    line.may_answer.clear()
    line.writer.write(PRESS)
    await until(lambda: asyncio.sleep(0, bool(line.connection.taken)))
    (request,) = line.connection.taken
    assert (request.is_abandoned(), request.disconnected) == (False, False)
    line.writer.close()
    await until(lambda: asyncio.sleep(0, request.disconnected))
    assert request.is_abandoned()
    line.may_answer.set()
    await until(lambda: asyncio.sleep(0, not line.connection.server_state.tasks))
    assert not request.response_complete


@pytest.mark.parametrize("ending", ["shutdown", "close_when_answered"])
async def test_cycle_keep_alive_decides_for_a_request_without_asgi_too(
    line: Line, ending: str
) -> None:
    line.may_answer.clear()
    line.writer.write(PRESS)
    await until(lambda: asyncio.sleep(0, bool(line.connection.taken)))
    getattr(line.connection, ending)()
    line.may_answer.set()
    assert b"\r\nconnection: close\r\n" in await line.answer()
    assert await line.reader.read() == b""


async def test_server_state_default_headers_are_in_every_answer(line: Line) -> None:
    line.writer.write(REQUEST)
    assert b"x-standing: yes" in await line.answer()
    assert line.connection.standing_headers == [STANDING]


async def test_protocol_transport_is_where_answers_are_written(line: Line) -> None:
    """A request writes to the transport that is set when its head is complete."""
    written: list[bytes] = []

    class Through:
        def __init__(self, transport: asyncio.Transport) -> None:
            self._transport = transport

        def write(self, data: bytes) -> None:
            written.append(data)
            self._transport.write(data)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._transport, name)

    line.writer.write(REQUEST)
    await line.answer()
    line.connection.write_through(Through(line.connection.transport))
    line.writer.write(REQUEST)
    head = await line.answer()
    assert b"".join(written) == head + b"ok"


async def test_protocol_send_400_response_answers_what_is_no_request(line: Line) -> None:
    line.writer.write(b"no request\r\n\r\n")
    assert (await line.reader.read()).startswith(b"HTTP/1.1 400 ")
    assert len(line.connection.unreadable) == 1


async def test_protocol_unset_keepalive_if_required_lets_a_request_begin_late(line: Line) -> None:
    """uvicorn's timer for idle connections stops when something comes."""
    line.writer.write(REQUEST)
    await line.answer()
    assert line.connection.timeout_keep_alive_task is not None
    line.writer.write(REQUEST[:9])
    await until(lambda: asyncio.sleep(0, line.connection.is_in_head))
    assert line.connection.timeout_keep_alive_task is None


def with_upgrade(request: bytes, *fields: bytes) -> bytes:
    """The request, which asks for an upgrade."""
    line = request.index(b"\r\n") + 2
    asks = (b"Connection: upgrade\r\n", b"UPGRADE: h2c, websocket\r\n", b"upgrade:\r\n", *fields)
    return request[:line] + b"".join(asks) + request[line:]


@pytest.mark.parametrize("request_", [REQUEST, PRESS, PRESS.replace(b"/press", b"/here")])
async def test_protocol_parser_may_be_another_one_behind_a_head_that_asks_for_an_upgrade(
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
    heard = [*line.scopes, *(request.head.scope for request in line.connection.taken)]
    for scope in heard[:2]:
        ours = [(b"connection", b"upgrade"), (b"x-empty", b""), (b"y", b"\xe9 \t"), (b"y", b"2")]
        assert scope["headers"] == ours + heard[2]["headers"]
        assert {**scope, "headers": None} == {**heard[2], "headers": None}
    assert {request.body for request in line.connection.taken} <= {b"body"}
    body = 4 * 3 if request_.startswith(b"POST") else 0
    assert sum(line.connection.body_lengths) == body


@pytest.mark.parametrize("ending", [b"HTTP/1.0", b"connection: close"])
async def test_protocol_parser_knows_which_request_that_asks_for_an_upgrade_is_the_last(
    line: Line, ending: bytes
) -> None:
    """Also the parser that takes over, which reads what is behind the last one without an error."""
    changed = b"HTTP/1.1" if ending.startswith(b"HTTP") else b"host: a"
    for request in (PRESS, REQUEST):
        async with opened() as other:
            other.writer.write(with_upgrade(request.replace(changed, ending)) + REQUEST)
            assert b"\r\nconnection: close\r\n" in await other.answer()
            assert await other.reader.read() == b""
            assert (
                len(other.connection.taken) + len(other.scopes),
                other.connection.unreadable,
            ) == (1, [])


async def test_protocol_parser_reads_nothing_behind_the_method_connect(line: Line) -> None:
    """The parser says of it, too, that it asks for an upgrade."""
    line.writer.write(REQUEST.replace(b"GET", b"CONNECT") + REQUEST)
    assert b"\r\nconnection: close\r\n" in await line.answer()
    assert await line.reader.read() == b""
    assert len(line.scopes) == 1


async def test_server_startup_accepts_capture_signals_is_left_out_and_servers_close() -> None:
    """The process keeps its signals, learns when the server listens, and finds it closed."""
    listens = asyncio.Event()

    class Noted(UvicornServer):
        def listens(self) -> None:
            listens.set()

    before = signal.getsignal(signal.SIGTERM)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        config = uvicorn.Config(Line().app, ws="none", lifespan="off", log_config=None)
        server = Noted(config)
        serving = asyncio.create_task(server.serve([listener]))
        await listens.wait()
        assert signal.getsignal(signal.SIGTERM) is before
        _, writer = await asyncio.open_connection(*address)
        writer.close()
        server.should_exit = True
        await serving
        assert not [each for each in server.servers if each.is_serving()]
