"""Maps each room to the socket of this gateway that owns it, and routes messages. No I/O."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from shared.wire.game_messages import Replaced, RoomChanged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.wire.game_messages import GameEndSummary, GameEvent, Nudge, ViewerCountUpdate
    from ws_gateway.sockets.close_codes import CloseMessage


class Owner(Protocol):
    """A session, as far as the hub and its callers use it. A protocol: tests need no socket."""

    room_id: str
    term: int

    def deliver(self, message: Nudge) -> None:
        """Write or queue a nudge's message. Never blocks."""

    def replace(self) -> None:
        """Release the room: a newer socket owns it."""

    def read_log(self) -> None:
        """Read the log: nudges may have been lost."""

    async def compare(self) -> None:
        """Send the room's heartbeat, and read the log if messages were missed."""

    def ping_peer(self, now: float) -> None:
        """Ping the game; end the socket if a ping timed out (`now`: s)."""

    def ask_reconnect(self, after_ms: int) -> None:
        """Ask the game to open its next socket in `after_ms`, then to close this one."""

    def part(self, message: CloseMessage) -> None:
        """End the socket; if called twice, the first message counts."""


class Hub:
    """The rooms that sockets of this gateway own."""

    def __init__(self) -> None:
        self._owners: dict[str, Owner] = {}
        self._emptied = asyncio.Event()

    def __len__(self) -> int:
        return len(self._owners)

    def __iter__(self) -> Iterator[Owner]:
        return iter(list(self._owners.values()))

    def term(self, room_id: str) -> int:
        """The term of the room's socket on this gateway; 0 if there is none."""
        owner = self._owners.get(room_id)
        return owner.term if owner else 0

    def register(self, owner: Owner) -> None:
        """Add a socket; of two sockets of one room, the one with the greater term stays."""
        present = self._owners.get(owner.room_id)
        if present is not None and present.term > owner.term:
            owner.replace()
            return
        self._owners[owner.room_id] = owner
        if present is not None:
            present.replace()

    def leave(self, owner: Owner) -> None:
        """Remove a socket, unless a newer one has replaced it."""
        if self._owners.get(owner.room_id) is owner:
            del self._owners[owner.room_id]
        if not self._owners:
            self._emptied.set()

    async def wait_empty(self) -> None:
        """Wait until this gateway owns no room."""
        while self._owners:
            self._emptied.clear()
            await self._emptied.wait()

    def route(
        self, message: GameEvent | GameEndSummary | ViewerCountUpdate | RoomChanged | Replaced
    ) -> bool:
        """Hand a message to the room's socket; False if no socket of this gateway owns the room."""
        owner = self._owners.get(message.room_id)
        if owner is None:
            return False
        if isinstance(message, RoomChanged):
            if message.round is not None:
                owner.deliver(message.round)
        elif not isinstance(message, Replaced):
            owner.deliver(message)
        elif owner.term <= message.term:
            owner.replace()
        return True
