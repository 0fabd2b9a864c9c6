"""The room engine's refusals. None of them changes anything in Redis.

The name that a function answers is the error's code. Those that somebody catches have a class:

Refused
├── RoomNotFound
├── GameNotStarted
├── UnknownEventType
├── SocketReplaced      another socket owns the room under a greater term
├── GameConnected       a stand-in does not replace the room's game
└── RateLimited
Conflict                what no client meets
"""

from typing import Any, Final

from shared.redis_store.errors import StoreUnavailable
from shared.wire import error_codes
from shared.wire.error_codes import ERRORS
from shared.wire.languages import Sentence, echoed
from shared.wire.refusal import Refused

NOT_STARTED: Final = Sentence(
    "No round is running. The room's setting 'starts' says what begins one: game_start, or a press"
    " while the game is connected.",
    "ラウンドが始まっていません。何で始まるかはルームの設定 starts で決まります。"
    "game_start、またはゲームの接続中の押下です。",
)
NO_BUTTON: Final = Sentence(
    'The room has no button "{name}".', "このルームに、ボタン「{name}」はありません。"
)


class RoomNotFound(Refused):
    """No such room."""


class GameNotStarted(Refused):
    """The room has no running round."""


class UnknownEventType(Refused):
    """The room has no such button."""

    def __init__(self, event_type: str) -> None:
        named = NO_BUTTON.about(name=echoed(event_type))
        super().__init__(error_codes.UNKNOWN_EVENT_TYPE, named)


class SocketReplaced(Refused):
    """Another socket owns the room."""


class GameConnected(Refused):
    """The room's game is connected."""


class RateLimited(Refused):
    """An address, a room, a token or a studio has used up its limit for `retry_after_ms`."""

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__(error_codes.RATE_LIMITED, retry_after_ms=retry_after_ms)


class Conflict(Exception):
    """The room is not as the caller thought: it exists, its game is there, or its round not due."""


def check(reply: list[Any]) -> list[Any]:
    """Return the reply without its "ok", or raise the error that the reply names.

    That is Refused or Conflict, or StoreUnavailable while the room may be lost and not yet rebuilt,
    or while a cluster moves its slot.
    """
    match reply[0]:
        case "ok":
            return reply[1:]
        case "unknown_event_type":
            raise UnknownEventType(reply[1])
        case "rate_limited":
            raise RateLimited(int(reply[1]))
        case "game_not_started":
            raise GameNotStarted(error_codes.GAME_NOT_STARTED, NOT_STARTED)
        case "room_unknown":
            raise StoreUnavailable("rooms are being restored")
        case "moving":
            raise StoreUnavailable("the room is moving to another server")
        case "room_exists" | "game_present" | "round_not_due" as name:
            raise Conflict(name)
        case name:
            raise CAUGHT.get(name, Refused)(ERRORS[name])


CAUGHT: Final = {
    "room_not_found": RoomNotFound,
    "replaced": SocketReplaced,
    "game_connected": GameConnected,
}
