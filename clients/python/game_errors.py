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
    """There is no socket; the text is a line for a person."""


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


# An error, and its text.
End = tuple[type[GameSocketError], str]

_GONE: Final = (RoomGone, "the room is gone")
_OVER: Final = (RoomGone, "the room is over")
_FORBIDDEN: Final = (SecretRefused, "the server refuses the key or token")
_TAKEN_OVER: Final = (TakenOver, "another game has taken the room over")

_BY_STATUS: Final[Mapping[int, End]] = {
    400: (GameRefused, "the server does not understand this game"),
    401: _FORBIDDEN,
    403: _FORBIDDEN,
    404: _GONE,
}
# A new room is asked for with a game key, if with anything.
_BY_STATUS_OF_NEW_ROOM: Final[Mapping[int, End]] = {
    **_BY_STATUS,
    401: (SecretRefused, "the server asks for a game key"),
    403: (SecretRefused, "the server refuses the game key"),
}
_BY_CLOSE_CODE: Final[Mapping[int, End]] = {
    4001: _TAKEN_OVER,
    4003: _FORBIDDEN,
    4004: _GONE,
    4010: _OVER,
}
# A close that its gateway announces need not be waited for.
_BY_ERROR_CODE: Final[Mapping[str, End]] = {
    "going_away": (GatewayAway, "the gateway goes away"),
    "replaced": _TAKEN_OVER,
    "forbidden": _FORBIDDEN,
    "room_not_found": _GONE,
    "room_over": _OVER,
}


def end_by_status(status: int, *, new_room: bool) -> GameSocketError:
    """What the HTTP status of a refused handshake means."""
    ends = _BY_STATUS_OF_NEW_ROOM if new_room else _BY_STATUS
    kind, text = ends.get(status, (GatewayAway, f"the server answers {status}"))
    return kind(text)


def end_by_close_code(code: int) -> GameSocketError:
    """What the close code of a socket means."""
    kind, text = _BY_CLOSE_CODE.get(code, (GatewayAway, f"closed with {code}"))
    return kind(text)


def end_by_error_code(code: str) -> GameSocketError | None:
    """The end that an `error` announces; None where the socket stays open."""
    if (end := _BY_ERROR_CODE.get(code)) is None:
        return None
    kind, text = end
    return kind(text)
