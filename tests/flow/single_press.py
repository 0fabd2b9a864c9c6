"""Presses that are each sent on a separate connection."""

import asyncio

import httpx
import msgspec

from shared.wire.game_messages import RoomCreated
from tests.flow.fleet import Member


class Client:
    """One press, sent on a separate connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def sends(cls, host: str, port: int, room_id: str, viewer_id: str) -> "Client":
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
