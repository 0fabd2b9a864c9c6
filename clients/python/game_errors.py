"""Why a game has no socket.

GameSocketError
├── GatewayAway         nobody answers, or the socket is gone: come back
└── GameRefused         coming back will not help
    ├── RoomGone
    ├── SecretRefused
    └── TakenOver
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class GameSocketError(Exception):
    """There is no socket.

    The text is a line for a person, in English. `code` is the error's code, "" if it has none.
    """

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code


class GatewayAway(GameSocketError):
    """Nobody answers, or the socket is gone: come back."""


class GameRefused(GameSocketError):
    """The gateway will not have this game; coming back will not help."""


class RoomGone(GameRefused):
    """There is no such room, or not any more."""


class SecretRefused(GameRefused):
    """The game key or the room's token is missing or wrong."""


class TakenOver(GameRefused):
    """Another game has the room now."""


# An error, its text and its code.
End = tuple[type[GameSocketError], str, str]

_GONE: Final = (RoomGone, "the room is gone", "room_not_found")
_OVER: Final = (RoomGone, "the room is over", "room_over")
_FORBIDDEN: Final = (SecretRefused, "the server refuses the key or token", "forbidden")
_TAKEN_OVER: Final = (TakenOver, "another game has taken the room over", "replaced")

_BY_STATUS: Final[Mapping[int, End]] = {
    400: (GameRefused, "the server does not understand this game", "invalid_query"),
    401: _FORBIDDEN,
    403: _FORBIDDEN,
    404: _GONE,
}
# A new room is asked for with a game key, if with anything.
_BY_STATUS_OF_NEW_ROOM: Final[Mapping[int, End]] = {
    **_BY_STATUS,
    401: (SecretRefused, "the server asks for a game key", "missing_game_key"),
    403: (SecretRefused, "the server refuses the game key", "invalid_game_key"),
}
_BY_CLOSE_CODE: Final[Mapping[int, End]] = {
    4001: _TAKEN_OVER,
    4003: _FORBIDDEN,
    4004: _GONE,
    4010: _OVER,
}
# A close that its gateway announces need not be waited for.
_BY_ERROR_CODE: Final[Mapping[str, End]] = {
    "going_away": (GatewayAway, "the gateway goes away", "going_away"),
    "replaced": _TAKEN_OVER,
    "forbidden": _FORBIDDEN,
    "room_not_found": _GONE,
    "room_over": _OVER,
}


def end_by_status(status: int, code: str, *, new_room: bool) -> GameSocketError:
    """What the HTTP status of a refused handshake means; `code` is the answer's, "" if none."""
    ends = _BY_STATUS_OF_NEW_ROOM if new_room else _BY_STATUS
    kind, text, usual = ends.get(status, (GatewayAway, f"the server answers {status}", ""))
    return kind(text, code or usual)


def end_by_close_code(close_code: int) -> GameSocketError:
    """What the close code of a socket means."""
    kind, text, code = _BY_CLOSE_CODE.get(
        close_code, (GatewayAway, f"closed with {close_code}", "")
    )
    return kind(text, code)


def end_by_error_code(code: str) -> GameSocketError | None:
    """The end that an `error` announces; None where the socket stays open."""
    if (end := _BY_ERROR_CODE.get(code)) is None:
        return None
    kind, text, _ = end
    return kind(text, code)
