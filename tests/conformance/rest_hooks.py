"""Gives Schemathesis what it cannot know: rooms, viewers, tokens, and rules beyond JSON Schema.

Schemathesis loads this file (`hooks` in its configuration). In most requests it replaces an
invented room or viewer by an existing one, since otherwise all requests would be refused early.
Values that a request breaks on purpose are kept: Schemathesis checks the request again afterwards.
"""

import os
import time
from itertools import count
from typing import Any

import msgspec
import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

from api_service.studio.media_files import MEDIA_ID
from shared.identity.tokens import Signer
from tests.api_service.studio.files import MP3_FRAME, OGG, lossy, wav
from tests.flow.fleet import SECRET

CREATED = 201
BUTTON = "skill1"
ONE_STAYS = 8  # one in this many requests keeps its invented values


class Known(msgspec.Struct, frozen=True):
    """Existing rooms, viewers and a token, the studio of the key, and another studio's handle.

    Most requests go to the first room.
    """

    rooms: tuple[str, ...]
    viewers: tuple[str, ...]
    token: str
    studio_id: str
    handle: str


KNOWN = msgspec.json.decode(os.environ["CONFORMANCE_KNOWN"], type=Known)
# Four of six requests go to the room with a running round.
ROOMS = (KNOWN.rooms[0], *KNOWN.rooms, KNOWN.rooms[0], KNOWN.rooms[0])
OWNER = f"Bearer {KNOWN.token}"
SIGNER = Signer([SECRET])
opened: set[str] = set()  # rooms opened in this run: links to them are not changed
numbers = count(1)
FILES = {
    "image/webp": lossy(64, 64),
    "audio/mpeg": MP3_FRAME,
    "audio/ogg": OGG,
    "audio/wav": wav(),
}


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Make the request name an existing room and viewer, and carry that room's token."""
    number = next(numbers)
    if number % ONE_STAYS:
        _name_room(case, number)
        _name_viewer(case, number)
        _name_studio(case)
    _name_buttons(case)
    _own_room(case)
    _send_file(case, kwargs)
    if case.path.startswith("/api/studio/setups") and isinstance(case.body, dict):
        _name_setup(case.body)
    if isinstance(case.body, dict):
        _follow_rules(case.body.get("settings", case.body))


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Remember the rooms that were opened."""
    if response.status_code == CREATED and case.path == "/api/rooms":
        opened.add(response.json()["room_id"])


def _name_room(case: Case[Any], number: int) -> None:
    named = case.path_parameters.get("room_id")
    if named is not None and not _is_broken(case, ParameterLocation.PATH) and not _is_linked(case):
        case.path_parameters["room_id"] = _room_for(case, number)
        if "round" in case.path_parameters:
            case.path_parameters["round"] = 1


def _name_studio(case: Case[Any]) -> None:
    if not _is_broken(case, ParameterLocation.PATH):
        known = {"studio_id": KNOWN.studio_id, "handle": KNOWN.handle}
        for name in known.keys() & case.path_parameters.keys():
            case.path_parameters[name] = known[name]


def _room_for(case: Case[Any], number: int) -> str:
    """A room of which the operation has something to tell; forgetting takes another one."""
    _, ended, waiting = KNOWN.rooms
    if case.path.startswith("/api/studio/rooms/"):
        return waiting if case.method == "DELETE" else ended
    return ended if case.path.endswith("/results") else ROOMS[number % len(ROOMS)]


def _is_linked(case: Case[Any]) -> bool:
    is_stateful = case.meta is not None and case.meta.phase.name is TestPhase.STATEFUL
    return is_stateful and case.path_parameters["room_id"] in opened


def _is_broken(case: Case[Any], place: ParameterLocation) -> bool:
    return case.meta is not None and case.meta.is_negative_at(place)


def _name_viewer(case: Case[Any], number: int) -> None:
    viewer = KNOWN.viewers[number % len(KNOWN.viewers)]
    for place in (case.body, case.query):
        if isinstance(place, dict) and isinstance(place.get("viewer_id"), str):
            place["viewer_id"] = viewer


def _name_buttons(case: Case[Any]) -> None:
    """Name a button that every room here has; the schema does not list a room's buttons."""
    if _is_broken(case, ParameterLocation.BODY) or not isinstance(case.body, dict):
        return
    presses = [case.body, *_objects(case.body.get("push_events"))]
    for press in presses:
        for name in press.keys() & {"event_type", "button_name"}:
            press[name] = BUTTON


def _own_room(case: Case[Any]) -> None:
    """Sign a token for the room, since the configured token is for one room only."""
    named = case.path_parameters.get("room_id")
    if isinstance(named, str) and case.headers.get("Authorization") == OWNER:
        case.headers["Authorization"] = f"Bearer {SIGNER.room_token(named, time.time())}"
    if isinstance(case.body, dict) and isinstance(case.body.get("room_token"), str):
        case.body["room_token"] = SIGNER.room_token(str(named), time.time())


def _send_file(case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Send a file of the type that the request names; the schema says no more than its type."""
    if case.path == "/api/studio/media" and case.method == "POST":
        kwargs["data"] = FILES.get(str(case.media_type), b"")


def _name_setup(body: dict[str, Any]) -> None:
    """Give the setup a name that can be seen, and no media that its studio does not have."""
    if isinstance(body.get("name"), str):
        body["name"] = "x"
    settings = body.get("settings")
    if isinstance(settings, dict):
        for place in (*_objects([settings.get("theme")]), *_objects(settings.get("buttons"))):
            for field in place.keys() & {"logo", "background", "image", "sound"}:
                if MEDIA_ID.fullmatch(str(place[field])):
                    place[field] = ""


def _follow_rules(settings: object) -> None:
    """Apply rules between fields, which the schema has in prose: rising bands, min ≤ max, names."""
    if not isinstance(settings, dict):
        return
    for n, band in enumerate(_objects(settings.get("multipliers")), start=1):
        if _is_number(band.get("up_to")):
            band["up_to"] = n
    for n, button in enumerate(_objects(settings.get("buttons"))):
        bounds: list[Any] = [button.get("min"), button.get("max")]
        if all(map(_is_number, bounds)):
            button["min"], button["max"] = sorted(bounds)
        if isinstance(name := button.get("event_type"), str) and name:
            button["event_type"] = f"{name[:29]}_{n}" if n else BUTTON


def _objects(entries: object) -> list[dict[str, Any]]:
    return (
        [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
