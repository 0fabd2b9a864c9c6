"""A cheap game: one socket to a gateway that counts its triggers and acknowledges."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from clients.python.delivery import ACK_INTERVAL
from shared.wire.game_messages import (
    SUBPROTOCOL,
    Ack,
    GameEvent,
    GameStart,
    Message,
    decode_server,
    encode,
)
from tests.bench.wire import HANDSHAKE, TEXT, End, connect, frame

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NEW_ROOM: Final = HANDSHAKE.format(target="/ws-unity", protocols=SUBPROTOCOL).encode()

Heard = Callable[[GameEvent, float], None]


class CountingGame(End):
    """Its socket. No WebSocket library: thousands of games would be what is measured.

    `triggers` have come, which took `presses` together; `heard` is told of each.
    A number that is missing or repeats is trouble.
    """

    def __init__(self, handshake: bytes = NEW_ROOM, heard: Heard | None = None) -> None:
        super().__init__(handshake)
        self.triggers = 0
        self.presses = 0
        self._heard = heard
        self._last: GameEvent | None = None
        self._ack_due: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._ack_due is not None:
            self._ack_due.cancel()

    def send(self, message: Message) -> None:
        """Send a message as a game does."""
        self._transport.write(frame(TEXT, encode(message).encode()))

    def hear(self, text: bytes, now: float) -> None:
        message = decode_server(text)
        if not isinstance(message, GameEvent):
            return
        if self._last is not None and message.seq != self._last.seq + 1:
            self.trouble = f"after trigger {self._last.seq} came {message.seq}"
        self._last = message
        self.triggers += 1
        self.presses += message.trigger_count
        if self._heard is not None:
            self._heard(message, now)
        # Not more often than a game that saves what it has applied.
        if self._ack_due is None:
            self._ack_due = asyncio.get_running_loop().call_later(ACK_INTERVAL, self._ack)

    def _ack(self) -> None:
        assert self._last is not None
        self._ack_due = None
        self.send(Ack(epoch=self._last.epoch, seq=self._last.seq))


def resuming(room_id: str, token: str) -> bytes:
    """The handshake by which a game comes to a room that is open already."""
    protocols = f"{SUBPROTOCOL}, token.{token}"
    return HANDSHAKE.format(target=f"/ws-unity?room_id={room_id}", protocols=protocols).encode()


@asynccontextmanager
async def attached(
    room_id: str, port: int, token: str, heard: Heard | None = None
) -> AsyncIterator[CountingGame]:
    """A game in its room, the round begun. Raises Broken where the gateway refuses it."""
    game = CountingGame(resuming(room_id, token), heard)
    await connect(port, game)
    try:
        game.send(GameStart())
        yield game
    finally:
        game.close()
