"""A game of the Python client, in a round."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from clients.python import GameClient, GatewayAddress
from shared.wire.game_messages import GameEvent, GameStart, Message, Ping, Pong, RoomCreated
from tests.ws_gateway.gateways import Crowd, Running

Expected = TypeVar("Expected", bound=Message)


async def next_of(game: GameClient, kind: type[Expected]) -> Expected:
    """The next message of this type; others are skipped."""
    while True:
        if isinstance(message := await game.receive(), kind):
            return message


async def seqs(game: GameClient, count: int) -> list[int]:
    """The numbers of its next triggers."""
    return [(await next_of(game, GameEvent)).seq for _ in range(count)]


@asynccontextmanager
async def playing(gateway: Running, crowd: Crowd) -> AsyncIterator[tuple[GameClient, str]]:
    """A game whose round has begun, and its room, in which every press fires."""
    async with GameClient(GatewayAddress(gateway.url)) as game:
        room_id = await begin(game)
        await crowd.ease(room_id)
        yield game, room_id


async def begin(game: GameClient) -> str:
    """Start a round in the room that the game opened."""
    room = await next_of(game, RoomCreated)
    await game.send(GameStart())
    await answered(game)
    return room.room_id


async def answered(game: GameClient) -> None:
    """Wait until the gateway has carried out all of the game's commands."""
    await game.send(Ping())
    await next_of(game, Pong)
