"""Which round each room is in, as last heard.

Keys of a round carry its number. A wrong guess changes nothing: the functions refuse it and tell
the right one, which costs a second trip at the start of a round and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared import replies

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

REMEMBERED = 10_000  # rooms


class Rounds:
    """The rounds remembered, and calls that need one."""

    def __init__(self) -> None:
        self._rounds: dict[str, int] = {}

    def of(self, room_id: str) -> int:
        return self._rounds.get(room_id, 1)

    def remember(self, room_id: str, round_: int) -> None:
        if len(self._rounds) >= REMEMBERED:
            self._rounds.clear()
        self._rounds[room_id] = round_

    async def call(
        self, room_id: str, call: Callable[[int], Awaitable[list[Any]]], *, unchecked: str = ""
    ) -> list[Any]:
        """The reply to a call with the right round: after its "ok", or whole where it is
        `unchecked`.
        """
        while True:
            reply = await call(self.of(room_id))
            if reply[0] == unchecked:
                return reply
            if reply[0] != "round_moved":
                return replies.check(reply)
            self.remember(room_id, int(reply[1]))
