"""A press and its answer, without ASGI and Starlette: these cost more than the press itself."""

from __future__ import annotations

from contextvars import copy_context
from time import perf_counter
from typing import TYPE_CHECKING, Final, Protocol

from starlette.requests import Request

from api_service.http.headers import OF_JSON, fields_of, header_lines
from shared.process.telemetry import request_id

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from contextvars import Context

    from starlette.responses import Response
    from starlette.types import Scope

    from api_service.http.headers import Fields
    from api_service.http.problems import Handler
    from api_service.http.uvicorn_seam import BufferedRequest

_LINES: Final = fields_of({"Content-Type": "application/json", **OF_JSON}).lines


class Front(Protocol):
    """What a press has in common with all requests; see `middleware.FrontController`."""

    def cors_of(self, scope: Scope) -> Fields: ...

    def new_id(self, scope: Scope) -> str: ...

    def run(self, work: Coroutine[object, object, None], context: Context) -> None: ...

    def handler_of(self, error: Exception) -> Handler: ...

    def is_crash(self, handler: Handler) -> bool: ...

    def answered(self, press: Press, status: int, seconds: float) -> None: ...


class Press:
    """A press that has been read, until it is answered."""

    __slots__ = ("_cors", "_front", "_is_over", "_request", "_started", "id")

    def __init__(self, front: Front, request: BufferedRequest) -> None:
        self._front = front
        self._request = request
        self._started = perf_counter()
        self._is_over = False
        self._cors = front.cors_of(request.scope)
        self.id = front.new_id(request.scope)

    @property
    def room_id(self) -> str:
        """The room, as the URL names it."""
        return self._request.room_id

    @property
    def body(self) -> bytes:
        """The request's body."""
        return self._request.body

    @property
    def scope(self) -> Scope:
        """The request's headers and peer, as ASGI has them."""
        return self._request.scope

    def is_abandoned(self) -> bool:
        """Whether the client has closed the connection, so that no answer can reach it."""
        return self._request.is_abandoned()

    def answer(self, status: int, headers: bytes, body: bytes) -> None:
        """Send the answer; `headers` are lines, the body's length among them."""
        lines = b"%b%bx-request-id: %b\r\n" % (headers, self._cors.lines, self.id.encode())
        self._request.answer(status, lines, body)
        self._end(status)

    def answer_with(self, response: Response) -> None:
        """Send what Starlette would."""
        headers = header_lines(response.raw_headers)
        self.answer(response.status_code, headers, bytes(response.body))

    def _end(self, status: int) -> None:
        if not self._is_over:
            self._is_over = True
            self._front.answered(self, status, perf_counter() - self._started)

    def later(self, answering: Coroutine[object, object, bytes]) -> None:
        """Answer with the JSON, or with the error, that `answering` ends with, in a task."""
        self.run(self._answer(answering))

    def run(self, work: Coroutine[object, object, None]) -> None:
        """Do something for the press in a task."""
        self._front.run(work, self.context())

    def context(self) -> Context:
        """A context whose log lines have the request's id."""
        context = copy_context()
        context.run(request_id.set, self.id)
        return context

    async def _answer(self, answering: Coroutine[object, object, bytes]) -> None:
        try:
            try:
                body = await answering
            except Exception as error:  # noqa: BLE001 - its handler makes an answer of it
                await self._answer_error(error)
            else:
                self.answer(200, lines_of(body), body)
        except Exception as error:  # noqa: BLE001 - it is logged; nobody else could take it
            self._request.log_crash(error)
            self._request.crash()
        finally:
            self._end(500)  # unless it has been answered

    async def _answer_error(self, error: Exception) -> None:
        handler = self._front.handler_of(error)
        self.answer_with(await handler(Request(self.scope), error))
        if self._front.is_crash(handler):
            self._request.log_crash(error)


def lines_of(body: bytes) -> bytes:
    """The header lines that belong to the answer to a press, whose body is JSON."""
    return b"%bcontent-length: %d\r\n" % (_LINES, len(body))


async def refused(error: Exception) -> bytes:
    """Answer with an error."""
    raise error
