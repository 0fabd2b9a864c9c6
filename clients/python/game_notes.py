"""What a game client tells a person beside messages; `str()` is the line in English."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from clients.python.game_errors import GameSocketError


class NoGateway(NamedTuple):
    """No socket could be opened; the client tries until it has one."""

    url: str
    why: GameSocketError

    def __str__(self) -> str:
        return f"No gateway at {self.url} ({self.why}); trying until it is back."


class SocketLost(NamedTuple):
    """The socket ended; the client tries until it has another one."""

    why: GameSocketError

    def __str__(self) -> str:
        return f"The socket was lost ({self.why}); trying until it is back."


class NumbersMissing(NamedTuple):
    """These numbers of the room's log never came."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"Numbers {self.first} to {self.last} never came!"


GameNote = NoGateway | SocketLost | NumbersMissing
