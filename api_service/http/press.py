"""A press and its answer, without ASGI and Starlette: these cost more than the press itself."""

from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING, Final, Protocol

from starlette.requests import Request

from api_service.http.buffered_request import BufferedRequest, Head
from api_service.http.headers import OF_JSON, fields_of, header_lines
from shared.identity.tokens import is_ulid
from shared.process.telemetry import new_request_id, request_id

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from contextvars import Context

    from starlette.responses import Response
    from starlette.types import Scope

    from api_service.http.buffered_request import AnsweringConnection
    from api_service.http.problems import Handler
    from shared.engine.press import Outcome, PressBatch
    from shared.identity.addresses import Address
    from shared.wire.refusal import Refused

_LINES: Final = fields_of({"Content-Type": "application/json", **OF_JSON}).lines


class PressCounter(Protocol):
    """What counts presses; see `routes.presses.Presses`."""

    def take(self, press: Press) -> None: ...

    def settle(self, press: Press, batch: PressBatch, outcome: Outcome | Exception) -> None: ...


class Front(Protocol):
    """What a press has in common with all requests; see `middleware.FrontController`."""

    presses: PressCounter | None

    def take(self, press: Press) -> None: ...

    def refuse(self, press: Press, refusal: Refused) -> None: ...

    def run(self, work: Coroutine[object, object, None], context: Context) -> None: ...

    def handler_of(self, error: Exception) -> Handler: ...

    def is_crash(self, handler: Handler) -> bool: ...

    def answered(self, press: Press, status: int) -> None: ...


class PressHead(Head):
    """The head of a press.

    `room_id` is as the URL has it; `request_id` is a trusted proxy's, "" for none; `cors` are the
    CORS header lines of the answer.
    """

    __slots__ = ("address", "cors", "names_room", "request_id", "room_id")

    def __init__(
        self, scope: Scope, room_id: str, address: Address, request_id: str, cors: bytes
    ) -> None:
        super().__init__(scope)  # type: ignore[arg-type]
        self.room_id = room_id
        self.names_room = is_ulid(room_id)  # no other text can name one
        self.address = address
        self.request_id = request_id
        self.cors = cors


class Press(BufferedRequest):
    """A press, until it is answered."""

    __slots__ = ("_is_over", "front", "id", "room_id", "scope", "started")

    head: PressHead

    def __init__(self, connection: AnsweringConnection, head: PressHead, front: Front) -> None:
        super().__init__(connection, head)
        self.front = front
        self.room_id = head.room_id
        self.scope = head.scope
        self.id = head.request_id or new_request_id()
        self.started = 0.0  # s, of the performance counter: when it has arrived
        self._is_over = False

    def settle(self, batch: PressBatch, outcome: Outcome | Exception) -> None:
        """Answer the press, whose batch has this outcome."""
        assert self.front.presses is not None
        self.front.presses.settle(self, batch, outcome)

    def answer(self, status: int, headers: bytes, body: bytes) -> None:
        """Send the answer; `headers` are lines, the body's length among them."""
        self.send(
            status, b"%b%bx-request-id: %b\r\n" % (headers, self.head.cors, self.id.encode()), body
        )
        self._end(status)

    def answer_with(self, response: Response) -> None:
        """Send what Starlette would."""
        headers = header_lines(response.raw_headers)
        self.answer(response.status_code, headers, bytes(response.body))

    def _end(self, status: int) -> None:
        if not self._is_over:
            self._is_over = True
            self.front.answered(self, status)

    def later(self, answering: Coroutine[object, object, bytes]) -> None:
        """Answer with the JSON, or with the error, that `answering` ends with, in a task."""
        self.run(self._answer(answering))

    def fail(self, error: Exception) -> None:
        """Answer with an error, in a task."""
        self.later(_raised(error))

    def run(self, work: Coroutine[object, object, None]) -> None:
        """Do something for the press in a task."""
        self.front.run(work, self.context())

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
            self.log_crash(error)
            self.crash()
        finally:
            self._end(500)  # unless it has been answered

    async def _answer_error(self, error: Exception) -> None:
        handler = self.front.handler_of(error)
        self.scope = {**self.scope}  # the handler notes the error's code there
        self.answer_with(await handler(Request(self.scope), error))
        if self.front.is_crash(handler):
            self.log_crash(error)


def lines_of(body: bytes) -> bytes:
    """The header lines that belong to the answer to a press, whose body is JSON."""
    return b"%bcontent-length: %d\r\n" % (_LINES, len(body))


async def _raised(error: Exception) -> bytes:
    raise error
