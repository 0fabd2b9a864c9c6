"""Every way in which the gateway ends a game's socket.

Unity sees no close code of the 4000s and never a reason, so each close is preceded by a message
that says the same. Codes 1012–1014 are not used: they arrive as 1006.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from shared.wire import error_codes
from shared.wire.game_messages import Error

if TYPE_CHECKING:
    from shared.wire.error_codes import ErrorKind


class Farewell(msgspec.Struct, frozen=True):
    """The close code, and the error that goes out before it; None where a `reconnect` said it."""

    code: int
    error: Error | None


def error_of(kind: ErrorKind, sentence: str = "") -> Error:
    """The message that tells of an error, in English: on a socket nobody says which language."""
    return Error(code=kind.code, message=sentence or kind.sentence.en)


def _farewell(code: int, kind: ErrorKind) -> Farewell:
    return Farewell(code, error_of(kind))


# The game should come back, after a moment.
GOING_AWAY: Final = _farewell(1001, error_codes.GOING_AWAY)

# The game should not come back as it was.
MOVED_ON: Final = Farewell(1000, None)  # told to reconnect, and it did
TOO_BIG: Final = _farewell(1009, error_codes.MESSAGE_TOO_BIG)
REPLACED: Final = _farewell(4001, error_codes.REPLACED)
NO_SUCH_ROOM: Final = _farewell(4004, error_codes.ROOM_NOT_FOUND)
TOO_MANY_BAD_MESSAGES: Final = _farewell(4009, error_codes.TOO_MANY_BAD_MESSAGES)
