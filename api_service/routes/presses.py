"""The press route: read the request, identify the viewer, count in one call of Redis, answer.

This is the hot path. `shared/engine/functions/press.lua` does the counting.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
from msgspec import UNSET

from api_service.http.operations import Operation
from api_service.http.press import lines_of
from api_service.http.requests import HUNG_UP, NOT_JSON, decoded, field_problem
from api_service.routes.results import summary_of
from shared.engine import refusals, replies
from shared.engine.press import GROUP_LIMIT, PressBatch, SenderGone
from shared.identity.names import clean_name
from shared.identity.tokens import is_ulid
from shared.process.tasks import copy_of
from shared.process.telemetry import fields
from shared.redis_store.batcher import Batcher
from shared.wire import error_codes, rest_bodies
from shared.wire.languages import Sentence
from shared.wire.refusal import Refused
from shared.wire.room_settings import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from api_service.http.press import Press
    from api_service.metrics import ApiMetrics
    from api_service.routes.display_names import DisplayNames
    from api_service.routes.moderation.name_masks import NameMasks
    from shared.engine.engine import Engine
    from shared.engine.press import Outcome
    from shared.identity.tokens import Signer
    from shared.redis_store.batcher import Group
    from shared.wire.parts import Stat

log = logging.getLogger(__name__)

BOTH_FORMS: Final = Sentence(
    "Expected either push_events or event_type",
    "push_events と event_type の、どちらか一方を指定してください",
)
NEEDS_BATCH_ID: Final = Sentence(
    "batch_no: needs a batch_id", "batch_no：batch_id も指定してください"
)
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(rest_bodies.PressRequest)


class Presses:
    """The press route."""

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        names: DisplayNames,
        masks: NameMasks,
        metrics: ApiMetrics,
    ) -> None:
        self._engine = engine
        self._signer = signer
        self._names = names
        self._masks = masks
        self._metrics = metrics
        # Batches whose names must be fetched, or what their room masks in them. Those of a room
        # that arrive together share a task.
        self._unnamed: Batcher[PressBatch, PressBatch] = Batcher(
            self._name, self._count_named, limit=GROUP_LIMIT, overlapping=True
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
    async def press(self, _: Request) -> Response:
        """Press buttons, in a batch or one at a time."""
        raise NotImplementedError  # the server gives presses to `take`, not to ASGI

    def take(self, press: Press) -> None:
        """Count a press; it gets its answer when its room's call has returned."""
        try:
            request = read_press(press.body)
            presses = presses_by_button(request)
        except Refused as refusal:
            press.fail(refusal)
            return
        viewer = self._signer.verify_viewer(request.viewer_id)
        if viewer is None or not press.head.names_room:
            press.later(self._refuse(press.room_id, presses, viewer))
            return
        name = clean_name(request.viewer_name) if request.viewer_name else ""
        batch = PressBatch(
            viewer,
            presses,
            request.batch_id or "",
            address=press.head.address,
            client=press,
            name=name,
            batch_no=request.batch_no or 0,
        )
        try:
            if presses:
                name = name or self._names.get_cached(viewer)
                name = self._masks.masked_from_cache(press.room_id, name) if name else name
        except KeyError:
            self._unnamed.add(press.room_id, batch)
        else:
            self._engine.pressing.add(press.room_id, batch._replace(name=name) if name else batch)

    async def _name(self, group: Group[PressBatch]) -> list[PressBatch | Exception]:
        """The batches with the names that their room shows, or the errors."""
        nameless = [batch.viewer for batch in group.items if not batch.name]
        names = dict(zip(nameless, await self._names.read_all(nameless), strict=True))
        named: list[PressBatch | Exception] = []
        for batch in group.items:
            try:
                name = batch.name or names[batch.viewer]
                if isinstance(name, BaseException):
                    raise name
                if name:
                    name = await self._masks.masked(group.key, name)
                named.append(batch._replace(name=name))
            except Exception as error:  # noqa: BLE001 - the client gets it
                named.append(copy_of(error))
        return named

    def _count_named(
        self, group: Group[PressBatch], named: Sequence[PressBatch | Exception]
    ) -> None:
        for batch, outcome in zip(group.items, named, strict=True):
            if isinstance(outcome, Exception):
                batch.client.settle(batch, outcome)
            else:
                self._engine.pressing.add(group.key, outcome)

    async def _refuse(self, room_id: str, presses: Mapping[str, int], viewer: str | None) -> bytes:
        """Raises Refused, in the order 400, 401, 404."""
        if viewer is None:
            await self._require_known(room_id, presses)
            raise Refused(error_codes.INVALID_VIEWER)
        raise Refused(error_codes.ROOM_NOT_FOUND)

    def settle(self, press: Press, batch: PressBatch, outcome: Outcome | Exception) -> None:
        """Answer a press whose batch has this outcome."""
        if not isinstance(outcome, replies.Counting):
            press.later(self._answer_uncounted(press.room_id, batch, outcome))
            return
        try:
            self._metrics.count(outcome)
            if outcome.fired:
                press.context().run(log_triggers, press.room_id, outcome.fired)
            press.answer(200, *encoded_answer(press.room_id, outcome))
        except Exception as error:  # noqa: BLE001 - the client gets it, and others their answers
            press.fail(error)

    async def _answer_uncounted(
        self, room_id: str, batch: PressBatch, outcome: replies.RoundOver | Exception
    ) -> bytes:
        """The answer to a press that was not counted. Raises Refused or StoreError."""
        if isinstance(outcome, SenderGone):
            raise Refused(error_codes.INVALID_REQUEST, HUNG_UP)
        if isinstance(outcome, replies.RoundOver | refusals.GameNotStarted):
            await self._require_known(room_id, batch.presses)
        if isinstance(outcome, Exception):
            raise outcome
        summary = await summary_of(self._engine, room_id, outcome.round, batch.viewer, batch.name)
        return _encoder.encode(
            rest_bodies.PressedTooLate(final=outcome.final, viewer_summary=summary)
        )

    async def _require_known(self, room_id: str, presses: Mapping[str, int]) -> None:
        """Raise UnknownEventType if the room exists and lacks one of the buttons."""
        if not presses or not is_ulid(room_id):
            return
        try:
            room = await self._engine.describe(room_id)
        except refusals.RoomNotFound:
            return
        known = {button.event_type for button in decode(room.settings).buttons}
        for event_type in presses:
            if event_type not in known:
                raise refusals.UnknownEventType(event_type)


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
    body = _encoder.encode(pressed(room_id, counting))
    return lines_of(body), body


def pressed(room_id: str, counting: replies.Counting) -> rest_bodies.Pressed:
    """The answer to a counted batch."""
    state = counting.state
    # A repeated batch may name a button that was removed from the settings since.
    results = [result for result in counting.results if result.event_type in state.by_type]
    last_seqs = {fired.event_type: fired.seq for fired in counting.fired}
    return rest_bodies.Pressed(
        room_id=room_id,
        round=state.round,
        viewer_count=state.viewer_count,
        send_every_ms=state.send_every_ms,
        accepted=counting.accepted,
        rejected=sum(msgspec.structs.astuple(counting.rejected)),
        rejected_by=counting.rejected,
        duplicate=counting.duplicate,
        event_results=tuple(
            [
                _event_result(result, state.by_type[result.event_type], last_seqs)
                for result in results
            ]
        ),
        stats=cast("tuple[Stat, ...]", state.encoded_stats),  # msgspec writes it as it is
    )


def _event_result(
    result: replies.Counted, state: Stat, last_seqs: Mapping[str, int]
) -> rest_bodies.EventResult:
    return rest_bodies.EventResult(
        event_type=result.event_type,
        accepted=result.accepted,
        current_count=state.current_count,
        required_count=state.required_count,
        remaining_count=state.remaining_count,
        progress=state.progress,
        effect_triggered=result.triggers > 0,
        triggers_fired=result.triggers,
        viewer_count=state.viewer_count,
        next_threshold=state.next_threshold,
        last_seq=last_seqs.get(result.event_type),
    )


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
    if isinstance(raw, dict):
        _make_whole(raw, "batch_no")
        events = raw.get("push_events")
        for event in events if isinstance(events, list) else ():
            if isinstance(event, dict):
                _make_whole(event, "push_count")
    return raw


def _make_whole(fields_: dict[str, Any], name: str) -> None:
    number = fields_.get(name)
    if isinstance(number, float) and number.is_integer():
        fields_[name] = int(number)


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
    if events is not UNSET and event_type is UNSET:
        return _added_up(events)
    if event_type is not UNSET and events is UNSET:
        return {event_type: 1}
    raise Refused(error_codes.INVALID_BODY, BOTH_FORMS)


def _added_up(events: Iterable[rest_bodies.PushEvent]) -> dict[str, int]:
    presses: dict[str, int] = {}
    for event in events:
        presses[event.button_name] = presses.get(event.button_name, 0) + event.push_count
    return presses
