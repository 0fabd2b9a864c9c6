"""The stand-in game itself: one room, one socket at a time, whatever happens to it."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from websockets.frames import CloseCode

from deploy.terminal import saved_game
from deploy.terminal.delivery import Backoff, Cursor, Delivery, Verdict
from deploy.terminal.game_socket import (
    ENDS_BY_ERROR,
    Address,
    Away,
    GameSocket,
    Refused,
    Resume,
    SocketError,
    dial,
)
from deploy.terminal.saved_game import SavedGame
from shared.wire import game_messages
from shared.wire.game_messages import (
    Error,
    GameEnd,
    GameEndSummary,
    GameEvent,
    GameStart,
    Gap,
    Pause,
    Reconnect,
    RoomCreated,
    RoomReady,
)

if TYPE_CHECKING:
    from pathlib import Path

    from deploy.terminal.game_screen import JsonScreen, Screen
    from shared.wire.game_messages import GameMessage, NumberedMessage, ServerMessage

GOOD_AFTER: Final = 5.0  # s that a socket lived: the next attempt need not wait


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says, completed from the settings."""

    address: Address
    state: Path
    new: bool = False
    start: bool = True
    json: bool = False


class StandIn:
    """The room of this run, and the socket that it has now."""

    def __init__(self, options: Options, screen: Screen | JsonScreen) -> None:
        self._options = options
        self._screen = screen
        self._saved = None if options.new else saved_game.read(options.state)
        self._delivery = Delivery(_cursor(self._saved))
        self._backoff = Backoff()
        self._socket: GameSocket | None = None
        self._successor: asyncio.Task[GameSocket] | None = None
        self._handing_over = False
        self._seen_room = False
        self._told_away = False
        self._wants_round = options.start
        self._round = 0
        self._running = False

    @property
    def has_room(self) -> bool:
        """Whether this run has had its room."""
        return self._seen_room

    async def play(self) -> None:
        """Keep a socket, whatever happens to it, until the gateway refuses. Raises Refused."""
        socket = await self._reach()
        while True:
            socket = await self._follow(socket)

    async def obey(self, keys: asyncio.Queue[str]) -> None:
        """Do what the keys say, until one says quit."""
        while (key := await keys.get()) != "q":
            try:
                await self._command(key)
            except SocketError:
                self._screen.note("Not connected: that key did nothing.")

    async def _command(self, key: str) -> None:
        match key:
            case "s" if not self._running:
                self._wants_round = True
                await self._begin_round()
            case "e" if self._running:
                self._wants_round = False
                await self._send(GameEnd())
            case "p" | "r" if self._running:
                await self._send(Pause() if key == "p" else game_messages.Resume())
                self._screen.paused(key == "p")

    async def _reach(self) -> GameSocket:
        """A socket for our room, or for a new one; however long it takes. Raises Refused."""
        while True:
            try:
                return await dial(self._options.address, self._resume())
            except Away as away:
                self._tell_away(f"No gateway at {self._options.address.url} ({away})")
                await asyncio.sleep(self._backoff.delay(random.random()))
            except Refused as refusal:
                if self._saved is None or self._seen_room:
                    raise
                self._screen.note(f"Room {self._saved.room_id}: {refusal}; opening a new one.")
                self._saved = None

    async def _follow(self, socket: GameSocket) -> GameSocket:
        """Apply what the socket brings until it ends; give the one that comes after it."""
        self._socket, self._handing_over, self._told_away = socket, False, False
        since, goodbye = _now(), CloseCode.NORMAL_CLOSURE
        try:
            await self._listen(socket)
        except SocketError as end:
            if self._has_successor(end):
                return await self._taken_on()
            if isinstance(end, Refused):
                raise
            goodbye = CloseCode.GOING_AWAY
            self._tell_away(f"The socket was lost ({end})")
        finally:
            await self._let_go(socket, goodbye)
        if _now() - since > GOOD_AFTER:
            self._backoff.reset()
        await asyncio.sleep(self._backoff.delay(random.random()))
        return await self._reach()

    async def _listen(self, socket: GameSocket) -> None:
        self._hear(socket, socket.welcome)
        while True:
            if ack := self._delivery.ack(_now()):
                await socket.send(ack)
            if self._wants_round and not self._running and self._delivery.caught_up:
                await self._begin_round()
            message = await socket.receive(self._delivery.ack_in(_now()))
            if message is not None:
                self._hear(socket, message)

    async def _let_go(self, socket: GameSocket, goodbye: CloseCode) -> None:
        """Acknowledge what was applied, close, and leave no other socket behind."""
        if self._successor is not None:
            self._successor.cancel()
            with suppress(asyncio.CancelledError, SocketError):
                await (await self._taken_on()).close()
        with suppress(SocketError):
            if self._socket is socket and (ack := self._delivery.ack(_now(), leaving=True)):
                await socket.send(ack)
        self._socket = None
        await socket.close(goodbye)

    def _has_successor(self, end: SocketError) -> bool:
        """Whether another socket follows: then even 4001 is no news, it is our own next one."""
        return self._successor is not None and (self._handing_over or isinstance(end, Away))

    async def _taken_on(self) -> GameSocket:
        """The successor, which from here on is somebody's to close."""
        assert self._successor is not None
        try:
            return await self._successor
        finally:
            self._successor = None

    def _hand_over(self, socket: GameSocket, delay: float) -> None:
        if self._successor is None:
            self._successor = asyncio.create_task(self._open_next(socket, delay))

    async def _open_next(self, socket: GameSocket, delay: float) -> GameSocket:
        """Open the next socket first, and only then let this one go."""
        await asyncio.sleep(delay)
        self._handing_over = True
        successor = await self._reach()
        await socket.close()
        return successor

    def _hear(self, socket: GameSocket, message: ServerMessage) -> None:
        match message:
            case GameEvent() | GameEndSummary():
                self._apply(message)
                return
            case RoomCreated():
                self._opened(message)
            case RoomReady():
                self._resumed(message)
            case Gap():
                self._delivery.jump(message)
                self._save()
            case Reconnect():
                self._hand_over(socket, message.after_ms / 1000)
        self._screen.show(message, _now_ms())
        if isinstance(message, Error) and (end := ENDS_BY_ERROR.get(message.code)):
            raise end

    def _apply(self, message: NumberedMessage) -> None:
        before = self._delivery.cursor.seq
        verdict = self._delivery.take(message)
        if verdict is Verdict.DUPLICATE:
            return
        if verdict is Verdict.AHEAD:
            self._screen.note(f"Numbers {before + 1} to {message.seq - 1} never came!")
        if isinstance(message, GameEndSummary):
            self._running = False
        self._screen.show(message, _now_ms())
        self._save()

    def _opened(self, room: RoomCreated) -> None:
        self._delivery = Delivery(Cursor(room.epoch, room.seq))
        self._round, self._running = 0, False
        self._know(room)

    def _resumed(self, room: RoomReady) -> None:
        self._delivery.attached(room)
        self._round, self._running = room.round, room.status == "in_game"
        self._know(room)

    def _know(self, room: RoomCreated | RoomReady) -> None:
        self._seen_room = True
        cursor = self._delivery.cursor
        self._saved = SavedGame(
            room.room_id, room.room_token, room.web_url, cursor.epoch, cursor.seq
        )
        self._save()

    def _save(self) -> None:
        if self._saved is not None:
            cursor = self._delivery.cursor
            self._saved = replace(self._saved, epoch=cursor.epoch, last_seq=cursor.seq)
            saved_game.write(self._options.state, self._saved)

    def _resume(self) -> Resume | None:
        if self._saved is None:
            return None
        after = self._delivery.resume_from
        return Resume(self._saved.room_id, self._saved.room_token, after)

    async def _begin_round(self) -> None:
        await self._send(GameStart())
        self._delivery.round_begins()
        self._round, self._running = self._round + 1, True
        self._screen.round_begins(self._round)

    async def _send(self, message: GameMessage) -> None:
        if self._socket is None:
            raise Away("not connected")
        await self._socket.send(message)

    def _tell_away(self, reason: str) -> None:
        """Say so once, however often the next attempts fail."""
        if not self._told_away:
            self._told_away = True
            self._screen.note(f"{reason}; trying until it is back.")


def _cursor(saved: SavedGame | None) -> Cursor:
    return Cursor(saved.epoch, saved.last_seq) if saved else Cursor(0, 0)


def _now() -> float:
    return time.monotonic()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
