"""A room's game socket: a typed method for each function of `game_socket.lua`.

The class is the room engine's base class, so that a gateway calls one object and no method only
forwards to another. The methods raise the same errors as the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.engine import refusals, replies
from shared.engine.keys import room_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.redis_store.store import Store


class Attaching:
    """Attaches sockets to rooms, and tracks each game's position in its room's log."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def admit(self, room_id: str) -> None:
        """Check, before the upgrade, whether a game may attach to the room; count the attempt."""
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
        """Make this gateway's socket the room's owner, and fence off the previous one.

        `log_epoch` and `last_seq` are those of the last message that the game applied; `skip`
        acknowledges everything so far. The new term exceeds `above`, the term of the socket that
        the gateway already has for the room: Redis may have forgotten it.
        """
        arguments = [or_empty(log_epoch), or_empty(last_seq), int(skip), "", above]
        return await self._attach(room_id, gateway_id, arguments)

    async def attach_again(self, room_id: str, gateway_id: str, term: int) -> replies.Attachment:
        """Attach a socket again, under the same term, after Redis forgot that it was attached.

        Raises SocketReplaced if another socket attached after it.
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
        """Record that the socket is closed.

        `written` is the last number written to it, in the current log epoch unless `log_epoch` is
        given; `clean` means that the game closed it with 1000.
        """
        room = room_keys(room_id)
        arguments = [term, or_empty(log_epoch), written, int(clean)]
        key_list = [room.room, room.log, room.running, room.blocked]
        refusals.check(await self.store.call("detach", key_list, arguments))

    async def check(self, room_id: str, term: int) -> replies.Checked | None:
        """Send the owner's heartbeat. Returns None if Redis forgot this term: attach again."""
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
        """Store the last number written to the socket, for games that never acknowledge."""
        arguments = [term, or_empty(log_epoch), seq]
        refusals.check(await self.store.call("written", [room_keys(room_id).room], arguments))

    async def ack(self, room_id: str, term: int, log_epoch: int, seq: int) -> int:
        """Acknowledge everything up to (log_epoch, seq).

        Returns how many messages this acknowledges for the first time.
        """
        room = room_keys(room_id)
        reply = await self.store.call("ack", [room.room, room.log], [term, log_epoch, seq])
        return int(refusals.check(reply)[0])

    async def read(self, room_id: str, log_epoch: int, seq: int, *, limit: int) -> replies.LogPage:
        """Up to `limit` messages after the game's position (log_epoch, seq)."""
        room = room_keys(room_id)
        reply = await self.store.call("read", [room.room, room.log], [log_epoch, seq, limit])
        return replies.page_of(refusals.check(reply))


def or_empty(number: int | None) -> int | str:
    """The number as an argument of a function; "" for None."""
    return "" if number is None else number
