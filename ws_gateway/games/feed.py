"""Writes to one game's socket, in order: replies, numbered messages, viewer counts, the round.

Delivery is at least once until acknowledged. A nudge with the next number is written at once,
within the call that brings it; messages whose nudges were lost are read from the room's log. All
queues are bounded: if a game reads slowly, the messages wait in the log (backpressure).

A writer task exists only while a write may have to wait: for the log, for replies, for a game that
reads slowly.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

import msgspec
from websockets.exceptions import ConnectionClosed

from shared.process.telemetry import fields
from shared.redis_store.store import StoreError, StoreFault
from shared.wire.game_messages import (
    GameEvent,
    Gap,
    RoomReady,
    RoundUpdate,
    ViewerCountUpdate,
    encode,
)
from shared.wire.refusal import Refused
from ws_gateway.games.cursor import Cursor, Step
from ws_gateway.games.told_round import ToldRound

if TYPE_CHECKING:
    from shared.engine.engine import Engine
    from shared.engine.replies import Attachment, Checked
    from shared.wire.game_messages import Message, Nudge, NumberedMessage
    from ws_gateway.metrics import GatewayMetrics
    from ws_gateway.sockets.connection import Connection

log = logging.getLogger(__name__)

MOST_NUDGES = 1000  # queued nudges; beyond, they are dropped and the log is read instead
MOST_REPLIES = 100  # queued replies; beyond, the game's next commands wait
PAGE = 500  # messages of one read of the log
READ_AGAIN_AFTER = 0.5  # s until a failed read of the log is repeated
STALLED_AFTER = 60.0  # s that one write may take
COUNT_PACE = 1.0  # s between two viewer counts


class Fed(Protocol):
    """The session, as far as a feed uses it; a protocol, because `session` imports this module."""

    room_id: str

    async def compare(self) -> None: ...
    def give_up(self, refusal: Refused | StoreFault) -> None: ...
    def note_delivery(self) -> None: ...


class Feed:
    """The writing side of a socket; `cursor` is the last message written.

    `deliver`, `read_log`, `say` and `compare_with` may be called at any time and never block.
    """

    __slots__ = (
        "_behind",
        "_count_due",
        "_count_pace",
        "_engine",
        "_group",
        "_metrics",
        "_nudges",
        "_read_again",
        "_replies",
        "_replies_sent",
        "_session",
        "_socket",
        "_told_count",
        "_unheard",
        "_viewer_count",
        "_woken",
        "_writer",
        "cursor",
        "round",
    )

    def __init__(
        self,
        session: Fed,
        socket: Connection,
        engine: Engine,
        held: Attachment,
        greeting: Message,
        metrics: GatewayMetrics,
        *,
        round_changes: bool = False,
    ) -> None:
        self.round = ToldRound(wanted=round_changes)
        self.cursor = Cursor(held.log_epoch, held.start, (held.log_epoch, held.seq))
        self._session = session
        self._socket = socket
        self._engine = engine
        self._metrics = metrics
        # Lists, because they are mostly empty: an empty deque takes ten times the memory.
        self._nudges: list[NumberedMessage] = []
        self._replies: list[Message] = [greeting]
        self._replies_sent: asyncio.Event | None = None  # while `reply` waits for it
        self._unheard = False  # the writer failed: nothing is written any more
        self._behind = True  # read the log first: triggers since the attach may lack a nudge
        self._read_again: asyncio.TimerHandle | None = None  # after a failed read of the log
        self._woken = False
        self._viewer_count = held.viewer_count
        # A game that comes back may show a count from before; a new room has no viewers yet.
        self._told_count = -1 if isinstance(greeting, RoomReady) else 0
        self._count_due = round_changes  # the first answer has the round
        self._count_pace: asyncio.TimerHandle | None = None
        self._group: asyncio.TaskGroup | None = None  # while there may be a writer
        self._writer: asyncio.Task[None] | None = None
        if not held.recovered:
            self._replies.append(Gap(epoch=held.log_epoch, last_seq=held.start))

    def open(self, group: asyncio.TaskGroup) -> None:
        """Start to write; the writer task runs in this group."""
        self._group = group
        self._wake()

    def shut(self) -> None:
        """Start no new write; the one in progress continues."""
        self._group = None

    def stop(self) -> None:
        """Cancel the write in progress, and start no new one."""
        self.shut()
        if self._writer is not None:
            self._writer.cancel()
        for timer in (self._count_pace, self._read_again):
            if timer is not None:
                timer.cancel()

    def deliver(self, message: Nudge) -> None:
        """Write a nudge's message now if that need not wait, else queue it."""
        if isinstance(message, ViewerCountUpdate):
            self._viewer_count = message.viewer_count
            self._wake()
        elif isinstance(message, RoundUpdate):
            self.round.latest = message
            self._wake()
        elif self._writer is not None or self._group is None or not self._write_next(message):
            self._queue(message)

    def _write_next(self, message: NumberedMessage) -> bool:
        """Write the message, or skip it if it was written before; False if it must be queued."""
        step = self.cursor.judge(message)
        if step is Step.SEND and self._socket.write(self._text(message)):
            self._note_sent(message)
            return True
        return step is Step.SKIP

    def _queue(self, message: NumberedMessage) -> None:
        if len(self._nudges) < MOST_NUDGES:
            self._nudges.append(message)
        else:
            self._nudges.clear()
            self._behind = True
        self._wake()

    def read_log(self) -> None:
        """Read the log and check the room: nudges, or even the attach, may have been lost."""
        self._behind = self._count_due = True
        self._wake()

    def compare_with(self, truth: Checked, round_before: RoundUpdate | None) -> None:
        """Write what the room has and the socket does not."""
        self._viewer_count = truth.viewer_count
        self.round.learn(truth.round_update, round_before)
        self._behind |= (truth.log_epoch, truth.seq) != (self.cursor.log_epoch, self.cursor.seq)
        self._wake()

    def ask_again(self) -> None:
        """Check the room before the next write: the check failed now."""
        self._count_due = True

    def say(self, message: Message) -> None:
        """Queue a message that is not numbered."""
        self._replies.append(message)
        self._wake()

    async def reply(self, message: Message) -> None:
        """Queue a reply; waits while the queue of replies is full."""
        while len(self._replies) >= MOST_REPLIES and self._writer is not None:
            self._replies_sent = asyncio.Event()
            await self._replies_sent.wait()
        if not self._unheard:
            self.say(message)

    def _wake(self) -> None:
        """Start the writer unless it runs."""
        self._woken = True
        if self._group is not None and self._writer is None and not self._unheard:
            self._writer = self._group.create_task(self._write())

    async def _write(self) -> None:
        broken_off = True
        try:
            while self._woken:
                self._woken = False
                await self._send_replies()
                await self._send_round()
                await self._send_messages()
                await self._send_viewer_count()
            broken_off = False
        except ConnectionClosed:
            pass
        except TimeoutError:
            self._metrics.stalled.inc()
            log.warning("socket stalled", extra=fields(room_id=self._session.room_id))
            self._socket.transport.abort()
        except (Refused, StoreFault) as refusal:
            self._session.give_up(refusal)
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
            except StoreFault:
                raise
            except StoreError as away:
                self._metrics.redis_errors.inc()
                log.warning(
                    "log not readable", extra=fields(room_id=self._session.room_id, error=str(away))
                )
                self._wait_to_read()
                return

    def _wait_to_read(self) -> None:
        """Read the log again in a moment. One timer, whatever else wakes the writer meanwhile."""
        self._behind = True
        if self._read_again is None:
            loop = asyncio.get_running_loop()
            self._read_again = loop.call_later(READ_AGAIN_AFTER, self._read_now)

    def _read_now(self) -> None:
        self._read_again = None
        self._wake()

    async def _send_nudge(self, message: NumberedMessage) -> None:
        step = self.cursor.judge(message)
        if step is Step.SEND:
            await self._send_numbered(message)
        elif step is Step.READ_LOG:
            self._behind = True

    async def _catch_up(self) -> None:
        self._behind = False
        self._metrics.log_reads.inc()
        page = await self._engine.read(
            self._session.room_id, self.cursor.log_epoch, self.cursor.seq, limit=PAGE
        )
        self.cursor.go_to(page)
        if not page.recovered:
            self._metrics.gaps.inc()
            log.warning(
                "gap",
                extra=fields(
                    room_id=self._session.room_id, epoch=page.log_epoch, last_seq=page.start
                ),
            )
            await self._send(Gap(epoch=page.log_epoch, last_seq=page.start))
            self._session.note_delivery()
        for message in page.messages:
            await self._send_numbered(message)
        self._behind |= len(page.messages) == PAGE

    async def _send_numbered(self, message: NumberedMessage) -> None:
        await self._send_text(self._text(message))
        self._note_sent(message)

    def _text(self, message: NumberedMessage) -> str:
        if isinstance(message, GameEvent) and self.cursor.is_replayed(message):
            message = msgspec.structs.replace(message, replayed=True)
        return encode(message)

    def _note_sent(self, message: NumberedMessage) -> None:
        replayed = self.cursor.is_replayed(message)
        self.cursor.sent(message)
        self._session.note_delivery()
        self._metrics.delivered.inc()
        if replayed:
            self._metrics.replayed.inc()
        elif isinstance(message, GameEvent):
            self._metrics.note_delivery(message.fired_at)
        if isinstance(message, GameEvent) and log.isEnabledFor(logging.DEBUG):
            facts = fields(
                room_id=self._session.room_id,
                event_type=message.event_type,
                seq=message.seq,
                replayed=replayed,
            )
            log.debug("event delivered to unity via pubsub", extra=facts)

    async def _send_round(self) -> None:
        if (update := self.round.next()) is not None:
            await self._send(update)

    async def _send_viewer_count(self) -> None:
        """Send a changed count, at most once a second.

        After that second the room is asked again, for changes in between.
        """
        if self._count_due:
            self._count_due = False
            await self._session.compare()
        if self._viewer_count == self._told_count or self._count_pace is not None:
            return
        self._told_count = self._viewer_count
        await self._send(
            ViewerCountUpdate(room_id=self._session.room_id, viewer_count=self._viewer_count)
        )
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
