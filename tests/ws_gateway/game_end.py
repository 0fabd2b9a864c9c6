"""The game's side of one socket: it keeps received messages until a test asks for them."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from clients.python import GameSocket, GameSocketError
from shared.wire.game_messages import (
    Ack,
    Error,
    GameEvent,
    GameMessage,
    GameStart,
    Message,
    NumberedMessage,
    Ping,
    Pong,
    RoomCreated,
    RoomReady,
    ServerMessage,
    decode_server,
)

Expected = TypeVar("Expected", bound=Message)


class Coded(msgspec.Struct):
    """The part of a problem document that a program reads."""

    code: str


class Game:
    """One socket of a game that sends and acknowledges only what the test tells it to.

    `socket` is for what no game does; `triggers` are all that have come, in order of arrival.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.triggers: list[GameEvent] = []
        self._end = GameSocket(socket)
        self._passed: deque[ServerMessage] = deque()

    @property
    def numbers(self) -> list[int]:
        """The numbers of all triggers received."""
        return [event.seq for event in self.triggers]

    async def say(self, message: GameMessage) -> None:
        """Send a message."""
        await self._end.send(message)

    async def ack(self) -> None:
        """Acknowledge every trigger received."""
        last = self.triggers[-1]
        await self.say(Ack(epoch=last.epoch, seq=last.seq))

    async def receive(self) -> ServerMessage:
        """The next message of any type."""
        return self._passed.popleft() if self._passed else await self._receive()

    async def receive_until(self, seq: int) -> None:
        """Receive until the trigger with this number has arrived."""
        while not self.triggers or self.triggers[-1].seq < seq:
            await self.receive()

    async def next_of(self, kind: type[Expected]) -> Expected:
        """The next message of this type; messages of other types stay queued."""
        for message in self._passed:
            if isinstance(message, kind):
                self._passed.remove(message)
                return message
        while True:
            message = await self._receive()
            if isinstance(message, kind):
                return message
            self._passed.append(message)

    async def events(self, number: int) -> list[GameEvent]:
        """The next `number` triggers."""
        return [await self.next_of(GameEvent) for _ in range(number)]

    async def seqs(self, number: int) -> list[int]:
        """The numbers of the next `number` triggers."""
        return [event.seq for event in await self.events(number)]

    async def error(self) -> str:
        """The code of the next error."""
        return (await self.next_of(Error)).code

    async def start(self) -> None:
        """Start a round, and wait until the gateway has carried it out."""
        await self.say(GameStart())
        await self.settle()

    async def settle(self) -> None:
        """Wait until the gateway has carried out all commands so far (they keep their order)."""
        await self.say(Ping(t="settled"))
        while True:
            message = await self._receive()
            if message == Pong(t="settled"):
                return
            self._passed.append(message)

    def unasked(self, kind: type[Expected]) -> list[Expected]:
        """The received messages of this type that no test has taken."""
        return [message for message in self._passed if isinstance(message, kind)]

    async def closed(self) -> int | None:
        """Read until the socket is closed; the close code."""
        try:
            while True:
                self._passed.append(await self._receive())
        except GameSocketError:
            return self.socket.close_code

    async def _receive(self) -> ServerMessage:
        message = self._decoded(await self._end.receive_text())
        if isinstance(message, GameEvent):
            self.triggers.append(message)
        return message

    def _decoded(self, text: str | bytes) -> ServerMessage:
        return decode_server(text)


def websocket(url: str, **options: Any) -> connect:
    """A WebSocket whose handshake takes as long as it takes; its end is not waited for."""
    patient = {"open_timeout": None, "ping_interval": None, "close_timeout": 1}
    return connect(url, proxy=None, **(patient | options))


@asynccontextmanager
async def connected(url: str, **options: Any) -> AsyncIterator[Game]:
    """A game's socket at this URL."""
    async with websocket(url, **options) as socket:
        yield Game(socket)


@asynccontextmanager
async def new_game(gateway_url: str) -> AsyncIterator[tuple[Game, RoomCreated]]:
    """A game that opened a room and started its first round."""
    async with connected(gateway_url) as game:
        room = await game.next_of(RoomCreated)
        await game.start()
        yield game, room


@asynccontextmanager
async def resumed(
    gateway_url: str,
    room: RoomCreated | RoomReady,
    last: NumberedMessage | RoomCreated | None = None,
    *,
    query: str = "",
) -> AsyncIterator[tuple[Game, RoomReady]]:
    """Resume the room after `last`, the last message applied; pass the room if there is none."""
    cursor = f"&epoch={last.epoch}&last_seq={last.seq}" if last else ""
    url = resume_url(gateway_url, room) + cursor + query
    async with connected(url) as game:
        yield game, await game.next_of(RoomReady)


def resume_url(gateway_url: str, room: RoomCreated | RoomReady) -> str:
    """The URL at which the room's game resumes."""
    return f"{gateway_url}?room_id={room.room_id}&token={room.room_token}"


async def refusal(url: str, **options: Any) -> tuple[int, str]:
    """Status and code with which the gateway refuses this handshake."""
    try:
        async with websocket(url, **options):
            raise AssertionError("the gateway let it in")
    except InvalidStatus as invalid:
        return refused_with(invalid)


def refused_with(invalid: InvalidStatus) -> tuple[int, str]:
    """Status and code of a refused handshake."""
    return invalid.response.status_code, code_of(bytes(invalid.response.body or b""))


def code_of(body: bytes) -> str:
    """The stable code of a problem document; "" where the body is none."""
    try:
        return msgspec.json.decode(body, type=Coded).code
    except msgspec.DecodeError:
        return ""
