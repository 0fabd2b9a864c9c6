"""A press whose client closed the connection before it was counted is not counted."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import httpx
import msgspec
import pytest

from tests.flow.fleet import open_fleet
from tests.flow.play import new_game, viewers

if TYPE_CHECKING:
    from pathlib import Path

    from shared.wire.game_messages import RoomCreated
    from tests.flow.fleet import Member

pytestmark = pytest.mark.anyio

CLIENTS = 20


class Client:
    """One press, sent on a separate connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def sends(cls, host: str, port: int, room_id: str, viewer_id: str) -> Client:
        body = msgspec.json.encode({"viewer_id": viewer_id, "event_type": "skill1"})
        head = (
            f"POST /api/rooms/{room_id}/events HTTP/1.1\r\n"
            f"host: a\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(head.encode() + body)
        await writer.drain()
        return cls(reader, writer)

    async def hang_up(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def accepted(self) -> int:
        """Return the number of accepted presses in the answer."""
        _, _, body = (await self._reader.read()).partition(b"\r\n\r\n")
        await self.hang_up()
        return int(msgspec.json.decode(body)["accepted"])


async def counted(api: Member, room: RoomCreated) -> int:
    """Return the number of presses of the room's viewers."""
    async with httpx.AsyncClient() as http:
        answer = await http.get(
            f"{api.url}/api/rooms/{room.room_id}/viewers",
            headers={"Authorization": f"Bearer {room.room_token}"},
        )
    return sum(viewer["count"] for viewer in answer.json()["viewers"])


async def test_a_frozen_process_counts_only_for_who_still_waits(
    tmp_path: Path, redis_url: str, own_database_url: str
) -> None:
    """When it continues, it finds the requests of all clients in its sockets."""
    async with open_fleet(tmp_path, redis_url, own_database_url) as fleet:
        api, gateway = await fleet.api(), await fleet.gateway()
        async with new_game(gateway) as (_, room), viewers(api, CLIENTS) as crowd:
            await crowd[0].press_once_started(api, room.room_id, "skill2")
            api.send(signal.SIGSTOP)
            clients = [
                await Client.sends("127.0.0.1", api.port, room.room_id, one.viewer_id)
                for one in crowd
            ]
            for impatient in clients[::2]:
                await impatient.hang_up()
            api.send(signal.SIGCONT)
            answered = [await patient.accepted() for patient in clients[1::2]]
            assert answered == [1] * (CLIENTS // 2)
            assert await counted(api, room) == sum(answered) + 1
