"""How the gateway ends a socket: the reason first, then a moment for the game, then the close."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed

from shared.wire.game_messages import encode

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

    from ws_gateway.sockets.close_codes import Farewell

LINGER = 3.0  # s that a game has to close first, after it was told why
CLOSE_WITHIN = 2.0  # s for the close itself, which a game that reads nothing would hold up


async def say_farewell(socket: ServerConnection, farewell: Farewell) -> None:
    """Say why, let the game close first, then close: Unity would see no code and no reason."""
    try:
        async with asyncio.timeout(LINGER):
            if farewell.error is not None:
                await socket.send(encode(farewell.error))
            await socket.wait_closed()
    except (TimeoutError, ConnectionClosed):
        pass
    await close(socket, farewell.code)


async def close(socket: ServerConnection, code: int) -> None:
    """Close; a socket that reads nothing is dropped."""
    try:
        async with asyncio.timeout(CLOSE_WITHIN):
            await socket.close(code)
    except TimeoutError:
        socket.transport.abort()
