"""A game and viewers for flow tests, over the real wire."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

import httpx
import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from shared.wire.game_messages import (
    Ack,
    GameEvent,
    GameMessage,
    GameStart,
    NumberedMessage,
    RoomCreated,
    RoomReady,
    ServerMessage,
    ViewerCountUpdate,
    decode_server,
    encode,
)
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from websockets.asyncio.client import ClientConnection

    from tests.flow.fleet import Member

Expected = TypeVar("Expected", bound=ServerMessage)
WITHIN = 15.0


class Game:
    """One socket of a game; numbered messages it received are in `numbers`, in order of arrival."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[GameEvent] = []
        self.other: list[ServerMessage] = []

    @property
    def numbers(self) -> list[int]:
        return [event.seq for event in self.events]

    async def send(self, message: GameMessage) -> None:
        await self.socket.send(encode(message))

    async def ack(self) -> None:
        last = self.events[-1]
        await self.send(Ack(epoch=last.epoch, seq=last.seq))

    async def receive(self) -> ServerMessage:
        """The next message, whichever."""
        async with asyncio.timeout(WITHIN):
            message = decode_server(await self.socket.recv())
        if isinstance(message, GameEvent):
            self.events.append(message)
        else:
            self.other.append(message)
        return message

    async def next_of(self, kind: type[Expected]) -> Expected:
        """The next message of one kind; those before it are kept."""
        while True:
            message = await self.receive()
            if isinstance(message, kind):
                return message

    async def receive_until(self, seq: int) -> None:
        """Receive until the trigger with this number has come."""
        while not self.events or self.events[-1].seq < seq:
            await self.receive()

    async def close_code(self) -> int | None:
        """Receive until the socket is closed, and tell with which code."""
        with suppress(ConnectionClosed):
            while True:
                await self.receive()
        return self.socket.close_code

    async def silent_for(self, seconds: float) -> bool:
        """Whether no trigger comes for so long."""
        try:
            async with asyncio.timeout(seconds):
                while isinstance(await self.receive(), ViewerCountUpdate):
                    pass
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def new_game(gateway: Member) -> AsyncIterator[tuple[Game, RoomCreated]]:
    """A game that opened a room and started its round."""
    async with connect(_ws(gateway)) as socket:
        game = Game(socket)
        room = await game.next_of(RoomCreated)
        await game.send(GameStart())
        yield game, room


@asynccontextmanager
async def resumed(
    gateway: Member,
    room: RoomCreated | RoomReady,
    last: NumberedMessage | RoomCreated | None = None,
) -> AsyncIterator[tuple[Game, RoomReady]]:
    """The game back on a gateway, from the last message it applied; `room` itself is none yet."""
    cursor = f"&epoch={last.epoch}&last_seq={last.seq}" if last else ""
    url = f"{_ws(gateway)}?room_id={room.room_id}&token={room.room_token}{cursor}"
    async with connect(url) as socket:
        game = Game(socket)
        yield game, await game.next_of(RoomReady)


def _ws(gateway: Member) -> str:
    return gateway.url.replace("http", "ws", 1) + "/ws-unity"


class PressAnswer(msgspec.Struct):
    """What tests look at in a press's answer."""

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
        """Press one button once, as soon as the round has begun."""
        await until(lambda: self._try(api, room_id, event_type))

    async def _try(self, api: Member, room_id: str, event_type: str) -> bool:
        body = {"viewer_id": self.viewer_id, "event_type": event_type}
        answer = await self._http.post(f"{api.url}/api/rooms/{room_id}/events", json=body)
        return "accepted" in answer.json()


@asynccontextmanager
async def viewers(api: Member, count: int) -> AsyncIterator[list[Viewer]]:
    """So many viewers, each with an id of its own."""
    limits = httpx.Limits(max_connections=count, max_keepalive_connections=count)
    async with httpx.AsyncClient(limits=limits, timeout=WITHIN) as http:
        answers = [await http.post(f"{api.url}/api/viewers", json={}) for _ in range(count)]
        yield [Viewer(http, answer.json()["viewer_id"]) for answer in answers]
