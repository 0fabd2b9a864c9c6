"""One game socket's life: attached, fed from nudges and the log in order, parted.

Delivery: every numbered message at least once until acknowledged, in order. A nudge that is the
next number is written at once, within the call that brings it; whatever a nudge missed is read from
the room's log. Nothing is queued without bound: a game that reads slowly is not fed faster, the
rest waits in the log.

An idle socket is one task, which reads. Another one writes while there is something that may take
time: the log, answers, a game that does not keep up.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec
from websockets.exceptions import ConnectionClosed

from shared.messages import GameEvent, Gap, Reconnect, ViewerCountUpdate, encode
from shared.refusals import EngineError, Replaced, RoomNotFound
from shared.store import StoreUnavailable
from shared.telemetry import fields
from ws_gateway import close_codes
from ws_gateway.commands import Commands
from ws_gateway.delivery import Cursor, Step
from ws_gateway.farewell import say_farewell

if TYPE_CHECKING:
    from shared.engine import Engine
    from shared.messages import GameEndSummary, Message, NumberedMessage
    from shared.replies import Attachment, Checked
    from ws_gateway.close_codes import Farewell
    from ws_gateway.connection import Connection
    from ws_gateway.metrics import Metrics
    from ws_gateway.notes import Notes

log = logging.getLogger(__name__)

NUDGES_KEPT = 1000  # beyond, they are dropped and the log is read instead
REPLIES_KEPT = 100  # answers that wait for the socket; a game that asks on waits for them to go
PAGE = 500  # messages of one look into the log
READ_AGAIN_AFTER = 0.5  # s until a log that could not be read is tried again
STALLED_AFTER = 60.0  # s that one write may take
COUNT_PACE = 1.0  # s between two viewer counts


class Session:
    """A socket that owns a room under a term.

    `run` returns when the socket is closed. All else may be called from anywhere in the event loop;
    `deliver`, `replace`, `look` and `part` never wait.
    """

    __slots__ = (
        "_age",
        "_behind",
        "_commands",
        "_count_due",
        "_count_pace",
        "_cursor",
        "_engine",
        "_farewell",
        "_gateway_id",
        "_group",
        "_metrics",
        "_notes",
        "_nudges",
        "_replies",
        "_replies_sent",
        "_socket",
        "_span",
        "_told_count",
        "_told_reconnect",
        "_unheard",
        "_viewer_count",
        "_woken",
        "_writer",
        "_written",
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
        metrics: Metrics,
        notes: Notes,
    ) -> None:
        self.room_id = room_id
        self.term = held.term
        self.acknowledging = False
        self._told_reconnect = False
        self._socket = socket
        self._engine = engine
        self._gateway_id = gateway_id
        self._metrics = metrics
        self._notes = notes
        self._cursor = Cursor(held.epoch, held.start, (held.epoch, held.seq))
        # Empty most of the time, and short: a list is a tenth of a deque.
        self._nudges: list[NumberedMessage] = []
        self._replies: list[Message] = [greeting]
        self._replies_sent: asyncio.Event | None = None  # while somebody waits for that
        self._unheard = False  # nothing is written any more
        self._behind = True  # what was fired since the attach reached nobody's inbox
        self._woken = False
        self._viewer_count = held.viewer_count
        self._told_count = 0
        self._count_due = False
        self._count_pace: asyncio.TimerHandle | None = None
        self._age: asyncio.TimerHandle | None = None
        self._written = held.start
        self._farewell: Farewell | None = None
        self._span: asyncio.Timeout | None = None  # ends what `run` does
        self._group: asyncio.TaskGroup | None = None  # while the socket is served
        self._writer: asyncio.Task[None] | None = None
        self._commands = Commands(self, engine, metrics)
        if not held.recovered:
            self._replies.append(Gap(epoch=held.epoch, last_seq=held.start))

    async def run(self) -> None:
        """Serve the socket until it is closed, from either side."""
        try:
            if self._farewell is None:
                async with asyncio.timeout(None) as self._span, asyncio.TaskGroup() as self._group:
                    self._wake()
                    await self._read()
        except TimeoutError:
            pass  # the span was ended
        finally:
            for timer in (self._count_pace, self._age):
                if timer is not None:
                    timer.cancel()
            await self._leave()

    # What others tell it.

    def deliver(self, message: GameEvent | GameEndSummary | ViewerCountUpdate) -> None:
        """Take a nudge: write it now where nothing has to be waited for."""
        if isinstance(message, ViewerCountUpdate):
            self._viewer_count = message.viewer_count
            self._wake()
        elif self._writer is not None or self._group is None or not self._write_next(message):
            self._keep(message)

    def _write_next(self, message: NumberedMessage) -> bool:
        """Write a message, or pass one over that was written; False where it must wait."""
        step = self._cursor.judge(message)
        if step is Step.SEND and self._socket.write(self._text(message)):
            self._note_sent(message)
            self._note_written()
            return True
        return step is Step.SKIP

    def _keep(self, message: NumberedMessage) -> None:
        if len(self._nudges) < NUDGES_KEPT:
            self._nudges.append(message)
        else:
            self._nudges.clear()
            self._behind = True
        self._wake()

    def replace(self) -> None:
        """Let go of the room: a newer socket owns it."""
        self.part(close_codes.MOVED_ON if self._told_reconnect else close_codes.REPLACED)

    def look(self) -> None:
        """Compare with the log and the room: nudges, and even the attach, may have been missed."""
        self._behind = self._count_due = True
        self._wake()

    def ask_reconnect(self, after_ms: int) -> None:
        """Have the game open its next socket in `after_ms`, and then let this one go."""
        self._told_reconnect = True
        self._replies.append(Reconnect(after_ms=after_ms))
        self._wake()

    def expire(self, age: float) -> None:
        """Ask the game to reconnect when the socket is `age` seconds old."""
        self._age = asyncio.get_running_loop().call_later(age, self.ask_reconnect, 0)

    def part(self, farewell: Farewell) -> None:
        """End the socket; the first reason stays."""
        self._farewell = self._farewell or farewell
        if self._group is not None and self._span is not None:
            self._group = None
            self._span.reschedule(asyncio.get_running_loop().time())

    def feel_pulse(self, now: float) -> None:
        """Ping the game; part from one that has not answered for long (`now`: s)."""
        if not self._socket.is_alive(now):
            log.info("game does not answer", extra=fields(room_id=self.room_id))
            self.part(close_codes.GOING_AWAY)

    async def reply(self, message: Message) -> None:
        """Answer the game, after what is being written; waits while too many answers wait."""
        while len(self._replies) >= REPLIES_KEPT and self._writer is not None:
            self._replies_sent = asyncio.Event()
            await self._replies_sent.wait()
        if not self._unheard:
            self._replies.append(message)
            self._wake()

    def covers(self, epoch: int, seq: int) -> bool:
        """Whether the game can have received (epoch, seq)."""
        return self._cursor.covers(epoch, seq)

    async def compare(self) -> None:
        """Give the room its regular word.

        The log is read where it holds more than the socket was sent.
        """
        if self._group is None:
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
        self._wake()

    async def _attach_again(self) -> None:
        if self._group is None:
            return  # it has let go of the room itself
        # Redis forgot the attach, and perhaps more: the log tells.
        held = await self._engine.attach_again(self.room_id, self._gateway_id, self.term)
        self.term = held.term
        self.look()
        log.info("attached again", extra=fields(room_id=self.room_id, term=held.term))

    # Reading.

    async def _read(self) -> None:
        try:
            while True:
                await self._commands.take(await self._socket.recv())
        except ConnectionClosed:
            pass
        finally:
            self._group = None
            if self._writer is not None:
                self._writer.cancel()

    # Writing.

    def _wake(self) -> None:
        """Have written what there is to write."""
        self._woken = True
        if self._group is not None and self._writer is None and not self._unheard:
            self._writer = self._group.create_task(self._write())

    async def _write(self) -> None:
        broken_off = True
        try:
            while self._woken:
                self._woken = False
                await self._send_replies()
                await self._send_messages()
                await self._send_viewer_count()
            broken_off = False
        except ConnectionClosed:
            pass
        except TimeoutError:
            self._metrics.stalled.inc()
            log.warning("socket stalled", extra=fields(room_id=self.room_id))
            self._socket.transport.abort()
        except EngineError as refusal:
            self.give_up(refusal)
        finally:
            self._writer, self._unheard = None, broken_off
            self._tell_replies_sent()

    async def _send_replies(self) -> None:
        while self._replies:
            await self._send(self._replies.pop(0))
        self._tell_replies_sent()

    def _tell_replies_sent(self) -> None:
        if self._replies_sent is not None:
            self._replies_sent.set()
            self._replies_sent = None

    async def _send_messages(self) -> None:
        while self._behind or self._nudges:
            await self._send_replies()
            try:
                if self._behind:
                    await self._catch_up()
                else:
                    await self._send_nudge(self._nudges.pop(0))
            except StoreUnavailable as away:
                self._behind = True
                asyncio.get_running_loop().call_later(READ_AGAIN_AFTER, self._wake)
                log.warning("log not readable", extra=fields(room_id=self.room_id, error=str(away)))
                return
        self._note_written()

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
        await self._send_text(self._text(message))
        self._note_sent(message)

    def _text(self, message: NumberedMessage) -> str:
        if isinstance(message, GameEvent) and self._cursor.is_replayed(message):
            message = msgspec.structs.replace(message, replayed=True)
        return encode(message)

    def _note_sent(self, message: NumberedMessage) -> None:
        replayed = self._cursor.is_replayed(message)
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

    def _note_written(self) -> None:
        if not self.acknowledging and self._written != self._cursor.seq:
            self._notes.add(self)

    async def note_written(self) -> None:
        """Remember how far the socket was written, for a game that never says how far it is."""
        if self._group is None:
            return  # it says so when it lets go of the room
        epoch, seq = self._cursor.epoch, self._cursor.seq
        try:
            await self._engine.written(self.room_id, self.term, seq, epoch=epoch)
            self._written = seq
        except EngineError as refusal:
            self.give_up(refusal)
        except StoreUnavailable:
            pass  # said again with the next message

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
        self._wake()

    async def _send(self, message: Message) -> None:
        await self._send_text(encode(message))

    async def _send_text(self, text: str) -> None:
        if not self._socket.write(text):
            async with asyncio.timeout(STALLED_AFTER):
                await self._socket.send(text)

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
