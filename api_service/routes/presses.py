"""The press route: read the request, identify the viewer, count in one call of Redis, answer.

This is the hot path. The server gathers the request (`api_service/http/server.py`);
`shared/engine/functions/press.lua` does the counting.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any, Final, cast

import msgspec
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from api_service.http import middleware
from api_service.http.headers import OF_JSON, fields_of, header_lines
from api_service.http.operations import Operation
from api_service.http.request_kinds import AnsweringConnection, HttpRequest, log_crash
from api_service.http.requests import HUNG_UP, NOT_JSON, decoded, field_problem, whole
from api_service.metrics import ApiMetrics
from api_service.routes.display_names import DisplayNames
from api_service.routes.name_masks import NameMasks
from api_service.routes.results import summary_of
from shared.engine import refusals, replies
from shared.engine.engine import Engine
from shared.engine.keys import room_key
from shared.engine.press import GROUP_LIMIT, Outcome, SenderGone
from shared.identity.names import clean_name
from shared.identity.tokens import Signer, is_ulid
from shared.process.tasks import copy_of
from shared.process.telemetry import fields, new_request_id, request_id
from shared.redis_store.batcher import Batcher, Group
from shared.wire import error_codes, rest_bodies
from shared.wire.languages import Sentence
from shared.wire.parts import Stat
from shared.wire.refusal import Refused
from shared.wire.room_settings import decode

log = logging.getLogger(__name__)

BOTH_FORMS: Final = Sentence(
    "Expected either push_events or event_type",
    "push_events と event_type の、どちらか一方を指定してください",
)
NEEDS_BATCH_ID: Final = Sentence(
    "batch_no: needs a batch_id", "batch_no：batch_id も指定してください"
)
INTEGERS: Final = frozenset({"batch_no", "push_count"})  # which may be written as `1.0`
_LINES: Final = fields_of({"Content-Type": "application/json", **OF_JSON}).lines
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(rest_bodies.PressRequest)


@dataclass(eq=False)
class Presses:
    """The press route: what all presses share."""

    engine: Engine
    signer: Signer
    names: DisplayNames
    masks: NameMasks
    metrics: ApiMetrics

    def __post_init__(self) -> None:
        self.running: set[asyncio.Task[None]] = set()
        # Presses whose names must be fetched, or what their room masks in them. Those of a room
        # that arrive together share a task.
        self.unnamed: Batcher[Press, str] = Batcher(
            self._names_of, self._count_named, limit=GROUP_LIMIT, overlapping=True
        )

    @Operation(
        "POST",
        "/api/rooms/{room_id}/events",
        body=(rest_bodies.Batch, rest_bodies.SinglePress),
        answers=(rest_bodies.Pressed, rest_bodies.PressedTooLate),
        refusals=(
            error_codes.INVALID_PUSH_COUNT,
            error_codes.UNKNOWN_EVENT_TYPE,
            error_codes.INVALID_VIEWER,
            error_codes.GAME_NOT_STARTED,
            error_codes.LEDGER_FULL,
        ),
    )
    def press(
        self,
        scope: Scope,
        room_id: str,
        source: str,
        cors: bytes,
        told_id: str,
        connection: AnsweringConnection,
    ) -> "Press":
        """Press buttons, in a batch or one at a time."""
        return Press(self, scope, room_id, source, cors, told_id or new_request_id(), connection)

    async def _names_of(self, group: Group["Press"]) -> list[str | Exception]:
        """The names that the presses' room shows, or the errors."""
        nameless = [press.viewer for press in group.items if not press.name]
        names = dict(zip(nameless, await self.names.read_all(nameless), strict=True))
        shown: list[str | Exception] = []
        for press in group.items:
            try:
                name = press.name or names[press.viewer]
                if isinstance(name, BaseException):
                    raise name
                shown.append(await self.masks.masked(group.key, name) if name else "")
            except Exception as error:  # noqa: BLE001 - the client gets it
                shown.append(copy_of(error))
        return shown

    def _count_named(self, group: Group["Press"], names: Sequence[str | Exception]) -> None:
        for press, name in zip(group.items, names, strict=True):
            try:
                if isinstance(name, Exception):
                    raise name
                press.name = name
                self.engine.pressing.add(room_key(group.key), press)
            except Exception as error:  # noqa: BLE001 - the client gets it
                press.resolve(error)

    async def require_known(self, room_id: str, presses: Mapping[str, int]) -> None:
        """Raise UnknownEventType if the room exists and lacks one of the buttons."""
        if not presses or not is_ulid(room_id):
            return
        try:
            room = await self.engine.describe(room_id)
        except refusals.RoomNotFound:
            return
        known = {button.event_type for button in decode(room.settings).buttons}
        for event_type in presses:
            if event_type not in known:
                raise refusals.UnknownEventType(event_type)


class Press(HttpRequest):
    """A press, from its head to its answer; for the engine it is a PressBatch once it is taken.

    It has no task, and passes neither ASGI nor Starlette: these cost more than the press itself.
    """

    presses: Mapping[str, int]

    def __init__(
        self,
        route: Presses,
        scope: Scope,
        room_id: str,
        source: str,
        cors: bytes,
        its_id: str,
        connection: AnsweringConnection,
    ) -> None:
        self._route = route
        self.scope = scope
        self.room_id = room_id
        self.source = source
        self.id = its_id
        self.fields = b"%bx-request-id: %b\r\n" % (cors, its_id.encode())
        self.connection = connection
        self.is_abandoned = connection.transport.is_closing  # no answer can reach the client then
        self._started = 0.0  # s, of the performance counter: when it has arrived
        self._is_over = False

    # From its arrival to its call of Redis.

    def take(self) -> None:
        """Count it; it gets its answer when its room's call has returned."""
        self._started = perf_counter()
        route = self._route
        self.connection.app.in_flight += 1
        if self.connection.app.in_flight > middleware.IN_FLIGHT_LIMIT:
            self.run(self._shed())  # not here: the answer lets the next pipelined press in
            return
        try:
            request = read_press(self.body)
            self.presses = presses_by_button(request)
            viewer = route.signer.verify_viewer(request.viewer_id)
            if viewer is None or not self.room_id:
                self._later(self._refuse(viewer))
                return
            self.viewer = viewer
            self.name = clean_name(request.viewer_name) if request.viewer_name else ""
            self.batch_id, self.batch_no = request.batch_id or "", request.batch_no or 0
            try:
                if self.presses and (name := self.name or route.names.get_cached(viewer)):
                    self.name = route.masks.masked_from_cache(self.room_id, name)
            except KeyError:
                self._context().run(route.unnamed.add, self.room_id, self)
            else:
                route.engine.pressing.add(room_key(self.room_id), self)
        except Exception as error:  # noqa: BLE001 - the client gets it
            self._fail(error)

    async def _shed(self) -> None:
        self._answer_with(self.connection.app.overloaded(self.scope))

    async def _refuse(self, viewer: str | None) -> bytes:
        """Raises Refused, in the order 400, 401, 404."""
        if viewer is None:
            await self._route.require_known(self.room_id, self.presses)
            raise Refused(error_codes.INVALID_VIEWER)
        raise Refused(error_codes.ROOM_NOT_FOUND)

    def refuse(self, refusal: Refused) -> None:
        """Refuse it, though it has not arrived whole."""
        self._started = perf_counter()
        self.connection.app.in_flight += 1
        self._fail(refusal)

    # From the outcome to the answer.

    def resolve(self, outcome: Outcome | Exception) -> None:
        """Answer it with its outcome."""
        if not isinstance(outcome, replies.Counting):
            self._later(self._answer_to_uncounted(outcome))
            return
        try:
            self._route.metrics.count(outcome)
            if outcome.fired:
                self._context().run(log_triggers, self.room_id, outcome.fired)
            headers, body = encoded_answer(self.room_id, outcome)
            self.connection.answer(self, 200, headers, body)
            self._end(200)
        except Exception as error:  # noqa: BLE001 - the client gets it, and others their answers
            self._fail(error)

    async def _answer_to_uncounted(self, outcome: replies.RoundOver | Exception) -> bytes:
        """The answer to a press that was not counted. Raises Refused or StoreError."""
        if isinstance(outcome, SenderGone):
            raise Refused(error_codes.INVALID_REQUEST, HUNG_UP)
        if isinstance(outcome, replies.RoundOver | refusals.GameNotStarted):
            await self._route.require_known(self.room_id, self.presses)
        if isinstance(outcome, Exception):
            raise outcome
        engine = self._route.engine
        summary = await summary_of(engine, self.room_id, outcome.round, self.viewer, self.name)
        return _encoder.encode(
            rest_bodies.PressedTooLate(final=outcome.final, viewer_summary=summary)
        )

    def _answer(self, status: int, headers: bytes, body: bytes) -> None:
        """Send the answer; `headers` are lines, the body's length among them."""
        self.connection.answer(self, status, headers, body)
        self._end(status)

    def _answer_with(self, response: Response) -> None:
        """Send what Starlette would."""
        headers = header_lines(response.raw_headers)
        self._answer(response.status_code, headers, bytes(response.body))

    def _end(self, status: int) -> None:
        """Count and log it, once."""
        if self._is_over:
            return
        self._is_over = True
        self.connection.app.in_flight -= 1
        seconds = perf_counter() - self._started
        self._route.metrics.observe(seconds)
        if status >= 400 or middleware.log.isEnabledFor(logging.DEBUG):
            middleware.log_answer(self.scope, status, seconds, request_id=self.id)

    # Whatever needs a task.

    def run(self, work: Coroutine[object, object, None]) -> None:
        """Do something for the press in a task."""
        task = asyncio.create_task(work, name="press", context=self._context())
        self._route.running.add(task)
        task.add_done_callback(self._route.running.discard)

    def _context(self) -> Context:
        """A context whose log lines have the request's id."""
        context = copy_context()
        context.run(request_id.set, self.id)
        return context

    def _later(self, answering: Coroutine[object, object, bytes]) -> None:
        """Answer with the JSON, or with the error, that `answering` ends with."""
        self.run(self._answer_later(answering))

    def _fail(self, error: Exception) -> None:
        """Answer with an error."""
        self._later(_raised(error))

    async def _answer_later(self, answering: Coroutine[object, object, bytes]) -> None:
        try:
            try:
                body = await answering
            except Exception as error:  # noqa: BLE001 - its handler makes an answer of it
                await self._answer_error(error)
            else:
                self._answer(200, lines_of(body), body)
        except Exception as error:  # noqa: BLE001 - it is logged; nobody else could take it
            log_crash(error)
            self.crash()
        finally:
            self._end(500)  # unless it has been answered

    async def _answer_error(self, error: Exception) -> None:
        handler = self.connection.app.handler_of(error)
        self.scope = {**self.scope}  # the handler notes the error's code there
        self._answer_with(await handler(Request(self.scope), error))
        if self.connection.app.is_crash(handler):
            log_crash(error)


async def _raised(error: Exception) -> bytes:
    raise error


def lines_of(body: bytes) -> bytes:
    """The header lines that belong to the answer to a press, whose body is JSON."""
    return b"%bcontent-length: %d\r\n" % (_LINES, len(body))


def log_triggers(room_id: str, fired: tuple[replies.Fired, ...]) -> None:
    """Log the triggers that a batch fired."""
    for trigger in fired:
        log.info(
            "event triggered",
            extra=fields(
                room_id=room_id,
                event_type=trigger.event_type,
                count=trigger.threshold,
                seq=trigger.seq,
            ),
        )
        log.info(
            "event published to pubsub",
            extra=fields(room_id=room_id, event_type=trigger.event_type),
        )


@lru_cache(maxsize=2 * GROUP_LIMIT)  # batches of one call with the same outcome share one
def encoded_answer(room_id: str, counting: replies.Counting) -> tuple[bytes, bytes]:
    """The header lines of the answer to a counted batch, and its JSON."""
    state = counting.state
    body = _encoder.encode(
        rest_bodies.Pressed(
            room_id=room_id,
            round=state.round,
            viewer_count=state.viewer_count,
            send_every_ms=state.send_every_ms,
            accepted=counting.accepted,
            rejected=sum(msgspec.structs.astuple(counting.rejected)),
            rejected_by=counting.rejected,
            duplicate=counting.duplicate,
            event_results=counting.results,
            # msgspec writes it as it is
            stats=cast("tuple[Stat, ...]", state.encoded_stats),
        )
    )
    return lines_of(body), body


def read_press(body: bytes) -> rest_bodies.PressRequest:
    """Decode the body of a press. Raises Refused, which names the wrong field."""
    try:
        return _decoder.decode(body)
    except NOT_JSON:
        return decoded(body, _read_carefully)


def _read_carefully(body: bytes) -> rest_bodies.PressRequest:
    """Decode again what the fast decoder refused, and accept integers written as `1.0`."""
    try:
        return _decoder.decode(body)
    except msgspec.ValidationError as error:
        first = error
    try:
        raw = msgspec.json.decode(body)
    except msgspec.ValidationError:
        raise _refused(first) from None
    try:
        return msgspec.convert(_with_whole_numbers(raw), rest_bodies.PressRequest)
    except msgspec.ValidationError as error:
        raise _refused(error) from None


def _with_whole_numbers(raw: Any) -> Any:
    events = raw.get("push_events") if isinstance(raw, dict) else None
    for part in (raw, *(events if isinstance(events, list) else ())):
        if isinstance(part, dict):
            part.update({name: whole(part[name]) for name in INTEGERS & part.keys()})
    return raw


def _refused(error: msgspec.ValidationError) -> Refused:
    kind = (
        error_codes.INVALID_PUSH_COUNT if "push_count" in str(error) else error_codes.INVALID_BODY
    )
    return Refused(kind, field_problem(error))


def presses_by_button(request: rest_bodies.PressRequest) -> dict[str, int]:
    """The presses by button; a button named twice gets the sum.

    Raises Refused unless the request has exactly one of its two forms, and a `batch_id` if it has a
    `batch_no`.
    """
    if request.batch_no is not None and request.batch_id is None:
        raise Refused(error_codes.INVALID_BODY, NEEDS_BATCH_ID)
    events, event_type = request.push_events, request.event_type
    if event_type is not UNSET and events is UNSET:
        return {event_type: 1}
    if events is UNSET or event_type is not UNSET:
        raise Refused(error_codes.INVALID_BODY, BOTH_FORMS)
    presses: dict[str, int] = {}
    for event in events:
        presses[event.button_name] = presses.get(event.button_name, 0) + event.push_count
    return presses
