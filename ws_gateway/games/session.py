"""One game socket's life: attached, fed from nudges and the log in order, parted.

`feed.py` is what the socket is written, `commands.py` what it says. An idle socket is one task,
which reads.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed

from shared.engine.refusals import EngineError, RoomNotFound, SocketReplaced
from shared.process.telemetry import fields
from shared.redis_store.store import StoreUnavailable
from shared.wire.game_messages import Reconnect
from ws_gateway.games.commands import Commands
from ws_gateway.games.feed import Feed
from ws_gateway.sockets import close_codes
from ws_gateway.sockets.farewell import say_farewell

if TYPE_CHECKING:
    from shared.engine.engine import Engine
    from shared.engine.replies import Attachment
    from shared.wire.game_messages import GameEndSummary, GameEvent, Message, ViewerCountUpdate
    from ws_gateway.games.written_positions import Notes
    from ws_gateway.metrics import GatewayMetrics
    from ws_gateway.sockets.close_codes import Farewell
    from ws_gateway.sockets.connection import Connection

log = logging.getLogger(__name__)


class Session:
    """A socket that owns a room under a term.

    `run` returns when the socket is closed. All else may be called from anywhere in the event loop;
    `deliver`, `replace`, `read_log` and `part` never wait.
    """

    __slots__ = (
        "_age",
        "_commands",
        "_engine",
        "_farewell",
        "_feed",
        "_gateway_id",
        "_noted",
        "_notes",
        "_served",
        "_socket",
        "_span",
        "_told_reconnect",
        "acknowledging",
        "room_id",
        "term",
    )

    def __init__(
        self,
        socket: Connection,
        engine: Engine,
        gateway_id: str,
        room_id: str,
        held: Attachment,
        greeting: Message,
        metrics: GatewayMetrics,
        notes: Notes,
    ) -> None:
        self.room_id = room_id
        self.term = held.term
        self.acknowledging = False
        self._told_reconnect = False
        self._socket = socket
        self._engine = engine
        self._gateway_id = gateway_id
        self._notes = notes
        self._noted = held.start  # how far the room knows the socket was written
        self._age: asyncio.TimerHandle | None = None
        self._farewell: Farewell | None = None
        self._span: asyncio.Timeout | None = None  # ends what `run` does
        self._served = False  # while it holds its room
        self._feed = Feed(self, socket, engine, held, greeting, metrics)
        self._commands = Commands(self, engine, metrics)

    async def run(self) -> None:
        """Serve the socket until it is closed, from either side."""
        try:
            if self._farewell is None:
                async with asyncio.timeout(None) as self._span, asyncio.TaskGroup() as group:
                    self._served = True
                    self._feed.open(group)
                    await self._read()
        except TimeoutError:
            pass  # the span was ended
        finally:
            if self._age is not None:
                self._age.cancel()
            await self._leave()

    async def _read(self) -> None:
        try:
            while True:
                await self._commands.handle(await self._socket.recv())
        except ConnectionClosed:
            pass
        finally:
            self._served = False
            self._feed.stop()

    # What others tell it.

    def replace(self) -> None:
        """Let go of the room: a newer socket owns it."""
        self.part(close_codes.MOVED_ON if self._told_reconnect else close_codes.REPLACED)

    def deliver(self, message: GameEvent | GameEndSummary | ViewerCountUpdate) -> None:
        """Take a nudge: write it now where nothing has to be waited for."""
        self._feed.deliver(message)

    def read_log(self) -> None:
        """Read the log and check the room: nudges, and even the attach, may have been missed."""
        self._feed.read_log()

    async def reply(self, message: Message) -> None:
        """Answer the game, after what is being written; waits while too many answers wait."""
        await self._feed.reply(message)

    def ask_reconnect(self, after_ms: int) -> None:
        """Have the game open its next socket in `after_ms`, and then let this one go."""
        self._told_reconnect = True
        self._feed.say(Reconnect(after_ms=after_ms))

    def expire(self, age: float) -> None:
        """Ask the game to reconnect when the socket is `age` seconds old."""
        self._age = asyncio.get_running_loop().call_later(age, self.ask_reconnect, 0)

    def part(self, farewell: Farewell) -> None:
        """End the socket; the first reason stays."""
        self._farewell = self._farewell or farewell
        if self._served and self._span is not None:
            self._served = False
            self._feed.shut()
            self._span.reschedule(asyncio.get_running_loop().time())

    def feel_pulse(self, now: float) -> None:
        """Ping the game; part from one that has not answered for long (`now`: s)."""
        if not self._socket.is_alive(now):
            log.info("game does not answer", extra=fields(room_id=self.room_id))
            self.part(close_codes.GOING_AWAY)

    def covers(self, log_epoch: int, seq: int) -> bool:
        """Whether the game can have received (log_epoch, seq)."""
        return self._feed.cursor.covers(log_epoch, seq)

    async def compare(self) -> None:
        """Send the room its heartbeat.

        The log is read where it holds more than the socket was sent.
        """
        if not self._served:
            return
        try:
            truth = await self._engine.check(self.room_id, self.term)
            if truth is None:
                await self._attach_again()
            else:
                self._feed.compare_with(truth)
        except EngineError as refusal:
            self.give_up(refusal)
        except StoreUnavailable as away:
            self._feed.ask_again()  # a room whose owner is forgotten nudges nobody
            log.debug("comparison failed", extra=fields(room_id=self.room_id, error=str(away)))

    def give_up(self, refusal: EngineError) -> None:
        """Part from a room that is no longer this socket's."""
        if isinstance(refusal, SocketReplaced):
            self.replace()
        elif isinstance(refusal, RoomNotFound):
            self.part(close_codes.NO_SUCH_ROOM)
        else:
            raise refusal

    async def _attach_again(self) -> None:
        if not self._served:
            return  # it has let go of the room itself
        # Redis forgot the attach, and perhaps more: the log tells.
        await self._engine.attach_again(self.room_id, self._gateway_id, self.term)
        self.read_log()
        log.info("attached again", extra=fields(room_id=self.room_id, term=self.term))

    def note_delivery(self) -> None:
        """Have the room learn how far the socket was written, unless the game itself says so."""
        if not self.acknowledging and self._noted != self._feed.cursor.seq:
            self._notes.add(self)

    async def note_written(self) -> None:
        """Remember how far the socket was written, for a game that never says how far it is."""
        if not self._served:
            return  # it says so when it lets go of the room
        log_epoch, seq = self._feed.cursor.log_epoch, self._feed.cursor.seq
        try:
            await self._engine.written(self.room_id, self.term, seq, log_epoch=log_epoch)
            self._noted = seq
        except EngineError as refusal:
            self.give_up(refusal)
        except StoreUnavailable:
            pass  # said again with the next message

    # Parting.

    async def _leave(self) -> None:
        farewell = self._farewell
        if farewell not in (close_codes.REPLACED, close_codes.MOVED_ON):
            await self._detach()
        if farewell is None:
            return
        await say_farewell(self._socket, farewell)

    async def _detach(self) -> None:
        cursor, clean = self._feed.cursor, self._socket.close_code == 1000
        try:
            await self._engine.detach(
                self.room_id, self.term, written=cursor.seq, log_epoch=cursor.log_epoch, clean=clean
            )
        except (EngineError, StoreUnavailable) as problem:
            # The room notices the silence by itself.
            log.debug("detach failed", extra=fields(room_id=self.room_id, error=str(problem)))
