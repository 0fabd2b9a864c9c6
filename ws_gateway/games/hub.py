"""Which of this gateway's sockets owns which room. It routes; it does no I/O."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from shared.wire.game_messages import Replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.wire.game_messages import GameEndSummary, GameEvent, ViewerCountUpdate
    from ws_gateway.sockets.close_codes import Farewell


class Owner(Protocol):
    """A socket that owns a room under a term. Said here, the hub is tested without any socket."""

    room_id: str
    term: int

    def deliver(self, message: GameEvent | GameEndSummary | ViewerCountUpdate) -> None:
        """Take a nudge: remember it for the socket, never wait."""

    def replace(self) -> None:
        """Let go of the room: a newer socket owns it."""

    def read_log(self) -> None:
        """Read the log, and compare with it: nudges may have been missed."""

    async def compare(self) -> None:
        """Send the room its heartbeat, and read what was missed."""

    def feel_pulse(self, now: float) -> None:
        """Ping the game; end the socket where it has not answered for long (`now`: s)."""

    def ask_reconnect(self, after_ms: int) -> None:
        """Have the game open its next socket, and then let this one go."""

    def part(self, farewell: Farewell) -> None:
        """End the socket."""


class Hub:
    """The rooms owned here."""

    def __init__(self) -> None:
        self._owners: dict[str, Owner] = {}
        self._emptied = asyncio.Event()

    def __len__(self) -> int:
        return len(self._owners)

    def __iter__(self) -> Iterator[Owner]:
        return iter(list(self._owners.values()))

    def term(self, room_id: str) -> int:
        """The term of the room's socket here; 0 where there is none."""
        owner = self._owners.get(room_id)
        return owner.term if owner else 0

    def register(self, owner: Owner) -> None:
        """Enter a socket; of two that attached here, the greater term stays."""
        present = self._owners.get(owner.room_id)
        if present is not None and present is not owner and present.term > owner.term:
            owner.replace()
            return
        self._owners[owner.room_id] = owner
        if present is not None and present is not owner:
            present.replace()

    def leave(self, owner: Owner) -> None:
        """Take a socket out, unless its room has another by now."""
        if self._owners.get(owner.room_id) is owner:
            del self._owners[owner.room_id]
        if not self._owners:
            self._emptied.set()

    async def wait_empty(self) -> None:
        """Return once no room is owned here."""
        while self._owners:
            self._emptied.clear()
            await self._emptied.wait()

    def route(self, message: GameEvent | GameEndSummary | ViewerCountUpdate | Replaced) -> bool:
        """Hand a message to the room's socket; False when no socket here owns the room."""
        owner = self._owners.get(message.room_id)
        if owner is None:
            return False
        if not isinstance(message, Replaced):
            owner.deliver(message)
        elif owner.term <= message.term:
            owner.replace()
        return True
