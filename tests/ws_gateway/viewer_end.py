"""The page's side of a viewers' socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from shared.wire.game_messages import Message, RoomCreated
from shared.wire.viewer_messages import RoomShown, SettingsUpdate, ViewerMessage
from tests.ws_gateway.game_end import new_game, websocket
from tests.ws_gateway.gateways import Crowd, Running

Expected = TypeVar("Expected", bound=Message)

MESSAGES: msgspec.json.Decoder[ViewerMessage] = msgspec.json.Decoder(ViewerMessage)


class Page:
    """One socket of a viewer; received messages are in `seen`."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.seen: list[ViewerMessage] = []

    async def next(self) -> ViewerMessage:
        """The next message."""
        self.seen.append(MESSAGES.decode(await self.socket.recv()))
        return self.seen[-1]

    async def next_of(self, kind: type[Expected]) -> Expected:
        """The next message of this type; others are skipped."""
        while True:
            message = await self.next()
            if isinstance(message, kind):
                return message

    async def count(self, event_type: str, count: int) -> None:
        """Wait until the socket reports this many presses of a button."""
        while True:
            message = await self.next()
            for stat in getattr(message, "stats", ()):
                if (stat.event_type, stat.current_count) == (event_type, count):
                    return

    async def closed(self) -> int | None:
        """Read until the socket is closed; the close code."""
        try:
            while True:
                await self.socket.recv()
        except ConnectionClosed:
            return self.socket.close_code


def viewers_url(gateway: Running, room_id: str) -> str:
    """The URL of a room's viewers' socket."""
    return f"ws://127.0.0.1:{gateway.port}/ws-viewer?room_id={room_id}"


@asynccontextmanager
async def watching(
    gateway: Running, room_id: str, **options: Any
) -> AsyncIterator[tuple[Page, RoomShown]]:
    """A viewer's socket, and its first messages."""
    url = viewers_url(gateway, room_id)
    async with websocket(url, **options) as socket:
        page = Page(socket)
        first = await page.next()
        assert isinstance(first, RoomShown)
        assert isinstance(await page.next(), SettingsUpdate)
        yield page, first


@asynccontextmanager
async def previewing(gateway: Running, room_id: str) -> AsyncIterator[Page]:
    """A viewers' socket that asks for previews, after its first messages."""
    url = f"{viewers_url(gateway, room_id)}&preview=1"
    async with websocket(url) as socket:
        page = Page(socket)
        await page.next_of(SettingsUpdate)
        yield page


@asynccontextmanager
async def played_room(gateway: Running, crowd: Crowd) -> AsyncIterator[RoomCreated]:
    """A room whose round runs, and whose first button fires at every press."""
    async with new_game(gateway.url) as (_, room):
        await crowd.ease(room.room_id)
        yield room
