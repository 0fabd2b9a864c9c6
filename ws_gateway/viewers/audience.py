"""Viewers' sockets: each room is read and encoded once for all of its viewers.

When a room changes, it publishes one nudge to the inbox of each gateway that watches it, and the
next only after that gateway has read it. The gateway reads the room at once, but at most four times
a second, and also every 5 s without a nudge. The work of Redis and of the encoder does not grow
with the number of viewers.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from shared.engine.engine import Engine
from shared.engine.open_room import next_open
from shared.engine.refusals import RoomNotFound
from shared.engine.room_snapshot import RoomSnapshot
from shared.process.telemetry import fields
from shared.redis_store.store import StoreFault, StoreUnavailable, StoreUnfit
from shared.wire.game_messages import Message, RoomChanged, encode
from shared.wire.viewer_messages import Preview
from ws_gateway.metrics import GatewayMetrics
from ws_gateway.sockets import close_codes
from ws_gateway.sockets.connection import Connection
from ws_gateway.sockets.grants import ViewerEntry
from ws_gateway.viewers import changes

log = logging.getLogger(__name__)

PACE = 0.25  # s from one refresh to the next
REFRESH_EVERY = 5.0  # s: no nudge comes when viewers leave or a cooldown ends
RETURN_EVERY = 1.0  # s between two tries to write to viewers that read too slowly
WHOLE_FOR = 0.05  # s that the whole state, with its time, is sent to new pages as it is
IN_A_ROW = 200  # sockets written before other tasks, such as games, get their turn
CLOSED_TOGETHER = 20  # sockets that a drain closes at once


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
        """Check, before the upgrade, that the room exists; of a watched room Redis is not asked.

        Raises RoomNotFound or StoreUnavailable.
        """
        if room_id not in self._rooms:
            await self._engine.describe(room_id)

    async def serve(self, socket: Connection, entry: ViewerEntry) -> None:
        """Serve one viewer's socket until it is closed."""
        room_id = entry.room_id
        room = self._rooms.get(room_id)
        if room is None:
            room = self._rooms[room_id] = WatchedRoom(
                self._engine, self._gateway_id, room_id, self._metrics
            )
            self._opened.put_nowait(room)
        room.enter(socket, previews=entry.previews)
        try:
            await socket.recv()
            while not socket.note_bad_message():  # viewers have nothing to say
                await socket.recv()
        except ConnectionClosed:
            return
        finally:
            room.leave(socket)
        self._metrics.viewers_dismissed.inc()
        await socket.send_and_close(close_codes.TOO_MANY_BAD_MESSAGES)

    def hear(self, message: RoomChanged) -> None:
        """Refresh the room, which changed, or show the preview, if the room is still watched."""
        room = self._rooms.get(message.room_id)
        if room is None:
            return
        if message.preview is None:
            room.changed.set()
        else:
            room.preview(message.preview)

    def refreshes(self) -> list[Callable[[], None]]:
        """What refreshes each room: nudges may have been lost."""
        return [room.changed.set for room in self._rooms.values()]

    async def show_forever(self) -> None:
        """Run `WatchedRoom.show` for each room that is watched."""
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(self._show(await self._opened.get()))

    async def _show(self, room: "WatchedRoom") -> None:
        message = None
        try:
            await room.show()
        except RoomNotFound:
            message = close_codes.NO_SUCH_ROOM
        except (msgspec.DecodeError, StoreFault) as problem:
            # Perhaps written by another release; the other rooms must not fail with this one.
            log.warning("unreadable room", extra=fields(room_id=room.room_id, error=str(problem)))
            message = close_codes.GOING_AWAY
        del self._rooms[room.room_id]  # before the first await: no other socket may enter
        if message is not None:
            self._metrics.viewers_dismissed.inc(len(room.sockets))
            await asyncio.gather(*(socket.send_and_close(message) for socket in room.sockets))

    async def send_away(self, seconds: float) -> None:
        """Close every socket, spread over `seconds`: the pages reconnect to another gateway."""
        sockets = list(self)
        starts = range(0, len(sockets), CLOSED_TOGETHER)
        async with asyncio.TaskGroup() as group:
            for start in starts:
                for socket in sockets[start : start + CLOSED_TOGETHER]:
                    group.create_task(socket.close_or_drop(close_codes.GOING_AWAY.code))
                await asyncio.sleep(seconds / len(starts))


@dataclass(eq=False)
class WatchedRoom:
    """A room that has viewers on this gateway.

    Sockets that read too slowly miss updates, and then receive the whole state: never an older
    state after a newer one.
    """

    _engine: Engine
    _gateway_id: str
    room_id: str
    _metrics: GatewayMetrics
    sockets: set[Connection] = field(default_factory=set)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _behind: set[Connection] = field(default_factory=set)  # sockets that need the whole state
    _previewers: set[Connection] = field(default_factory=set)
    _newcomers: changes.Newcomers = field(default_factory=changes.Newcomers)
    _shown: RoomSnapshot | None = None
    _read_at: float = 0.0  # s, when `_shown` was read
    _whole: bytes | None = None  # frames of the whole of `_shown`, made when needed
    _whole_at: float = 0.0  # s

    def enter(self, socket: Connection, *, previews: bool = False) -> None:
        """Add a socket, and write the whole state to it."""
        self.sockets.add(socket)
        if previews:
            self._previewers.add(socket)
        if self._shown is None or not socket.write_frames(self._all_of(self._shown)):
            self._behind.add(socket)

    def leave(self, socket: Connection) -> None:
        """Remove a closed socket."""
        self.sockets.discard(socket)
        self._behind.discard(socket)
        self._previewers.discard(socket)
        if not self.sockets:
            self.changed.set()

    def preview(self, event_type: str) -> None:
        """Write a preview to the sockets that show them, but to none that has no state yet."""
        frames = _frames([Preview(event_type)])
        for socket in self._previewers - self._behind:
            socket.write_frames(frames)

    async def show(self) -> None:
        """Refresh the room until it has no viewers. Raises RoomNotFound if it is gone."""
        clock = asyncio.get_running_loop().time
        while self.sockets:
            began = clock()
            self.changed.clear()
            await self._refresh()
            await asyncio.sleep(began + PACE - clock())
            with suppress(TimeoutError):
                is_waiting = self._behind or self._newcomers.are_waiting
                async with asyncio.timeout(RETURN_EVERY if is_waiting else REFRESH_EVERY):
                    await self.changed.wait()

    async def _refresh(self) -> None:
        before = self._shown
        try:
            now = await self._engine.watch(self.room_id, self._gateway_id, before)
        except (StoreUnavailable, StoreUnfit) as away:
            log.debug("refresh failed", extra=fields(room_id=self.room_id, error=str(away)))
            self.changed.set()  # try again in a moment; meanwhile pages keep the old state
            return
        if now.next_room_id:
            next_room_id = await next_open(self._engine, now) or ""
            now = msgspec.structs.replace(now, next_room_id=next_room_id)
        if before is not None:
            now = changes.steadied(before, now)
        self._metrics.audience_looks.inc()
        self._shown, self._whole = now, None
        self._read_at = asyncio.get_running_loop().time()
        if before is not None:
            await self._send_changes(before, now)
        if self._behind:
            await self._write(self._all_of(now), list(self._behind))

    async def _send_changes(self, before: RoomSnapshot, now: RoomSnapshot) -> None:
        arrived = self._newcomers.message(before, now, asyncio.get_running_loop().time())
        frames = _frames([*changes.changes(self.room_id, before, now), *arrived])
        if frames:
            self._metrics.viewer_updates.inc()
            # Sockets that enter from now on get the state that already contains these changes.
            await self._write(frames, list(self.sockets - self._behind))
            self._metrics.viewer_skips.inc(len(self._behind))

    async def _write(self, frames: bytes, sockets: Sequence[Connection]) -> None:
        for n, socket in enumerate(sockets, start=1):
            if socket not in self.sockets:
                pass  # it was closed meanwhile
            elif socket.write_frames(frames):
                self._behind.discard(socket)
            else:
                self._behind.add(socket)
            if n % IN_A_ROW == 0:
                await asyncio.sleep(0)

    def _all_of(self, shown: RoomSnapshot) -> bytes:
        now = asyncio.get_running_loop().time()
        if self._whole is None or now - self._whole_at > WHOLE_FOR:
            aged = changes.aged(shown, int((now - self._read_at) * 1_000))
            self._whole, self._whole_at = _frames(changes.whole(self.room_id, aged)), now
        return self._whole


def _frames(messages: Iterable[Message]) -> bytes:
    """Encode messages once for all sockets: a server's frames are unmasked (RFC 6455, 5.1)."""
    return b"".join(
        Frame(Opcode.TEXT, encode(message).encode()).serialize(mask=False) for message in messages
    )
