"""Viewers' sockets: each room is read once for all who watch it, and encoded once.

A room tells its watching gateways in their inbox that it changed, once until they read it. The
gateway reads it at once, and then at most four times a second; it also reads it every few seconds,
whatever it was told. What Redis and the encoder do does not grow with the number of viewers.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from shared.engine.refusals import RoomNotFound
from shared.process.telemetry import fields
from shared.redis_store.store import StoreUnavailable
from shared.wire.game_messages import encode
from ws_gateway.sockets import close_codes
from ws_gateway.sockets.farewell import close, say_farewell
from ws_gateway.sockets.flood import Flood
from ws_gateway.viewers import changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shared.engine.engine import Engine
    from shared.engine.replies import Watched
    from shared.wire.game_messages import Message
    from ws_gateway.metrics import GatewayMetrics
    from ws_gateway.sockets.connection import Connection

log = logging.getLogger(__name__)

PACE = 0.25  # s from one refresh to the next
REFRESH_EVERY = 5.0  # s: viewers leave and cooldowns pass without a word
RETURN_EVERY = 1.0  # s between two tries to reach those who did not keep up
IN_A_ROW = 200  # sockets that are written before games get their turn
CLOSED_TOGETHER = 20  # sockets of those that are sent away


class Audience:
    """All viewers' sockets of this gateway."""

    def __init__(self, engine: Engine, gateway_id: str, metrics: GatewayMetrics) -> None:
        self._engine = engine
        self._gateway_id = gateway_id
        self._metrics = metrics
        self._rooms: dict[str, WatchedRoom] = {}
        self._opened: asyncio.Queue[WatchedRoom] = asyncio.Queue()

    def __len__(self) -> int:
        return sum(len(room.sockets) for room in self._rooms.values())

    def __iter__(self) -> Iterator[Connection]:
        return iter([socket for room in self._rooms.values() for socket in room.sockets])

    async def admit(self, room_id: str) -> None:
        """Ask, before the upgrade, whether there is such a room.

        Raises RoomNotFound or StoreUnavailable. Of a room that is watched here Redis is not asked.
        """
        if room_id not in self._rooms:
            await self._engine.describe(room_id)

    async def serve(self, socket: Connection, room_id: str) -> None:
        """One viewer's socket, until it is closed."""
        room = self._rooms.get(room_id)
        if room is None:
            room = self._rooms[room_id] = WatchedRoom(
                self._engine, self._gateway_id, room_id, self._metrics
            )
            self._opened.put_nowait(room)
        room.enter(socket)
        try:
            talked_too_much = await _heard_out(socket)
        finally:
            room.leave(socket)
        if talked_too_much:
            self._metrics.viewers_dismissed.inc()
            await say_farewell(socket, close_codes.TOO_MANY_BAD_MESSAGES)

    def nudge(self, room_id: str) -> None:
        """Refresh the room, which changed, unless nobody watches it any more."""
        room = self._rooms.get(room_id)
        if room is not None:
            room.changed.set()

    def refresh_all(self) -> None:
        """Refresh every room: nudges may have been missed."""
        for room in self._rooms.values():
            room.changed.set()

    async def show_forever(self) -> None:
        """Show each room to those who watch it."""
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(self._show(await self._opened.get()))

    async def _show(self, room: WatchedRoom) -> None:
        farewell = None
        try:
            await room.show()
        except RoomNotFound:
            farewell = close_codes.NO_SUCH_ROOM
        except msgspec.DecodeError as problem:
            # Another release's word, and one room's: the others are not its business.
            log.warning("unreadable room", extra=fields(room_id=room.room_id, error=str(problem)))
            farewell = close_codes.GOING_AWAY
        del self._rooms[room.room_id]  # before any waiting: nobody else may enter
        if farewell is not None:
            self._metrics.viewers_dismissed.inc(len(room.sockets))
            await asyncio.gather(*(say_farewell(socket, farewell) for socket in room.sockets))

    async def send_away(self, seconds: float) -> None:
        """Close every socket, spread over so many seconds: pages come back to another gateway."""
        sockets = list(self)
        starts = range(0, len(sockets), CLOSED_TOGETHER)
        async with asyncio.TaskGroup() as group:
            for start in starts:
                for socket in sockets[start : start + CLOSED_TOGETHER]:
                    group.create_task(close(socket, close_codes.GOING_AWAY.code))
                await asyncio.sleep(seconds / len(starts))


class WatchedRoom:
    """A room that is watched here, while anybody does.

    Those who do not keep up are passed over, and then begin anew: they never see an old state after
    a newer one.
    """

    def __init__(
        self, engine: Engine, gateway_id: str, room_id: str, metrics: GatewayMetrics
    ) -> None:
        self.room_id = room_id
        self.sockets: set[Connection] = set()
        self.changed = asyncio.Event()
        self._engine = engine
        self._gateway_id = gateway_id
        self._metrics = metrics
        self._behind: set[Connection] = set()  # they need the whole
        self._shown: Watched | None = None
        self._whole: bytes | None = None  # of what is shown, once somebody needs it

    def enter(self, socket: Connection) -> None:
        """Show the room to one more."""
        self.sockets.add(socket)
        if self._shown is None or not socket.write_frames(self._all_of(self._shown)):
            self._behind.add(socket)

    def leave(self, socket: Connection) -> None:
        """Forget a socket that was closed."""
        self.sockets.discard(socket)
        self._behind.discard(socket)
        if not self.sockets:
            self.changed.set()

    async def show(self) -> None:
        """Return when nobody watches any more. Raises RoomNotFound when the room is gone."""
        clock = asyncio.get_running_loop().time
        while self.sockets:
            began = clock()
            self.changed.clear()
            await self._refresh()
            await asyncio.sleep(began + PACE - clock())
            with suppress(TimeoutError):
                async with asyncio.timeout(RETURN_EVERY if self._behind else REFRESH_EVERY):
                    await self.changed.wait()

    async def _refresh(self) -> None:
        before = self._shown
        try:
            now = await self._engine.watch(self.room_id, self._gateway_id, before)
        except StoreUnavailable as away:
            log.debug("refresh failed", extra=fields(room_id=self.room_id, error=str(away)))
            self.changed.set()  # again in a moment; meanwhile pages show what they have
            return
        self._metrics.room_reads.inc()
        self._shown, self._whole = now, None
        if before is not None:
            await self._send_changes(before, now)
        if self._behind:
            await self._write(self._all_of(now), list(self._behind))

    async def _send_changes(self, before: Watched, now: Watched) -> None:
        frames = _frames(changes.changes(self.room_id, before, now))
        if frames:
            self._metrics.viewer_updates.inc()
            # Who enters from now on is shown all that these frames lead to.
            await self._write(frames, list(self.sockets - self._behind))
            self._metrics.viewer_skips.inc(len(self._behind))

    async def _write(self, frames: bytes, sockets: Sequence[Connection]) -> None:
        for n, socket in enumerate(sockets, start=1):
            if socket not in self.sockets:
                pass  # it left in the meantime
            elif socket.write_frames(frames):
                self._behind.discard(socket)
            else:
                self._behind.add(socket)
            if n % IN_A_ROW == 0:
                await asyncio.sleep(0)

    def _all_of(self, now: Watched) -> bytes:
        if self._whole is None:
            self._whole = _frames(changes.whole(self.room_id, now))
        return self._whole


def _frames(messages: Iterable[Message]) -> bytes:
    """The messages as they go to any number of sockets: a server masks nothing (RFC 6455, 5.1)."""
    return b"".join(
        Frame(Opcode.TEXT, encode(message).encode()).serialize(mask=False) for message in messages
    )


async def _heard_out(socket: Connection) -> bool:
    """Wait until the socket is closed, False, or says too much, True: nothing of it is of use."""
    flood = Flood()
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()
            if flood.swells():
                return True
    return False
