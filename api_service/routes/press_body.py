"""What is read in a press's body: its two forms, and what exactly is wrong with a bad one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from api_service.http.problems import INVALID_BODY, INVALID_PUSH_COUNT, Refused
from api_service.http.requests import decoded, field_problem
from shared.wire.rest_bodies import PressRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.wire.rest_bodies import PushEvent

_decoder = msgspec.json.Decoder(PressRequest)


def read_press(body: bytes) -> PressRequest:
    """The request in a press's body. Raises Refused, which names the field."""
    return decoded(body, _read)


def _read(body: bytes) -> PressRequest:
    try:
        return _decoder.decode(body)
    except msgspec.ValidationError as error:
        return _read_carefully(body, error)


def _read_carefully(body: bytes, first: msgspec.ValidationError) -> PressRequest:
    """Read again what the fast way refused, with whole numbers written as `1.0` as such."""
    try:
        raw = msgspec.json.decode(body)
    except msgspec.ValidationError:
        raise _refused(first) from None
    try:
        return msgspec.convert(_with_whole_counts(raw), PressRequest)
    except msgspec.ValidationError as error:
        raise _refused(error) from None


def _with_whole_counts(raw: Any) -> Any:
    events = raw.get("push_events") if isinstance(raw, dict) else None
    for event in events if isinstance(events, list) else ():
        count = event.get("push_count") if isinstance(event, dict) else None
        if isinstance(count, float) and count.is_integer():
            event["push_count"] = int(count)
    return raw


def _refused(error: msgspec.ValidationError) -> Refused:
    kind = INVALID_PUSH_COUNT if "push_count" in str(error) else INVALID_BODY
    return Refused(kind, field_problem(error))


def asked_for(request: PressRequest) -> dict[str, int]:
    """The presses by button, those named twice added up. Raises Refused unless it has one form."""
    events, event_type = request.push_events, request.event_type
    if events is not UNSET and event_type is UNSET:
        return _added_up(events)
    if event_type is not UNSET and events is UNSET:
        return {event_type: 1}
    raise Refused(INVALID_BODY, "Expected either push_events or event_type")


def _added_up(events: Iterable[PushEvent]) -> dict[str, int]:
    presses: dict[str, int] = {}
    for event in events:
        presses[event.button_name] = presses.get(event.button_name, 0) + event.push_count
    return presses
