"""Requests and answers as bytes, on a raw connection."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx

from tests.api_service.room_requests import batch

CHANGES: Final = re.compile(rb"(x-request-id|date): [^\r]*")


class Wire:
    """A raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.reader = reader

    async def answer(self) -> tuple[bytes, bytes]:
        """The next answer's head, without what differs in each, and its body."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert length is not None
        return CHANGES.sub(rb"\1", head), await self.reader.readexactly(int(length[1]))

    async def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        return await self.reader.read()


@asynccontextmanager
async def wire(api: httpx.AsyncClient) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection(api.base_url.host, api.base_url.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()


def request(path: str, body: bytes, *headers: str, version: str = "1.1") -> bytes:
    lines = [f"POST {path}/events HTTP/{version}", "Host: x", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def pressed(viewer_id: str, **presses: int) -> bytes:
    return json.dumps(batch(viewer_id, "same", **presses)).encode()
