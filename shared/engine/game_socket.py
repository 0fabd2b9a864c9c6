"""A room as its game's socket sees it: a typed method for each function of `game_socket.lua`.

The room engine's base, not one of its parts: a gateway calls both as one, and nothing is forwarded.
Errors are the engine's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.engine import refusals, replies
from shared.engine.keys import room_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.redis_store.store import Store


class Attaching:
    """Who owns a room's log, and how far its game has got."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def admit(self, room_id: str) -> None:
        """Ask, before the upgrade, whether the room's game may come (back); counts the attempt."""
        refusals.check(await self.store.call("admit", [room_keys(room_id).room], []))

    async def attach(
        self,
        room_id: str,
        gateway_id: str,
        *,
        log_epoch: int | None,
        last_seq: int | None,
        skip: bool,
        above: int = 0,
    ) -> replies.Attachment:
        """Make this gateway's socket the room's, fencing off the one before.

        `log_epoch` and `last_seq` name the last message applied; `skip` acknowledges everything so
        far. `above` is the term of the socket that the gateway has: the room may have forgotten it.
        """
        arguments = [or_empty(log_epoch), or_empty(last_seq), int(skip), "", above]
        return await self._attach(room_id, gateway_id, arguments)

    async def attach_again(self, room_id: str, gateway_id: str, term: int) -> replies.Attachment:
        """Take the room back, under the same term, for a socket whose attach Redis forgot.

        Raises SocketReplaced where another socket came after it.
        """
        return await self._attach(room_id, gateway_id, ["", "", 0, term, 0])

    async def _attach(
        self, room_id: str, gateway_id: str, arguments: Sequence[int | str]
    ) -> replies.Attachment:
        room = room_keys(room_id)
        key_list = [room.room, room.log, room.active, room.running, room.blocked]
        reply = await self.store.call("attach", key_list, [gateway_id, *arguments])
        return replies.attachment_of(refusals.check(reply))

    async def detach(
        self, room_id: str, term: int, *, written: int, clean: bool, log_epoch: int | None = None
    ) -> None:
        """Let go of the room: the socket is gone.

        `written` is the last number it was sent, of the current log epoch unless one is named;
        `clean` tells that the game closed with 1000.
        """
        room = room_keys(room_id)
        arguments = [term, or_empty(log_epoch), written, int(clean)]
        key_list = [room.room, room.log, room.running, room.blocked]
        refusals.check(await self.store.call("detach", key_list, arguments))

    async def check(self, room_id: str, term: int) -> replies.Checked | None:
        """The owner's heartbeat; None where the room forgot this term: attach again."""
        room = room_keys(room_id)
        key_list = [room.room, room.log, room.active, room.running, room.blocked]
        reply = await self.store.call("check", key_list, [term])
        if reply[0] == "lost":
            return None
        log_epoch, seq, viewer_count = refusals.check(reply)
        return replies.Checked(log_epoch=log_epoch, seq=seq, viewer_count=viewer_count)

    async def written(
        self, room_id: str, term: int, seq: int, *, log_epoch: int | None = None
    ) -> None:
        """Remember how far the socket was written, for games that never acknowledge."""
        arguments = [term, or_empty(log_epoch), seq]
        refusals.check(await self.store.call("written", [room_keys(room_id).room], arguments))

    async def ack(self, room_id: str, term: int, log_epoch: int, seq: int) -> int:
        """The game has applied everything up to (log_epoch, seq). Returns how many are new."""
        room = room_keys(room_id)
        reply = await self.store.call("ack", [room.room, room.log], [term, log_epoch, seq])
        return int(refusals.check(reply)[0])

    async def read(self, room_id: str, log_epoch: int, seq: int, *, limit: int) -> replies.LogPage:
        """Up to `limit` messages after the game's (log_epoch, seq)."""
        room = room_keys(room_id)
        reply = await self.store.call("read", [room.room, room.log], [log_epoch, seq, limit])
        return replies.page_of(refusals.check(reply))


def or_empty(number: int | None) -> int | str:
    """An argument of a function that may be left out."""
    return "" if number is None else number
