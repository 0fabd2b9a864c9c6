"""The two kinds of requests: a connection gathers one and takes it whole, ASGI reads the other."""

import asyncio
import logging
import re
from asyncio import Transport
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final, Protocol

from starlette.types import Message, Scope

from api_service.http.headers import header_lines
from api_service.http.requests import BODY_IS_HERE, BODY_LIMIT, TOO_LONG
from shared.wire.error_codes import BODY_TOO_LARGE
from shared.wire.refusal import Refused

MakePress = Callable[["AnsweringConnection"], "HttpRequest"]

uvicorn_log = logging.getLogger("uvicorn.error")  # where uvicorn's own protocol logs

UNREAD_LIMIT: Final = 64 * 1024  # bytes of a body that ASGI has not read; then no more are received
STATUS_LINES: Final = {
    status.value: b"HTTP/1.1 %d %b\r\n" % (status, status.phrase.encode()) for status in HTTPStatus
}
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
PLAIN_TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")
CLOSE: Final = b"connection: close\r\n"
CRASH: Final = b"Internal Server Error"
CRASH_FIELDS: Final = header_lines((PLAIN_TEXT, (b"content-length", b"%d" % len(CRASH))))
WRONG_NAME: Final = re.compile(b'[\x00-\x1f\x7f()<>@,;:\\[\\]={} \t\\\\"]')
WRONG_VALUE: Final = re.compile(b"[\x00-\x08\x0a-\x1f\x7f]")


class AnsweringConnection(Protocol):
    """What a request uses of its connection; see `server.ApiConnection`."""

    app: Any
    transport: Transport
    writable: asyncio.Event

    def run(self, application: Coroutine[object, object, None]) -> None: ...
    def answer(self, request: "HttpRequest", status: int, headers: bytes, body: bytes) -> None: ...
    def default_lines(self) -> bytes: ...
    def finish(self, request: "HttpRequest") -> None: ...
    def close(self) -> None: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


class HttpRequest:
    """A request, from the end of its head to the end of its answer.

    Its connection gathers the body, and takes the request once that is whole and its turn has come;
    an AsgiRequest reads its body itself.
    """

    fields = b""  # lines that any answer to it has
    keep_alive = True  # whether the connection goes on behind the answer
    expects_continue = False
    body = b""  # what has come of it, and has not been read
    is_whole = False  # the body and its trailers have been read
    is_started = False  # the answer has begun
    is_answered = False
    is_gone = False  # nobody hears the answer
    is_its_turn = False  # every earlier request has been answered
    is_taken = False

    connection: AnsweringConnection

    def take(self) -> None:
        """Answer it: it is whole, and its turn has come."""
        raise NotImplementedError

    def refuse(self, refusal: Refused) -> None:
        """Answer it, though it is not whole."""
        raise NotImplementedError

    def begin(self) -> None:
        """Every earlier request has been answered."""
        self.is_its_turn = True
        if self.expects_continue and not self.is_whole:
            self.connection.transport.write(CONTINUE)
        self.go_on()

    def gather(self, body: bytes) -> None:
        """More of the body is here. What is behind its limit is dropped: it will be refused."""
        if not self.is_taken and len(self.body) <= BODY_LIMIT:
            self.body += body
            self.go_on()

    def go_on(self) -> None:
        """Take it if it is due and its client reads answers; refuse it if it is too long."""
        if self.is_taken or not self.is_its_turn:
            return
        if len(self.body) > BODY_LIMIT:
            self.give_up(Refused(BODY_TOO_LARGE, TOO_LONG.about(limit=BODY_LIMIT)))
        elif self.is_whole and self.connection.writable.is_set():
            self.is_taken = True
            self.take()

    def complete(self) -> None:
        """The body is whole, and so are its trailers."""
        self.go_on()

    def leave(self) -> None:
        """Nobody hears the answer."""
        self.is_gone = True

    def crash(self) -> None:
        """Answer what has no other answer, and close the connection."""
        self.keep_alive = False
        self.connection.answer(self, 500, CRASH_FIELDS, CRASH)

    def give_up(self, refusal: Refused) -> None:
        """Wait for no more of its body."""
        if not self.is_taken:
            self.is_taken = True
            self.refuse(refusal)


class AsgiRequest(HttpRequest):
    """A request that an ASGI application reads and answers, in a task; it is never taken."""

    def __init__(self, connection: AnsweringConnection, scope: Scope) -> None:
        self.connection = connection
        self._scope = scope
        self._news = asyncio.Event()  # for `_receive`
        self._head = b""  # of the answer, until its body's first part
        self._left: int | None = 0  # bytes of the answer's body that are due; None: it is in chunks

    def begin(self) -> None:
        """Run the application."""
        self.connection.run(self._run())

    def gather(self, body: bytes) -> None:
        """Keep what the application has not read."""
        if not self.is_answered:
            self.body += body
            if len(self.body) > UNREAD_LIMIT:
                self.connection.pause_reading()
            self._news.set()

    def complete(self) -> None:
        """Tell the application's reader that it needs no timer."""
        self._scope[BODY_IS_HERE] = True
        self._news.set()

    def go_on(self) -> None:
        """The client reads again: `_send` waits for that by itself."""

    def leave(self) -> None:
        """Tell the application that its client is gone."""
        self.is_gone = True
        self._news.set()

    async def _run(self) -> None:
        try:
            await self.connection.app(self._scope, self._receive, self._send)
        except BaseException as error:  # noqa: BLE001 - as uvicorn: what is cancelled is answered, too
            log_crash(error)
        else:
            if self.is_answered or self.is_gone:
                return
            what = "completing" if self.is_started else "starting"
            uvicorn_log.error("ASGI callable returned without %s response.", what)
        if self.is_gone:
            return
        if self.is_started:
            self.connection.close()
        else:
            self.crash()

    async def _receive(self) -> Message:
        connection = self.connection
        if self.expects_continue and not connection.transport.is_closing():
            self.expects_continue = False
            connection.transport.write(CONTINUE)
        if not self.is_gone and not self.is_answered:
            connection.resume_reading()
            await self._news.wait()
            self._news.clear()
        if self.is_gone or self.is_answered:
            return {"type": "http.disconnect"}
        body, self.body = self.body, b""
        return {"type": "http.request", "body": body, "more_body": not self.is_whole}

    async def _send(self, message: Message) -> None:
        if not self.is_gone:
            await self.connection.writable.wait()
        if self.is_gone:
            return
        expected = "http.response.body" if self.is_started else "http.response.start"
        if self.is_answered or message["type"] != expected:
            raise RuntimeError(f"Unexpected ASGI message '{message['type']}'.")
        if not self.is_started:
            self.is_started, self.expects_continue = True, False
            self._head = self._head_of(message)
            return
        more = message.get("more_body", False)
        body = self._framed(message.get("body", b""), more=more)
        head, self._head = self._head, b""
        if not self.connection.transport.is_closing():
            self.connection.transport.write(head + body)
        if not more:
            if self._left:
                raise RuntimeError("Response content shorter than Content-Length")
            self.is_answered = True
            self._news.set()
            self.connection.finish(self)

    def _head_of(self, message: Message) -> bytes:
        """The head of the answer; notes how its body is framed, and whether it is the last."""
        status, fields = message["status"], message["headers"]
        length, closes = None, False
        for name, value in fields:
            if WRONG_NAME.search(name) or WRONG_VALUE.search(value):
                raise RuntimeError("Invalid HTTP header.")
            if name.lower() == b"content-length":
                length = int(value)
            elif name.lower() == b"connection":
                closes |= b"close" in [token.strip() for token in value.lower().split(b",")]
        self.keep_alive = self.keep_alive and not closes
        has_no_body = self._scope["method"] == "HEAD" or status in (204, 304)
        self._left = 0 if has_no_body else length
        lines = header_lines((name.lower(), value) for name, value in fields)
        if not self.keep_alive and not closes:
            lines += CLOSE
        if self._left is None:
            lines += b"transfer-encoding: chunked\r\n"
        return STATUS_LINES[status] + self.connection.default_lines() + lines + b"\r\n"

    def _framed(self, body: bytes, *, more: bool) -> bytes:
        """A part of the answer's body as it is sent."""
        if self._scope["method"] == "HEAD":
            return b""
        if self._left is None:
            chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            return chunk if more else chunk + b"0\r\n\r\n"
        self._left -= len(body)
        if self._left < 0:
            raise RuntimeError("Response content longer than Content-Length")
        return body


def log_crash(error: BaseException) -> None:
    """Log an error of ours."""
    uvicorn_log.error("Exception in ASGI application\n", exc_info=error)  # as uvicorn does
