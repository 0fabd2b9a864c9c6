"""A well-behaved game: it applies each number once, acknowledges, and always reconnects.

It keeps one socket to any gateway that answers, and now and then pauses and resumes the room. A
socket that stays silent after a `ping` counts as dead. After `reconnect` the game opens the next
socket before it closes the old one. `replaced` ends it.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from clients.python import (
    Backoff,
    Delivery,
    GameCursor,
    GameRefused,
    GameSocket,
    GameSocketError,
    GatewayAddress,
    GatewayAway,
    SavedRoom,
    Verdict,
    open_game_socket,
)
from clients.python.game_errors import end_by_error_code
from shared.wire.game_messages import (
    Error,
    GameEnd,
    GameEndSummary,
    GameEvent,
    GameStart,
    Gap,
    NumberedMessage,
    Pause,
    Ping,
    Reconnect,
    Resume,
    RoomReady,
    ServerMessage,
)
from shared.wire.rest_bodies import RoomOpened
from tests.faults.services import Way
from tests.faults.watch import ATTACHED, LOST, Watch

TICK: Final = 0.1  # s
PING_EVERY: Final = 0.5  # s
SILENT_AFTER: Final = 2.5  # s without a message until the socket counts as dead
OPEN_WITHIN: Final = 2.0  # s for the handshake and the first message
BREAK: Final = (Pause(), Resume())
LONGEST_PAUSE: Final = 1.0  # s between attempts, short so that tests are fast


class Applied(NamedTuple):
    """A numbered message that the game applied, and when it arrived (s since 1970)."""

    message: NumberedMessage
    at: float


@dataclass(slots=True)
class Record:
    """What the game received: `applied` messages, and counts of `repeated` and `missing` ones."""

    applied: list[Applied] = field(default_factory=list)
    repeated: int = 0
    missing: int = 0
    forgotten: int = 0  # how often the game was told that numbers are lost
    end: GameRefused | None = None

    def first_trigger(self, after: float) -> float | None:
        """Return the seconds from `after` until the first trigger fired later arrived, or None."""
        for message, at in self.applied:
            if isinstance(message, GameEvent) and message.fired_at / 1000 > after:
                return at - after
        return None

    @property
    def trigger_times(self) -> list[float]:
        """When triggers arrived (s since 1970)."""
        return [one.at for one in self.applied if isinstance(one.message, GameEvent)]

    async def has_ended(self) -> bool:
        """Whether another game owns the room, or the room is gone."""
        return self.end is not None

    @property
    def summary(self) -> GameEndSummary | None:
        """The round's summary, once it has arrived."""
        last = self.applied[-1].message if self.applied else None
        return last if isinstance(last, GameEndSummary) else None


@dataclass(slots=True)
class Line:
    """An open socket, its gateway, and when it last received a message and sent a ping (s)."""

    socket: GameSocket
    gate: Way
    heard: float
    asked: float


class WatchedGame:
    """The game of one room, from its first socket to its last. `gates` may change meanwhile.

    `GameClient` cannot do this: a watched game chooses the gateway of each socket, reports its
    sockets to the watch, gives up a silent socket within seconds, and can be frozen.
    """

    def __init__(
        self,
        room: RoomOpened,
        gates: Sequence[Way],
        watch: Watch,
        *,
        turn: int,
    ) -> None:
        self.record = Record()
        self.gate: Way | None = None
        self.turn = turn
        self.patience = SILENT_AFTER
        self.awake = asyncio.Event()
        self.awake.set()
        self._room = room
        self._gates = gates
        self._watch = watch
        self._delivery = Delivery(GameCursor(0, 0))
        self._had_room = False
        self._successor: asyncio.Task[Line | None] | None = None
        self._ending = False

    @property
    def cursor(self) -> GameCursor:
        """The number last applied."""
        return self._delivery.cursor

    def end_round(self) -> None:
        """Send `game_end` until the summary arrives, then leave."""
        self._ending = True

    async def play(self) -> None:
        """Keep a socket until the round is over or another game takes the room."""
        async with asyncio.TaskGroup() as goodbyes:
            line = await self._reach()
            while line:
                next_line = await self._follow(line)
                # Closing a dead socket takes long.
                goodbyes.create_task(line.socket.close())
                line = next_line

    # Sockets.

    async def _reach(self, *, after: float = 0.0) -> Line | None:
        """Connect to the room, retrying until it succeeds; None if the room refuses the game."""
        backoff = Backoff()
        await asyncio.sleep(after)
        while True:
            gate = self._gates[self.turn % len(self._gates)]
            self.turn += 1
            try:
                return await self._open(gate)
            except GameRefused as refusal:
                self.record.end = refusal
                return None
            except (GatewayAway, TimeoutError):
                await asyncio.sleep(min(backoff.delay(random.random()), LONGEST_PAUSE))

    async def _open(self, gate: Way) -> Line:
        room = SavedRoom(self._room.room_id, self._room.room_token)
        if self._had_room:
            room = room.at(self._delivery.resume_from)
        async with asyncio.timeout(OPEN_WITHIN):
            socket = await open_game_socket(GatewayAddress(gate.url), room)
        self._watch.note(gate.member.url, ATTACHED)
        assert isinstance(socket.welcome, RoomReady)
        self._attached(socket.welcome)
        # If the last socket died between `pause` and `resume`, the room must not stay paused.
        await socket.send(GameStart() if socket.welcome.status == "active" else Resume())
        now = time.monotonic()
        return Line(socket, gate, now, now)

    def _attached(self, ready: RoomReady) -> None:
        self.record.forgotten += not ready.recovered
        if not self._had_room:
            # Numbers that an earlier game acknowledged are not sent again.
            self._delivery = Delivery(GameCursor(ready.epoch, ready.seq - ready.replayed))
            self._had_room = True
        self._delivery.attached(ready)

    async def _follow(self, line: Line) -> Line | None:
        """Apply messages until the socket ends, and return the next one."""
        self.gate = line.gate
        try:
            await self._listen(line)
        except GameSocketError as end:
            if not self._successor:
                self._watch.note(line.gate.member.url, LOST)
                self.record.end = end if isinstance(end, GameRefused) else None
        self.gate = None
        return None if self._over else await (self._taken_on() or self._reach())

    @property
    def _over(self) -> bool:
        return self.record.end is not None or self.record.summary is not None

    def _taken_on(self) -> asyncio.Task[Line | None] | None:
        successor, self._successor = self._successor, None
        return successor

    # One socket.

    async def _listen(self, line: Line) -> None:
        """Receive until the summary or the next socket is there. Raises GameSocketError."""
        while not (self._over or (self._successor and self._successor.done())):
            if not self.awake.is_set():
                await self._sleep(line)
            message = await line.socket.receive(TICK)
            if message is not None:
                line.heard = time.monotonic()
                self._take(message)
            await self._speak(line)

    async def _sleep(self, line: Line) -> None:
        await self.awake.wait()
        line.heard = time.monotonic()

    async def _speak(self, line: Line) -> None:
        """Send what is due. Raises GameSocketError, also if the socket was silent for too long."""
        now = time.monotonic()
        if now - line.heard > self.patience:
            raise GatewayAway("silent")
        if ack := self._delivery.ack(now, leaving=self._over):
            await line.socket.send(ack)
        if now - line.asked > (TICK if self._ending else PING_EVERY):
            line.asked = now
            for message in (Ping(t=0), *((GameEnd(),) if self._ending else BREAK)):
                await line.socket.send(message)

    def _take(self, message: ServerMessage) -> None:
        match message:
            case GameEvent() | GameEndSummary():
                self._apply(message)
            case Gap():
                self.record.forgotten += 1
                self._delivery.jump(message)
            case Reconnect() if not self._successor:
                reaching = self._reach(after=message.after_ms / 1000)
                self._successor = asyncio.create_task(reaching)
            case Error(code=code) if end := end_by_error_code(code):
                raise end

    def _apply(self, message: NumberedMessage) -> None:
        skipped = message.seq - self.cursor.seq - 1
        verdict = self._delivery.take(message)
        if verdict is Verdict.DUPLICATE:
            self.record.repeated += 1
            return
        if verdict is Verdict.AHEAD:
            self.record.missing += skipped
        self.record.applied.append(Applied(message, time.time()))
