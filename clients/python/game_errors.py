"""The reasons why a game has no socket, and the notes of its client for people.

GameSocketError
├── GatewayAway         no answer, or the socket is lost: reconnect
└── GameRefused         reconnecting will not help
    ├── RoomGone
    ├── SecretRefused
    └── TakenOver

`str()` of a GameNote is its sentence in English.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, NamedTuple


class GameSocketError(Exception):
    """There is no socket.

    The text is a sentence for people, in English. `code` is the error's code, "" if it has none.
    """

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code


class GatewayAway(GameSocketError):
    """There is no answer, or the socket is lost: reconnect, after `retry_after` s at the least."""

    def __init__(self, text: str, code: str = "", retry_after: float = 0.0) -> None:
        super().__init__(text, code)
        self.retry_after = retry_after


class GameRefused(GameSocketError):
    """The gateway refuses this game; reconnecting will not help."""


class RoomGone(GameRefused):
    """The room does not exist, or no longer."""


class SecretRefused(GameRefused):
    """The game key or the room's token is missing or wrong."""


class TakenOver(GameRefused):
    """Another game has taken over the room."""


class NoGateway(NamedTuple):
    """No socket could be opened; the client retries until it has one."""

    url: str
    why: GameSocketError

    def __str__(self) -> str:
        return f"No gateway at {self.url} ({self.why}); trying until it is back."


class SocketLost(NamedTuple):
    """The socket ended; the client retries until it has another one."""

    why: GameSocketError

    def __str__(self) -> str:
        return f"The socket was lost ({self.why}); trying until it is back."


class NumbersMissing(NamedTuple):
    """The messages with these numbers did not arrive."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"Numbers {self.first} to {self.last} never came!"


GameNote = NoGateway | SocketLost | NumbersMissing


End = Callable[..., GameSocketError]

_GOING_AWAY: Final = partial(GatewayAway, "the gateway goes away", code="going_away")
_GONE: Final = partial(RoomGone, "the room is gone", code="room_not_found")
_OVER: Final = partial(RoomGone, "the room is over", code="room_over")
_FORBIDDEN: Final = partial(SecretRefused, "the server refuses the key or token", code="forbidden")
_TAKEN_OVER: Final = partial(TakenOver, "another game has taken the room over", code="replaced")
_MISUNDERSTOOD: Final = partial(
    GameRefused, "the server does not understand this game", code="invalid_query"
)

# The handshake for a room. Only the gateway's own codes are final: a balancer, or a hotel's login
# page, may answer the same statuses for a while.
_BY_PROBLEM: Final[Mapping[str, End]] = {
    "invalid_query": _MISUNDERSTOOD,
    "missing_token": _FORBIDDEN,
    "invalid_token": _FORBIDDEN,
    "forbidden_origin": _FORBIDDEN,
    "room_not_found": _GONE,
    "room_over": _OVER,
}
# The handshake for a new room carries a game key or no secret. There is no room to lose.
_BY_STATUS_OF_NEW_ROOM: Final[Mapping[int, End]] = {
    400: _MISUNDERSTOOD,
    401: partial(SecretRefused, "the server asks for a game key", code="missing_game_key"),
    403: partial(SecretRefused, "the server refuses the game key", code="invalid_game_key"),
}
_BY_CLOSE_CODE: Final[Mapping[int, End]] = {
    4001: _TAKEN_OVER,
    4003: _FORBIDDEN,
    4004: _GONE,
    4010: _OVER,
}
# The client does not wait for the close that these errors announce.
_BY_ERROR_CODE: Final[Mapping[str, End]] = {
    end.keywords["code"]: end for end in (_GOING_AWAY, _TAKEN_OVER, _FORBIDDEN, _GONE, _OVER)
}


def end_by_status(
    status: int, code: str, *, new_room: bool, retry_after: float = 0.0
) -> GameSocketError:
    """The error for a refused handshake; `code` is the problem's in the answer, "" if none."""
    end = _BY_STATUS_OF_NEW_ROOM.get(status) if new_room else _BY_PROBLEM.get(code)
    if end is None:
        return GatewayAway(f"the server answers {status}", code, retry_after)
    return end(code=code) if code else end()


def end_by_close_code(close_code: int) -> GameSocketError:
    """The error for the close code of a socket."""
    return _BY_CLOSE_CODE.get(close_code, partial(GatewayAway, f"closed with {close_code}"))()


def end_by_error_code(code: str) -> GameSocketError | None:
    """The error for a close that an `error` announces; None if the socket stays open."""
    end = _BY_ERROR_CODE.get(code)
    return end() if end else None
