"""The room engine's refusals. None of them changes anything in Redis.

EngineError
├── RoomNotFound
├── RoomOver            ended, and its game has the summary
├── GameNotStarted
├── UnknownEventType
├── BadOutcome          of a trigger that the room does not know
├── SocketReplaced      another socket owns the room under a greater term
├── TooManyAttaches
├── LedgerFull          too much of the shard's ledger is unread
├── GamePresent         the game that seemed to be gone is connected
├── RoundNotDue         the round's time is not over
├── RoomExists
├── TooManyTokens       the room has as many as it may have
├── TooManyBlocked      the room blocks as many as it may block
└── RateLimited
"""

from __future__ import annotations

from typing import Any

from shared.redis_store.errors import StoreUnavailable


class EngineError(Exception):
    """The engine refused a call and changed nothing."""


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


class BadOutcome(EngineError):
    """The room has no such trigger from the last ten minutes."""


class SocketReplaced(EngineError):
    """Another socket owns the room."""


class TooManyAttaches(EngineError):
    """The room's game attached too often in a short time."""


class LedgerFull(EngineError):
    """The shard's ledger has reached its limit of unread entries."""


class GamePresent(EngineError):
    """The room's game is connected."""


class RoundNotDue(EngineError):
    """The round's time is not over, or no round runs."""


class RoomExists(EngineError):
    """A room with this id exists."""


class TooManyTokens(EngineError):
    """The room has as many tokens as it may have."""


class TooManyBlocked(EngineError):
    """The room blocks as many viewers as it may block."""


class RateLimited(EngineError):
    """An address, a room, a token or a studio has used up its limit for `retry_after_ms`."""

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__(retry_after_ms)
        self.retry_after_ms = retry_after_ms


def check(reply: list[Any]) -> list[Any]:
    """Return the reply without its "ok", or raise the error that the reply names.

    That is an EngineError, or StoreUnavailable while the room may be lost and not yet rebuilt, or
    while a cluster moves its slot.
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
        case "moving":
            raise StoreUnavailable("the room is moving to another server")
        case name:
            raise REFUSALS[name](name)


REFUSALS: dict[str, type[EngineError]] = {
    "room_not_found": RoomNotFound,
    "room_over": RoomOver,
    "game_not_started": GameNotStarted,
    "bad_outcome": BadOutcome,
    "replaced": SocketReplaced,
    "too_many_attaches": TooManyAttaches,
    "ledger_full": LedgerFull,
    "game_present": GamePresent,
    "round_not_due": RoundNotDue,
    "room_exists": RoomExists,
    "too_many_tokens": TooManyTokens,
    "too_many_blocked": TooManyBlocked,
}
