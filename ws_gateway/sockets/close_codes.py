"""All close codes of the gateway.

Unity reports no close code of the 4000s and never a reason, so the gateway sends an `error` with
the reason before each close. Codes 1012–1014 are not used: they arrive as 1006.
"""

from typing import Final

import msgspec

from shared.wire import error_codes
from shared.wire.game_messages import Error
from shared.wire.refusal import ErrorKind


class CloseMessage(msgspec.Struct, frozen=True):
    """A close code and the error sent before it; None if a `reconnect` was sent instead."""

    code: int
    error: Error | None


def error_of(kind: ErrorKind, sentence: str = "", *, retry_after_ms: int = 0) -> Error:
    """An `error` message. In English: a socket does not say which language it wants."""
    return Error(kind.code, sentence or kind.sentence.en, retry_after_ms)


# The game should reconnect, after a moment.
GOING_AWAY: Final = CloseMessage(1001, error_of(error_codes.GOING_AWAY))

# The game should not reconnect with the same request.
MOVED_ON: Final = CloseMessage(1000, None)  # told to reconnect, and it did
TOO_BIG: Final = CloseMessage(1009, error_of(error_codes.MESSAGE_TOO_BIG))
REPLACED: Final = CloseMessage(4001, error_of(error_codes.REPLACED))
GAME_CONNECTED: Final = CloseMessage(4002, error_of(error_codes.GAME_CONNECTED))  # to a stand-in
NO_SUCH_ROOM: Final = CloseMessage(4004, error_of(error_codes.ROOM_NOT_FOUND))
TOO_MANY_BAD_MESSAGES: Final = CloseMessage(4009, error_of(error_codes.TOO_MANY_BAD_MESSAGES))
