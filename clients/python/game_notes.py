"""The notes of a game client for people; `str()` is the sentence in English."""

from __future__ import annotations

from typing import NamedTuple

from clients.python.game_errors import GameSocketError


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
