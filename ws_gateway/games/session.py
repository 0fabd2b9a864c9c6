"""The life of one game socket, from attach to close.

`feed.py` writes to the socket, `commands.py` carries out what it sends. An idle socket has one
task, which reads.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed

from shared.engine.refusals import RoomNotFound, SocketReplaced
from shared.process.telemetry import fields
from shared.redis_store.store import StoreError, StoreFault
from shared.wire.game_messages import Reconnect
from shared.wire.refusal import Refused
from ws_gateway.games.commands import Commands
from ws_gateway.games.feed import Feed
from ws_gateway.sockets import close_codes
from ws_gateway.sockets.close_message import send_and_close

if TYPE_CHECKING:
    from shared.engine.engine import Engine
    from shared.engine.replies import Attachment
    from shared.wire.game_messages import Message, Nudge
    from ws_gateway.games.written_positions import WrittenPositions
    from ws_gateway.metrics import GatewayMetrics
    from ws_gateway.sockets.close_codes import CloseMessage
    from ws_gateway.sockets.connection import Connection
    from ws_gateway.sockets.grants import GameEntry

log = logging.getLogger(__name__)


class Session:
    """A socket that owns a room under a term (fencing token).

    `run` returns when the socket is closed. The other methods may be called from any task of the
    event loop; `deliver`, `replace`, `read_log` and `part` never block.
    """

    __slots__ = (
        "_age",
        "_close_message",
        "_commands",
        "_engine",
        "_feed",
        "_gateway_id",
        "_noted",
        "_positions",
        "_served",
        "_socket",
        "_span",
        "_stand_in",
        "_told_reconnect",
        "acknowledging",
        "address",
        "room_id",
        "term",
    )

    def __init__(
        self,
        socket: Connection,
        engine: Engine,
        gateway_id: str,
        entry: GameEntry,
        held: Attachment,
        greeting: Message,
        metrics: GatewayMetrics,
        positions: WrittenPositions,
    ) -> None:
        self.room_id, self.address = entry.room_id, entry.address
        self.term = held.term
        self._stand_in = entry.claim.stand_in
        self.acknowledging = False
        self._told_reconnect = False
        self._socket = socket
        self._engine = engine
        self._gateway_id = gateway_id
        self._positions = positions
        self._noted = held.start  # `seq` of the position that the room knows
        self._age: asyncio.TimerHandle | None = None
        self._close_message: CloseMessage | None = None
        self._span: asyncio.Timeout | None = None  # `part` lets it expire, which ends `run`
        self._served = False  # true while the session holds its room
        self._feed = Feed(
            self, socket, engine, held, greeting, metrics, round_changes=entry.claim.round_changes
        )
        self._commands = Commands(self, self._feed, engine, metrics)

    async def run(self) -> None:
        """Serve the socket until either side closes it."""
        try:
            if self._close_message is None:
                async with asyncio.timeout(None) as self._span, asyncio.TaskGroup() as group:
                    self._served = True
                    self._feed.open(group)
                    await self._read()
        except TimeoutError:
            pass  # `part` was called
        finally:
            if self._age is not None:
                self._age.cancel()
            await self._leave()

    async def _read(self) -> None:
        try:
            while True:
                await self._commands.handle(await self._socket.recv())
                # `recv` waits for nothing while messages are there: others have their turn.
                await asyncio.sleep(0)
        except ConnectionClosed:
            pass
        finally:
            self._served = False
            self._feed.stop()

    # Called by others.

    def replace(self) -> None:
        """Release the room: a newer socket owns it."""
        self.part(close_codes.MOVED_ON if self._told_reconnect else close_codes.REPLACED)

    def deliver(self, message: Nudge) -> None:
        """Write a nudge's message now if that need not wait, else queue it."""
        self._feed.deliver(message)

    def read_log(self) -> None:
        """Read the log and check the room: nudges, or even the attach, may have been lost."""
        self._feed.read_log()

    def ask_reconnect(self, after_ms: int) -> None:
        """Ask the game to open its next socket in `after_ms`, then to close this one."""
        self._told_reconnect = True
        self._feed.say(Reconnect(after_ms=after_ms))

    def expire(self, age: float) -> None:
        """Ask the game to reconnect when the socket is `age` seconds old."""
        self._age = asyncio.get_running_loop().call_later(age, self.ask_reconnect, 0)

    def part(self, message: CloseMessage) -> None:
        """End the socket; if called twice, the first message counts."""
        self._close_message = self._close_message or message
        if self._served and self._span is not None:
            self._served = False
            self._feed.shut()
            self._span.reschedule(asyncio.get_running_loop().time())

    def ping_peer(self, now: float) -> None:
        """Ping the game; end the socket if a ping timed out (`now`: s)."""
        if not self._socket.is_alive(now):
            log.info("game does not answer", extra=fields(room_id=self.room_id))
            self.part(close_codes.GOING_AWAY)

    async def compare(self) -> None:
        """Send the room's heartbeat, and read the log if it holds more than the socket was sent."""
        if not self._served:
            return
        round_before = self._feed.round.latest
        try:
            truth = await self._engine.check(self.room_id, self.term)
            if truth is None:
                await self._attach_again()
            else:
                self._feed.compare_with(truth, round_before)
        except (Refused, StoreFault) as refusal:
            self.give_up(refusal)
        except StoreError as away:
            self._feed.ask_again()  # if Redis lost the room's owner, no nudge would come
            log.debug("comparison failed", extra=fields(room_id=self.room_id, error=str(away)))

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

    async def _attach_again(self) -> None:
        if not self._served:
            return  # the session has released the room meanwhile
        # Redis lost the attach, and perhaps messages: the log shows which.
        await self._engine.attach_again(
            self.room_id, self._gateway_id, self.term, stand_in=self._stand_in
        )
        self.read_log()
        log.info("attached again", extra=fields(room_id=self.room_id, term=self.term))

    def note_delivery(self) -> None:
        """Have the position stored in Redis, unless the game acknowledges by itself."""
        if not self.acknowledging and self._noted != self._feed.cursor.seq:
            self._positions.add(self.store_position)

    async def store_position(self) -> bool:
        """Store the position, for a game that never acknowledges; False if Redis is away."""
        if not self._served:
            return True  # `detach` stores it
        log_epoch, seq = self._feed.cursor.log_epoch, self._feed.cursor.seq
        try:
            await self._engine.written(self.room_id, self.term, seq, log_epoch=log_epoch)
            self._noted = seq
        except (Refused, StoreFault) as refusal:
            self.give_up(refusal)
        except StoreError:
            return False
        return True

    # Leaving.

    async def _leave(self) -> None:
        message = self._close_message
        if message not in (close_codes.REPLACED, close_codes.MOVED_ON):
            await self._detach()
        if message is not None:
            await send_and_close(self._socket, message)

    async def _detach(self) -> None:
        cursor, clean = self._feed.cursor, self._socket.close_code == 1000
        try:
            await self._engine.detach(
                self.room_id, self.term, written=cursor.seq, log_epoch=cursor.log_epoch, clean=clean
            )
        except (Refused, StoreError) as problem:
            # The room's heartbeat expires without it.
            log.debug("detach failed", extra=fields(room_id=self.room_id, error=str(problem)))
