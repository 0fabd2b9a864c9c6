"""One game socket's life: attached, fed from nudges and the log in order, parted.

Delivery: every numbered message at least once until acknowledged, in order. A nudge that is the
next number is sent at once; whatever a nudge missed is read from the room's log. Nothing is queued
without bound: a game that reads slowly is not fed faster, the rest waits in the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

import msgspec
from websockets.exceptions import ConnectionClosed

from shared.messages import GameEvent, Gap, Reconnect, ViewerCountUpdate, encode
from shared.replies import EngineError, Replaced, RoomNotFound
from shared.store import StoreUnavailable
from shared.telemetry import fields
from ws_gateway import close_codes
from ws_gateway.commands import Commands
from ws_gateway.delivery import Cursor, Step
from ws_gateway.farewell import say_farewell

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

    from shared.engine import Engine
    from shared.messages import GameEndSummary, Message, NumberedMessage
    from shared.replies import Attachment, Checked
    from ws_gateway.close_codes import Farewell
    from ws_gateway.metrics import Metrics

log = logging.getLogger(__name__)

NUDGES_KEPT = 1000  # beyond, they are dropped and the log is read instead
REPLIES_KEPT = 100  # answers that wait for the socket; a game that asks on waits for them to go
PAGE = 500  # messages of one look into the log
READ_AGAIN_AFTER = 0.5  # s until a log that could not be read is tried again
STALLED_AFTER = 60.0  # s that one write may take
COUNT_PACE = 1.0  # s between two viewer counts


class Session:
    """A socket that owns a room under a term.

    `run` returns when the socket is closed. `deliver`, `replace`, `look` and `part` never wait;
    they may be called from anywhere in the event loop.
    """

    def __init__(
        self,
        socket: ServerConnection,
        engine: Engine,
        gateway_id: str,
        room_id: str,
        held: Attachment,
        greeting: Message,
        metrics: Metrics,
    ) -> None:
        self.room_id = room_id
        self.term = held.term
        self.acknowledging = False
        self._told_reconnect = False
        self._socket = socket
        self._engine = engine
        self._gateway_id = gateway_id
        self._metrics = metrics
        self._cursor = Cursor(held.epoch, held.start, (held.epoch, held.seq))
        self._nudges: deque[NumberedMessage] = deque()
        self._replies: deque[Message] = deque([greeting])
        self._replies_sent = asyncio.Event()
        self._unheard = False  # nothing is written any more
        self._behind = True  # what was fired since the attach reached nobody's inbox
        self._wake = asyncio.Event()
        self._viewer_count = held.viewer_count
        self._told_count = 0
        self._count_due = False
        self._count_pace: asyncio.TimerHandle | None = None
        self._age: asyncio.TimerHandle | None = None
        self._written = held.start
        self._farewell: Farewell | None = None
        self._parted = False
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._commands = Commands(self, engine, metrics)
        if not held.recovered:
            self._replies.append(Gap(epoch=held.epoch, last_seq=held.start))
        self._wake.set()

    async def run(self) -> None:
        """Serve the socket until it is closed, from either side."""
        try:
            if self._farewell is None:
                async with asyncio.TaskGroup() as group:
                    self._tasks = (
                        group.create_task(self._read()),
                        group.create_task(self._write()),
                    )
        finally:
            self._parted = True
            for timer in (self._count_pace, self._age):
                if timer is not None:
                    timer.cancel()
            await self._leave()

    # What others tell it.

    def deliver(self, message: GameEvent | GameEndSummary | ViewerCountUpdate) -> None:
        """Take a nudge."""
        if isinstance(message, ViewerCountUpdate):
            self._viewer_count = message.viewer_count
        elif len(self._nudges) < NUDGES_KEPT:
            self._nudges.append(message)
        else:
            self._nudges.clear()
            self._behind = True
        self._wake.set()

    def replace(self) -> None:
        """Let go of the room: a newer socket owns it."""
        self.part(close_codes.MOVED_ON if self._told_reconnect else close_codes.REPLACED)

    def look(self) -> None:
        """Compare with the log and the room: nudges, and even the attach, may have been missed."""
        self._behind = self._count_due = True
        self._wake.set()

    def ask_reconnect(self, after_ms: int) -> None:
        """Have the game open its next socket in `after_ms`, and then let this one go."""
        self._told_reconnect = True
        self._replies.append(Reconnect(after_ms=after_ms))
        self._wake.set()

    def expire(self, age: float) -> None:
        """Ask the game to reconnect when the socket is `age` seconds old."""
        self._age = asyncio.get_running_loop().call_later(age, self.ask_reconnect, 0)

    def part(self, farewell: Farewell) -> None:
        """End the socket; the first reason stays."""
        self._farewell = self._farewell or farewell
        self._parted = True
        for task in self._tasks:
            task.cancel()

    async def reply(self, message: Message) -> None:
        """Answer the game, after what is being written; waits while too many answers wait."""
        while len(self._replies) >= REPLIES_KEPT and not self._unheard:
            self._replies_sent.clear()
            await self._replies_sent.wait()
        if not self._unheard:
            self._replies.append(message)
        self._wake.set()

    def covers(self, epoch: int, seq: int) -> bool:
        """Whether the game can have received (epoch, seq)."""
        return self._cursor.covers(epoch, seq)

    async def compare(self) -> None:
        """Give the room its regular word.

        The log is read where it holds more than the socket was sent.
        """
        if self._parted:
            return
        try:
            truth = await self._engine.check(self.room_id, self.term)
            if truth is None:
                await self._attach_again()
            else:
                self._take(truth)
        except EngineError as refusal:
            self.give_up(refusal)
        except StoreUnavailable as away:
            self._count_due = True  # a room whose owner is forgotten nudges nobody
            log.debug("comparison failed", extra=fields(room_id=self.room_id, error=str(away)))

    def give_up(self, refusal: EngineError) -> None:
        """Part from a room that is no longer this socket's."""
        if isinstance(refusal, Replaced):
            self.replace()
        elif isinstance(refusal, RoomNotFound):
            self.part(close_codes.NO_SUCH_ROOM)
        else:
            raise refusal

    def _take(self, truth: Checked) -> None:
        self._viewer_count = truth.viewer_count
        self._behind |= (truth.epoch, truth.seq) != (self._cursor.epoch, self._cursor.seq)
        self._wake.set()

    async def _attach_again(self) -> None:
        if self._parted:
            return  # it has let go of the room itself
        # Redis forgot the attach, and perhaps more: the log tells.
        held = await self._engine.attach_again(self.room_id, self._gateway_id, self.term)
        self.term = held.term
        self.look()
        log.info("attached again", extra=fields(room_id=self.room_id, term=held.term))

    # Reading.

    async def _read(self) -> None:
        try:
            async for frame in self._socket:
                await self._commands.take(frame)
        except ConnectionClosed:
            pass
        finally:
            self._tasks[1].cancel()

    # Writing.

    async def _write(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._send_replies()
                await self._send_messages()
                await self._send_viewer_count()
        except ConnectionClosed:
            pass
        except TimeoutError:
            self._metrics.stalled.inc()
            log.warning("socket stalled", extra=fields(room_id=self.room_id))
            self._socket.transport.abort()
        except EngineError as refusal:
            self.give_up(refusal)
        finally:
            self._unheard = True
            self._replies_sent.set()

    async def _send_replies(self) -> None:
        while self._replies:
            await self._send(self._replies.popleft())
        self._replies_sent.set()

    async def _send_messages(self) -> None:
        while self._behind or self._nudges:
            await self._send_replies()
            try:
                if self._behind:
                    await self._catch_up()
                else:
                    await self._send_nudge(self._nudges.popleft())
            except StoreUnavailable as away:
                self._behind = True
                asyncio.get_running_loop().call_later(READ_AGAIN_AFTER, self._wake.set)
                log.warning("log not readable", extra=fields(room_id=self.room_id, error=str(away)))
                return
        await self._note_written()

    async def _send_nudge(self, message: NumberedMessage) -> None:
        match self._cursor.judge(message):
            case Step.SEND:
                await self._send_numbered(message)
            case Step.READ_LOG:
                self._behind = True
            case Step.SKIP:
                pass

    async def _catch_up(self) -> None:
        self._behind = False
        self._metrics.log_reads.inc()
        page = await self._engine.read(
            self.room_id, self._cursor.epoch, self._cursor.seq, limit=PAGE
        )
        if self._cursor.turn(page):
            self._metrics.gaps.inc()
            log.warning(
                "gap", extra=fields(room_id=self.room_id, epoch=page.epoch, last_seq=page.start)
            )
            await self._send(Gap(epoch=page.epoch, last_seq=page.start))
        for message in page.messages:
            await self._send_numbered(message)
        self._behind |= len(page.messages) == PAGE

    async def _send_numbered(self, message: NumberedMessage) -> None:
        replayed = self._cursor.is_replayed(message)
        if replayed and isinstance(message, GameEvent):
            message = msgspec.structs.replace(message, replayed=True)
        await self._send(message)
        self._cursor.sent(message)
        self._metrics.delivered.inc()
        if replayed:
            self._metrics.replayed.inc()
        if isinstance(message, GameEvent) and log.isEnabledFor(logging.INFO):
            facts = fields(
                room_id=self.room_id,
                event_type=message.event_type,
                seq=message.seq,
                replayed=replayed,
            )
            log.info("event delivered to unity via pubsub", extra=facts)

    async def _note_written(self) -> None:
        """Remember how far the socket was written, for a game that never says how far it is."""
        if self.acknowledging or self._written == self._cursor.seq:
            return
        epoch, seq = self._cursor.epoch, self._cursor.seq
        try:
            await self._engine.written(self.room_id, self.term, seq, epoch=epoch)
        except StoreUnavailable:
            return  # said again with the next message
        self._written = seq

    async def _send_viewer_count(self) -> None:
        """Tell a changed count, at most once a second.

        What changes meanwhile is asked for afterwards.
        """
        if self._count_due:
            self._count_due = False
            await self.compare()
        if self._viewer_count == self._told_count or self._count_pace is not None:
            return
        self._told_count = self._viewer_count
        await self._send(ViewerCountUpdate(room_id=self.room_id, viewer_count=self._viewer_count))
        self._count_pace = asyncio.get_running_loop().call_later(COUNT_PACE, self._count_again)

    def _count_again(self) -> None:
        self._count_pace, self._count_due = None, True
        self._wake.set()

    async def _send(self, message: Message) -> None:
        async with asyncio.timeout(STALLED_AFTER):
            await self._socket.send(encode(message))

    # Parting.

    async def _leave(self) -> None:
        farewell = self._farewell
        if farewell not in (close_codes.REPLACED, close_codes.MOVED_ON):
            await self._detach()
        if farewell is None:
            return
        await say_farewell(self._socket, farewell)

    async def _detach(self) -> None:
        cursor, clean = self._cursor, self._socket.close_code == 1000
        try:
            await self._engine.detach(
                self.room_id, self.term, written=cursor.seq, epoch=cursor.epoch, clean=clean
            )
        except (EngineError, StoreUnavailable) as problem:
            # The room notices the silence by itself.
            log.debug("detach failed", extra=fields(room_id=self.room_id, error=str(problem)))
