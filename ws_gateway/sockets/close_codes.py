"""Every way in which the gateway ends a game's socket.

Unity sees no close code of the 4000s and never a reason, so each close is preceded by a message
that says the same. Codes 1012–1014 are not used: they arrive as 1006.
"""

from __future__ import annotations

from typing import Final

import msgspec

from shared.wire.game_messages import Error


class Farewell(msgspec.Struct, frozen=True):
    """The close code, and the error that goes out before it; None where a `reconnect` said it."""

    code: int
    error: Error | None


def _farewell(code: int, name: str, sentence: str) -> Farewell:
    return Farewell(code, Error(code=name, message=sentence))


# The game should come back, after a moment.
GOING_AWAY: Final = _farewell(1001, "going_away", "The gateway goes away; reconnect in a moment.")

# The game should not come back as it was.
MOVED_ON: Final = Farewell(1000, None)  # told to reconnect, and it did
TOO_BIG: Final = _farewell(1009, "message_too_big", "A message may be 64 KiB at most.")
REPLACED: Final = _farewell(4001, "replaced", "Another game socket owns this room now.")
NO_SUCH_ROOM: Final = _farewell(4004, "room_not_found", "There is no such room any more.")
TOO_MANY_BAD_MESSAGES: Final = _farewell(
    4009, "too_many_bad_messages", "More than 20 bad messages in 10 s."
)
