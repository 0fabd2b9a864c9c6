"""Ends a socket: send the reason, give the game a moment to close, then close."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed

from shared.wire.game_messages import encode

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

    from ws_gateway.sockets.close_codes import CloseMessage

LINGER = 3.0  # s that a game has to close the socket itself, after the `error`
CLOSE_WITHIN = 2.0  # s for the close itself, which a game that does not read would delay


async def send_and_close(socket: ServerConnection, message: CloseMessage) -> None:
    """Send the error, let the game close first, then close: Unity reports no code and no reason."""
    try:
        async with asyncio.timeout(LINGER):
            if message.error is not None:
                await socket.send(encode(message.error))
            await socket.wait_closed()
    except (TimeoutError, ConnectionClosed):
        pass
    await close(socket, message.code)


async def close(socket: ServerConnection, code: int) -> None:
    """Close the socket; drop it if the peer does not read."""
    try:
        async with asyncio.timeout(CLOSE_WITHIN):
            await socket.close(code)
    except TimeoutError:
        socket.transport.abort()
