"""What the room engine refuses; each leaves everything as it was.

EngineError
├── RoomNotFound
├── RoomOver            ended, and its game has the summary
├── GameNotStarted
├── UnknownEventType
├── SocketReplaced      another socket owns the room under a greater term
├── TooManyAttaches
├── LedgerFull          too much of the shard's ledger is unread
├── GamePresent         the game that was taken for gone is there
├── RoomExists
└── RateLimited
"""

from __future__ import annotations

from typing import Any

from shared.redis_store.errors import StoreUnavailable


class EngineError(Exception):
    """The engine refused; nothing was changed."""


class RoomNotFound(EngineError):
    """No such room."""


class RoomOver(EngineError):
    """The room has ended, and its game has the summary."""


class GameNotStarted(EngineError):
    """The room has no running round."""


class UnknownEventType(EngineError):
    """The room has no such button."""

    def __init__(self, event_type: str) -> None:
        super().__init__(event_type)
        self.event_type = event_type


class SocketReplaced(EngineError):
    """Another socket owns the room."""


class TooManyAttaches(EngineError):
    """The room's game comes back more often than it may."""


class LedgerFull(EngineError):
    """The ledger holds as much unread as it may."""


class GamePresent(EngineError):
    """The room's game is connected."""


class RoomExists(EngineError):
    """There is a room of this id."""


class RateLimited(EngineError):
    """The address has used up its share; `retry_after_ms` until the next."""

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__(retry_after_ms)
        self.retry_after_ms = retry_after_ms


def check(reply: list[Any]) -> list[Any]:
    """The reply after its "ok"; anything else is raised as the error it names.

    That is an EngineError, or StoreUnavailable while nobody knows whether the room was lost.
    """
    if reply[0] == "ok":
        return reply[1:]
    match reply[0]:
        case "unknown_event_type":
            raise UnknownEventType(reply[1])
        case "rate_limited":
            raise RateLimited(int(reply[1]))
        case "room_unknown":
            raise StoreUnavailable("rooms are being restored")
        case name:
            raise REFUSALS[name](name)


REFUSALS: dict[str, type[EngineError]] = {
    "room_not_found": RoomNotFound,
    "room_over": RoomOver,
    "game_not_started": GameNotStarted,
    "replaced": SocketReplaced,
    "too_many_attaches": TooManyAttaches,
    "ledger_full": LedgerFull,
    "game_present": GamePresent,
    "room_exists": RoomExists,
}
