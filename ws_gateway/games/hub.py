"""Maps each room to the socket of this gateway that owns it, and routes messages. No I/O."""

import asyncio
from collections.abc import Iterator

from shared.wire.game_messages import NumberedMessage, Replaced, RoomChanged, ViewerCountUpdate
from ws_gateway.games.session import GameSession


class Hub:
    """The rooms that sockets of this gateway own."""

    def __init__(self) -> None:
        self._owners: dict[str, GameSession] = {}
        self._emptied = asyncio.Event()

    def __len__(self) -> int:
        return len(self._owners)

    def __iter__(self) -> Iterator[GameSession]:
        return iter(list(self._owners.values()))

    def term(self, room_id: str) -> int:
        """The term of the room's socket on this gateway; 0 if there is none."""
        owner = self._owners.get(room_id)
        return owner.term if owner else 0

    def register(self, owner: GameSession) -> None:
        """Add a socket; of two sockets of one room, the one with the greater term stays."""
        present = self._owners.get(owner.room_id)
        if present is not None and present.term > owner.term:
            owner.replace()
            return
        self._owners[owner.room_id] = owner
        if present is not None:
            present.replace()

    def leave(self, owner: GameSession) -> None:
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

    def route(self, message: NumberedMessage | ViewerCountUpdate | RoomChanged | Replaced) -> bool:
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
