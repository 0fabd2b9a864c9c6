"""A game's end of the socket: what comes is decoded, and kept until a test asks for it."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from shared.wire.game_messages import (
    Error,
    GameEvent,
    GameStart,
    Message,
    Pong,
    RoomCreated,
    RoomReady,
    decode_server,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from websockets.asyncio.client import ClientConnection

    from shared.wire.game_messages import ServerMessage

Expected = TypeVar("Expected", bound=Message)

WITHIN = 8.0  # s after which what should have come counts as missing


class Coded(msgspec.Struct):
    """The part of a problem document that a program reads."""

    code: str


class Game:
    """One socket of a game."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._passed: deque[ServerMessage] = deque()

    async def say(self, message: Message) -> None:
        """Send a message."""
        await self.socket.send(encode(message))

    async def next_of(self, kind: type[Expected], *, within: float = WITHIN) -> Expected:
        """The next message of this type; those of other types wait for their turn."""
        for message in self._passed:
            if isinstance(message, kind):
                self._passed.remove(message)
                return message
        async with asyncio.timeout(within):
            while True:
                message = await self._receive()
                if isinstance(message, kind):
                    return message
                self._passed.append(message)

    async def events(self, number: int, *, within: float = WITHIN) -> list[GameEvent]:
        """The next so many triggers."""
        return [await self.next_of(GameEvent, within=within) for _ in range(number)]

    async def seqs(self, number: int, *, within: float = WITHIN) -> list[int]:
        """The numbers of the next so many triggers."""
        return [event.seq for event in await self.events(number, within=within)]

    async def error(self) -> str:
        """The code of the next error."""
        return (await self.next_of(Error)).code

    async def start(self) -> None:
        """Start a round, and wait until that has been done."""
        await self.say(GameStart())
        await self.settle()

    async def settle(self) -> None:
        """Wait until everything said so far has been dealt with: commands keep their order."""
        await self.socket.send('{"type":"ping","t":"settled"}')
        while True:
            message = await self._receive()
            if message == Pong(t="settled"):
                return
            self._passed.append(message)

    def unasked(self, kind: type[Expected]) -> list[Expected]:
        """What came of this type and was not asked for."""
        return [message for message in self._passed if isinstance(message, kind)]

    async def closed(self, *, within: float = WITHIN) -> int | None:
        """Read until the socket is closed; the close code."""
        try:
            async with asyncio.timeout(within):
                while True:
                    self._passed.append(await self._receive())
        except ConnectionClosed:
            return self.socket.close_code

    async def _receive(self) -> ServerMessage:
        return decode_server(await self.socket.recv())


@asynccontextmanager
async def connected(url: str, **options: Any) -> AsyncIterator[Game]:
    """A game's socket under this address."""
    async with connect(url, proxy=None, close_timeout=1, **options) as socket:
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
    gateway_url: str, room: RoomCreated, last: GameEvent | None = None, *, query: str = ""
) -> AsyncIterator[tuple[Game, RoomReady]]:
    """The game back on a gateway, after the last trigger that it applied."""
    cursor = f"&epoch={last.epoch}&last_seq={last.seq}" if last else ""
    async with connected(resume_url(gateway_url, room) + cursor + query) as game:
        yield game, await game.next_of(RoomReady)


def resume_url(gateway_url: str, room: RoomCreated) -> str:
    """Where the room's game comes back."""
    return f"{gateway_url}?room_id={room.room_id}&token={room.room_token}"


async def refusal(url: str, **options: Any) -> tuple[int, str]:
    """Status and code with which the gateway refuses this handshake."""
    try:
        async with connect(url, proxy=None, **options):
            raise AssertionError("the gateway let it in")
    except InvalidStatus as invalid:
        body = bytes(invalid.response.body or b"")
        return invalid.response.status_code, code_of(body)


def code_of(body: bytes) -> str:
    """The stable code of a problem document; "" where the body is none."""
    try:
        return msgspec.json.decode(body, type=Coded).code
    except msgspec.DecodeError:
        return ""
