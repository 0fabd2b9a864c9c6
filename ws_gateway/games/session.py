"""One game's socket, from attach to close: what it is sent, in which order, and when it ends.

Delivery is at least once until acknowledged. A nudge with the next number is written at once,
within the call that brings it; messages whose nudges were lost are read from the room's log. All
queues are bounded: if a game reads slowly, the messages wait in the log (backpressure).

An idle socket has one task, which reads. A writer task exists only while a write may have to wait:
for the log, for replies, for a game that reads slowly. `commands.py` carries out what games send.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import InitVar, dataclass, field
from enum import Enum, auto

import msgspec
from websockets.exceptions import ConnectionClosed

from shared.engine.engine import Engine
from shared.engine.refusals import RoomNotFound, SocketReplaced
from shared.engine.replies import Attachment, LogPage
from shared.process.telemetry import fields
from shared.redis_store.store import StoreError, StoreFault
from shared.wire.game_messages import (
    GameEvent,
    Gap,
    Message,
    Nudge,
    NumberedMessage,
    Reconnect,
    RoomReady,
    RoundUpdate,
    ViewerCountUpdate,
    encode,
)
from shared.wire.refusal import Refused
from ws_gateway.games.written_positions import WrittenPositions
from ws_gateway.metrics import GatewayMetrics
from ws_gateway.sockets import close_codes
from ws_gateway.sockets.close_codes import CloseMessage
from ws_gateway.sockets.connection import Connection
from ws_gateway.sockets.grants import GameEntry

log = logging.getLogger(__name__)

MOST_NUDGES = 1000  # queued nudges; beyond, they are dropped and the log is read instead
MOST_REPLIES = 100  # queued replies; beyond, the game's next commands wait
PAGE = 500  # messages of one read of the log
READ_AGAIN_AFTER = 0.5  # s until a failed read of the log is repeated
STALLED_AFTER = 60.0  # s that one write may take
COUNT_PACE = 1.0  # s between two viewer counts


class Step(Enum):
    """What to do with a message of a nudge."""

    SEND = auto()
    SKIP = auto()
    READ_LOG = auto()


@dataclass(slots=True)
class Cursor:
    """The position of a socket in its room's log: (`log_epoch`, `seq`) of the last message written.

    Messages up to `attached` were fired before the socket attached: they are replayed. Pure: no
    socket, no Redis.
    """

    log_epoch: int
    seq: int
    attached: tuple[int, int]

    def judge(self, message: NumberedMessage) -> Step:
        """Send the message with the next number and skip an old one.

        Any other number means that a nudge was lost: read the log.
        """
        if message.epoch != self.log_epoch:
            return Step.READ_LOG
        if message.seq <= self.seq:
            return Step.SKIP
        return Step.SEND if message.seq == self.seq + 1 else Step.READ_LOG

    def is_replayed(self, message: NumberedMessage) -> bool:
        """Whether the message was fired before the socket attached."""
        return (message.epoch, message.seq) <= self.attached

    def sent(self, message: NumberedMessage) -> None:
        """Advance to this message, which was written."""
        self.log_epoch, self.seq = message.epoch, message.seq

    def go_to(self, page: LogPage) -> None:
        """Continue at the start of a page of the log."""
        self.log_epoch, self.seq = page.log_epoch, page.start

    def covers(self, log_epoch: int, seq: int) -> bool:
        """Whether (log_epoch, seq) was sent already, so that a game may acknowledge it."""
        return seq >= 0 and (log_epoch, seq) <= (self.log_epoch, self.seq)


@dataclass(slots=True)
class RoundNotifier:
    """What a game is told of its room's round, if it asked for that. Pure: no socket, no Redis.

    `latest` is the round as Redis last told of it, None before the first time.
    """

    wanted: bool
    latest: RoundUpdate | None = None
    _told: RoundUpdate | None = None

    def learn(self, truth: RoundUpdate, before: RoundUpdate | None) -> None:
        """Take what Redis answered, unless a newer nudge came since it was asked.

        `before` was `latest` at that time.
        """
        if self.latest is before:
            self.latest = truth

    def next(self) -> RoundUpdate | None:
        """What the game is to be told now; None if it knows, or did not ask."""
        if not self.wanted or self.latest == self._told:
            return None
        self._told = self.latest
        return self._told


@dataclass(eq=False, repr=False, slots=True)
class GameSession:
    """A socket that owns a room under a term (fencing token); `cursor` is the last message written.

    `run` returns when the socket is closed. The other methods may be called from any task of the
    event loop; `deliver`, `read_log`, `say`, `replace` and `part` never block.
    """

    socket: Connection
    engine: Engine
    metrics: GatewayMetrics
    _gateway_id: str
    _positions: WrittenPositions
    entry: GameEntry
    held: InitVar[Attachment]
    greeting: InitVar[Message]

    room_id: str = field(init=False)
    term: int = field(init=False)
    cursor: Cursor = field(init=False)
    acknowledging: bool = False  # the game has acknowledged something
    _noted: int = field(init=False)  # `seq` of the position that the room knows
    _age: asyncio.TimerHandle | None = None
    _told_reconnect: bool = False
    _close_message: CloseMessage | None = None
    _span: asyncio.Timeout | None = None  # `part` lets it expire, which ends `run`
    # While the session holds its room; the writer task runs in it.
    _group: asyncio.TaskGroup | None = None
    _writer: asyncio.Task[None] | None = None
    _woken: bool = False
    _unheard: bool = False  # the writer failed: nothing is written any more
    # Lists, because they are mostly empty: an empty deque takes ten times the memory.
    _nudges: list[NumberedMessage] = field(default_factory=list)
    _replies: list[Message] = field(init=False)
    _replies_sent: asyncio.Event | None = None  # while `reply` waits for it
    _behind: bool = True  # read the log first: triggers since the attach may lack a nudge
    _read_again: asyncio.TimerHandle | None = None  # after a failed read of the log
    _round: RoundNotifier = field(init=False)
    _viewer_count: int = field(init=False)
    _told_count: int = field(init=False)
    _count_due: bool = field(init=False)
    _count_pace: asyncio.TimerHandle | None = None

    def __post_init__(self, held: Attachment, greeting: Message) -> None:
        self.room_id, self.term = self.entry.room_id, held.term
        self.cursor = Cursor(held.log_epoch, held.start, (held.log_epoch, held.seq))
        self._noted = held.start
        self._replies = [greeting]
        if not held.recovered:
            self._replies.append(Gap(epoch=held.log_epoch, last_seq=held.start))
        self._count_due = self.entry.claim.round_changes  # the first answer has the round
        self._round = RoundNotifier(wanted=self._count_due)
        self._viewer_count = held.viewer_count
        # A game that comes back may show a count from before; a new room has no viewers yet.
        self._told_count = -1 if isinstance(greeting, RoomReady) else 0

    async def run(self, handle: Callable[[str | bytes], Awaitable[None]]) -> None:
        """Serve the socket until either side closes it; `handle` gets each frame of the game's."""
        try:
            if self._close_message is None:
                async with asyncio.timeout(None) as self._span, asyncio.TaskGroup() as self._group:
                    self._wake()
                    await self._read(handle)
        except TimeoutError:
            pass  # `part` was called
        finally:
            if self._age is not None:
                self._age.cancel()
            message = self._close_message
            if message not in (close_codes.REPLACED, close_codes.MOVED_ON):
                await self._detach()
            if message is not None:
                await self.socket.send_and_close(message)

    async def _read(self, handle: Callable[[str | bytes], Awaitable[None]]) -> None:
        try:
            while True:
                await handle(await self.socket.recv())
                # `recv` waits for nothing while messages are there: others have their turn.
                await asyncio.sleep(0)
        except ConnectionClosed:
            pass
        finally:
            self._group = None
            for pending in (self._writer, self._count_pace, self._read_again):
                if pending is not None:
                    pending.cancel()

    # What the game is sent.

    def deliver(self, message: Nudge) -> None:
        """Write a nudge's message now if that need not wait, else queue it."""
        if isinstance(message, ViewerCountUpdate):
            self._viewer_count = message.viewer_count
        elif isinstance(message, RoundUpdate):
            self._round.latest = message
        elif self._writer is None and self._group is not None and self._write_next(message):
            return
        elif len(self._nudges) < MOST_NUDGES:
            self._nudges.append(message)
        else:
            self._nudges.clear()
            self._behind = True
        self._wake()

    def _write_next(self, message: NumberedMessage) -> bool:
        """Write the message, or skip it if it was written before; False if it must be queued."""
        step = self.cursor.judge(message)
        if step is Step.SEND and self.socket.write(self._text(message)):
            self._note_sent(message)
            return True
        return step is Step.SKIP

    def read_log(self) -> None:
        """Read the log and check the room: nudges, or even the attach, may have been lost."""
        self._behind = self._count_due = True
        self._wake()

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
                if (update := self._round.next()) is not None:
                    await self._send(encode(update))
                await self._send_messages()
                await self._send_viewer_count()
            broken_off = False
        except ConnectionClosed:
            pass
        except TimeoutError:
            self.metrics.stalled.inc()
            log.warning("socket stalled", extra=fields(room_id=self.room_id))
            self.socket.transport.abort()
        except (Refused, StoreFault) as refusal:
            self.give_up(refusal)
        finally:
            self._writer, self._unheard = None, broken_off
            self._tell_replies_sent()

    async def _send_replies(self) -> None:
        while self._replies:
            await self._send(encode(self._replies.pop(0)))
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
                self.metrics.redis_errors.inc()
                log.warning("log not readable", extra=fields(room_id=self.room_id, error=str(away)))
                self._behind = True
                if self._read_again is None:  # one timer, whatever else wakes the writer meanwhile
                    loop = asyncio.get_running_loop()
                    self._read_again = loop.call_later(READ_AGAIN_AFTER, self._read_now)
                return

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
        self.metrics.log_reads.inc()
        page = await self.engine.read(
            self.room_id, self.cursor.log_epoch, self.cursor.seq, limit=PAGE
        )
        self.cursor.go_to(page)
        if not page.recovered:
            self.metrics.gaps.inc()
            facts = fields(room_id=self.room_id, epoch=page.log_epoch, last_seq=page.start)
            log.warning("gap", extra=facts)
            await self._send(encode(Gap(epoch=page.log_epoch, last_seq=page.start)))
            self._note_position()
        for message in page.messages:
            await self._send_numbered(message)
        self._behind |= len(page.messages) == PAGE

    async def _send_numbered(self, message: NumberedMessage) -> None:
        await self._send(self._text(message))
        self._note_sent(message)

    def _text(self, message: NumberedMessage) -> str:
        if isinstance(message, GameEvent) and self.cursor.is_replayed(message):
            message = msgspec.structs.replace(message, replayed=True)
        return encode(message)

    def _note_sent(self, message: NumberedMessage) -> None:
        replayed = self.cursor.is_replayed(message)
        self.cursor.sent(message)
        self._note_position()
        self.metrics.delivered.inc()
        if replayed:
            self.metrics.replayed.inc()
        elif isinstance(message, GameEvent):
            self.metrics.note_delivery(message.fired_at)
        if isinstance(message, GameEvent) and log.isEnabledFor(logging.DEBUG):
            facts = fields(
                room_id=self.room_id,
                event_type=message.event_type,
                seq=message.seq,
                replayed=replayed,
            )
            log.debug("event delivered to unity via pubsub", extra=facts)

    async def _send_viewer_count(self) -> None:
        """Send a changed count, at most once a second.

        After that second the room is asked again, for changes in between.
        """
        if self._count_due:
            self._count_due = False
            await self.compare()
        if self._viewer_count == self._told_count or self._count_pace is not None:
            return
        self._told_count = self._viewer_count
        await self._send(encode(ViewerCountUpdate(self.room_id, self._viewer_count)))
        self._count_pace = asyncio.get_running_loop().call_later(COUNT_PACE, self._count_again)

    def _count_again(self) -> None:
        self._count_pace, self._count_due = None, True
        self._wake()

    async def _send(self, text: str) -> None:
        if not self.socket.write(text):
            async with asyncio.timeout(STALLED_AFTER):
                await self.socket.send(text)

    # What the room knows of the socket.

    async def compare(self) -> None:
        """Send the room's heartbeat, and read the log if it holds more than the socket was sent."""
        if self._group is None:
            return
        round_before = self._round.latest
        try:
            truth = await self.engine.check(self.room_id, self.term)
            if truth is None:
                await self._attach_again()
                return
        except (Refused, StoreFault) as refusal:
            self.give_up(refusal)
        except StoreError as away:
            # Before the next write: if Redis lost the room's owner, no nudge would come.
            self._count_due = True
            log.debug("comparison failed", extra=fields(room_id=self.room_id, error=str(away)))
        else:
            self._viewer_count = truth.viewer_count
            self._round.learn(truth.round_update, round_before)
            self._behind |= (truth.log_epoch, truth.seq) != (self.cursor.log_epoch, self.cursor.seq)
            self._wake()

    async def _attach_again(self) -> None:
        if self._group is None:
            return  # the session has released the room meanwhile
        # Redis lost the attach, and perhaps messages: the log shows which.
        await self.engine.attach_again(
            self.room_id, self._gateway_id, self.term, stand_in=self.entry.claim.stand_in
        )
        self.read_log()
        log.info("attached again", extra=fields(room_id=self.room_id, term=self.term))

    def _note_position(self) -> None:
        """Have the position stored in Redis, unless the game acknowledges by itself."""
        if not self.acknowledging and self._noted != self.cursor.seq:
            self._positions.add(self.store_position)

    async def store_position(self) -> bool:
        """Store the position, for a game that never acknowledges; False if Redis is away."""
        if self._group is None:
            return True  # `_detach` stores it
        log_epoch, seq = self.cursor.log_epoch, self.cursor.seq
        try:
            await self.engine.written(self.room_id, self.term, seq, log_epoch=log_epoch)
            self._noted = seq
        except (Refused, StoreFault) as refusal:
            self.give_up(refusal)
        except StoreError:
            return False
        return True

    # The end.

    def ask_reconnect(self, after_ms: int) -> None:
        """Ask the game to open its next socket in `after_ms`, then to close this one."""
        self._told_reconnect = True
        self.say(Reconnect(after_ms=after_ms))

    def expire(self, age: float) -> None:
        """Ask the game to reconnect when the socket is `age` seconds old."""
        self._age = asyncio.get_running_loop().call_later(age, self.ask_reconnect, 0)

    def ping_peer(self, now: float) -> None:
        """Ping the game; end the socket if a ping timed out (`now`: s)."""
        if not self.socket.is_alive(now):
            log.info("game does not answer", extra=fields(room_id=self.room_id))
            self.part(close_codes.GOING_AWAY)

    def give_up(self, refusal: Refused | StoreFault) -> None:
        """End the socket: it is replaced, its room is gone, or Redis fails on this room."""
        if isinstance(refusal, SocketReplaced):
            self.replace()
        elif isinstance(refusal, RoomNotFound):
            self.part(close_codes.NO_SUCH_ROOM)
        elif isinstance(refusal, StoreFault):
            log.error("room failed", extra=fields(room_id=self.room_id, error=str(refusal)))
            self.part(close_codes.GOING_AWAY)
        else:
            raise refusal

    def replace(self) -> None:
        """Release the room: a newer socket owns it."""
        self.part(close_codes.MOVED_ON if self._told_reconnect else close_codes.REPLACED)

    def part(self, message: CloseMessage) -> None:
        """End the socket, and begin no new write; if called twice, the first message counts."""
        self._close_message = self._close_message or message
        if self._group is not None and self._span is not None:
            self._group = None
            self._span.reschedule(asyncio.get_running_loop().time())

    async def _detach(self) -> None:
        cursor, clean = self.cursor, self.socket.close_code == 1000
        try:
            await self.engine.detach(
                self.room_id, self.term, written=cursor.seq, log_epoch=cursor.log_epoch, clean=clean
            )
        except (Refused, StoreError) as problem:
            # The room's heartbeat expires without it.
            log.debug("detach failed", extra=fields(room_id=self.room_id, error=str(problem)))
