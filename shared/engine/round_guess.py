"""Which round each room is in, as last heard.

Keys of a round carry its number. A wrong guess changes nothing: the functions refuse it and tell
the right one, which costs a second trip at the start of a round and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

    async def call(self, room_id: str, call: Callable[[int], Awaitable[list[Any]]]) -> list[Any]:
        """The reply to a call that was made with the right round."""
        while (reply := await call(self.of(room_id)))[0] == "round_moved":
            self.remember(room_id, int(reply[1]))
        return reply
