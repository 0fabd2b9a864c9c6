"""Games and viewers for flow tests, over real sockets and HTTP."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect

from shared.wire.game_messages import NumberedMessage, RoomCreated, RoomReady
from tests.flow.fleet import Member
from tests.waiting import until
from tests.ws_gateway import game_end
from tests.ws_gateway.game_end import Game


def new_game(gateway: Member) -> AbstractAsyncContextManager[tuple[Game, RoomCreated]]:
    """Return a game that opened a room and started its round."""
    return game_end.new_game(_ws(gateway))


def resumed(
    gateway: Member,
    room: RoomCreated | RoomReady,
    last: NumberedMessage | RoomCreated | None = None,
) -> AbstractAsyncContextManager[tuple[Game, RoomReady]]:
    """Return the game reconnected to a gateway, after `last`, the last message it applied.

    `last=room` means that it has applied none yet.
    """
    return game_end.resumed(_ws(gateway), room, last)


def _ws(gateway: Member) -> str:
    return gateway.url.replace("http", "ws", 1) + "/ws-unity"


class PressAnswer(msgspec.Struct):
    """The part of a press's answer that tests check."""

    accepted: int
    rejected: int
    duplicate: bool


class Viewer:
    """One viewer, pressing through any API process."""

    def __init__(self, http: httpx.AsyncClient, viewer_id: str) -> None:
        self._http = http
        self.viewer_id = viewer_id

    async def press(
        self, api: Member, room_id: str, presses: Mapping[str, int], batch_id: str | None = None
    ) -> PressAnswer:
        events = [{"button_name": name, "push_count": n} for name, n in presses.items()]
        body = {"viewer_id": self.viewer_id, "push_events": events}
        if batch_id is not None:
            body["batch_id"] = batch_id
        answer = await self._http.post(f"{api.url}/api/rooms/{room_id}/events", json=body)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=PressAnswer)

    async def press_once_started(self, api: Member, room_id: str, event_type: str) -> None:
        """Press one button once, as soon as the round has started; an answer may get lost."""
        events = [{"button_name": event_type, "push_count": 1}]
        body = {"viewer_id": self.viewer_id, "push_events": events, "batch_id": uuid4().hex}
        url = f"{api.url}/api/rooms/{room_id}/events"

        async def is_counted() -> bool:
            return "accepted" in (await self._http.post(url, json=body)).json()

        await until(is_counted)


@asynccontextmanager
async def viewers(
    api: Member, count: int, headers: Mapping[str, str] | None = None
) -> AsyncIterator[list[Viewer]]:
    """Create `count` viewers, each with its own id, whose requests have these headers."""
    limits = httpx.Limits(max_connections=count, max_keepalive_connections=count)
    async with httpx.AsyncClient(limits=limits, headers=headers) as http:
        answers = [await http.post(f"{api.url}/api/viewers", json={}) for _ in range(count)]
        yield [Viewer(http, answer.json()["viewer_id"]) for answer in answers]


def older_game(gateway: Member, query: str = "") -> connect:
    """Return an older game's socket: no subprotocol, no header, and at first no query."""
    return game_end.websocket(_ws(gateway) + query)


async def next_of(socket: ClientConnection, kind: str) -> dict[str, Any]:
    """Return the next message of a type, skipping others, as the game ignores unknown types."""
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["type"] == kind:
            return message
