"""Servers that are not a gateway, or a faulty one, as the test decides."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import msgspec
from websockets.frames import Frame, Opcode
from websockets.utils import accept_key

from shared.wire.game_messages import SUBPROTOCOL, RoomCreated
from tests.conftest import free_ports

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(serve: Serve, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """A server of which every connection is closed after `serve`; gives its address.

    The connections are waited for: their other ends must be gone by the end of the block.
    """
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        with suppress(OSError, EOFError):
            await serve(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    (port,) = free_ports(1)
    async with await asyncio.start_server(connected, host, port):
        yield f"ws://[{host}]:{port}" if ":" in host else f"ws://{host}:{port}"
        await asyncio.gather(*connections)


def answering(answer: bytes, *, stays: bool) -> Serve:
    """Send one HTTP answer to any request, then close, unless the connection `stays`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        if stays:
            await reader.read()

    return serve


async def open_room(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept a handshake for a new room as a gateway does (RFC 6455, section 4.2.2)."""
    asked = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(
        line.split(":")[1].strip()
        for line in asked.splitlines()
        if line.lower().startswith("sec-websocket-key:")
    )
    room = msgspec.json.encode(RoomCreated(room_id="R", web_url="", room_token="T", epoch=1, seq=0))
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Protocol: %b\r\nSec-WebSocket-Accept: %b\r\n\r\n"
        % (SUBPROTOCOL.encode(), accept_key(key).encode())
        + Frame(Opcode.TEXT, room).serialize(mask=False)
    )
