"""A game that costs little CPU: one socket to a gateway, which counts and acknowledges triggers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

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

NEW_ROOM: Final = HANDSHAKE.format(target="/ws-unity", protocols=SUBPROTOCOL).encode()

Heard = Callable[[GameEvent, float], None]


class CountingGame(End):
    """The game's socket. Without a WebSocket library, whose cost would dominate the measurement.

    `triggers` counts the triggers received, `presses` the presses that they used; `heard` is called
    for each. A missing or repeated number sets `trouble`.
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
        # As often as a game that saves what it has applied.
        if self._ack_due is None:
            self._ack_due = asyncio.get_running_loop().call_later(ACK_INTERVAL, self._ack)

    def _ack(self) -> None:
        assert self._last is not None
        self._ack_due = None
        self.send(Ack(epoch=self._last.epoch, seq=self._last.seq))


def resuming(room_id: str, token: str) -> bytes:
    """Return the handshake of a game that joins an open room."""
    protocols = f"{SUBPROTOCOL}, token.{token}"
    return HANDSHAKE.format(target=f"/ws-unity?room_id={room_id}", protocols=protocols).encode()


@asynccontextmanager
async def attached(
    room_id: str, port: int, token: str, heard: Heard | None = None
) -> AsyncIterator[CountingGame]:
    """Attach a game to its room and start the round. Raises Broken if the gateway refuses it."""
    game = CountingGame(resuming(room_id, token), heard)
    await connect(port, game)
    try:
        game.send(GameStart())
        yield game
    finally:
        game.close()
