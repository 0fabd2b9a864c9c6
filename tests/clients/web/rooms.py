"""A room with thresholds so high that its counts are all accepted presses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
import msgspec

from shared.wire.game_messages import GameEnd, GameMessage, GameStart
from shared.wire.rest_bodies import RoomOpened, RoomStats
from tests.browser.conftest import Services
from tests.waiting import until
from tests.ws_gateway.game_end import Game, connected

PRESSES: Final = 1000  # for a trigger


def button(event_type: str, presses: int = PRESSES, **settings: Any) -> dict[str, Any]:
    """A button with a fixed threshold."""
    return {"event_type": event_type, "base": presses, "min": presses, "max": presses, **settings}


@dataclass
class WebRoom:
    """A room, seen from the server, and its game."""

    http: httpx.AsyncClient
    opened: RoomOpened
    connected_game: Game | None = None

    @property
    def room_id(self) -> str:
        return self.opened.room_id

    @property
    def game(self) -> Game:
        """The game, if it is connected."""
        assert self.connected_game is not None
        return self.connected_game

    async def accepted(self, event_type: str) -> int:
        """The presses of this round that the server has counted."""
        answer = await self.http.get(f"/api/rooms/{self.room_id}/stats")
        stats = msgspec.json.decode(answer.content, type=RoomStats).stats
        return next(stat.current_count for stat in stats if stat.event_type == event_type)

    async def has_accepted(self, presses: int, event_type: str = "skill1") -> None:
        """Wait until the server has counted exactly this many."""

        async def are_there() -> bool:
            return await self.accepted(event_type) == presses

        await until(are_there)

    async def change(self, **settings: Any) -> None:
        """Change the room's settings."""
        await self._own("PATCH", "settings", settings)

    async def reset(self) -> None:
        """Zero the counts."""
        await self._own("POST", "reset", {})

    async def preview(self, event_type: str) -> None:
        """Try a button."""
        await self._own("POST", "preview", {"event_type": event_type})

    async def _own(self, method: str, what: str, body: dict[str, Any]) -> None:
        answer = await self.http.request(
            method,
            f"/api/rooms/{self.room_id}/{what}",
            json=body,
            headers={"Authorization": f"Bearer {self.opened.room_token}"},
        )
        assert answer.status_code == 200, answer.text

    async def end(self) -> None:
        await self._tell(GameEnd())

    async def start(self) -> None:
        await self._tell(GameStart())

    async def _tell(self, message: GameMessage) -> None:
        await self.game.say(message)
        await self.game.settle()


@asynccontextmanager
async def unopened_room(services: Services) -> AsyncIterator[WebRoom]:
    """A room with two big buttons, without its game; the first press opens the round."""
    settings = {"buttons": [button("skill1"), button("skill2")], "starts": "press"}
    async with httpx.AsyncClient(base_url=services.api.url) as http:
        answer = await http.post("/api/rooms", json={"settings": settings})
        opened = msgspec.json.decode(answer.content, type=RoomOpened)
        yield WebRoom(http, opened)


@asynccontextmanager
async def opened_room(services: Services) -> AsyncIterator[WebRoom]:
    """Such a room in its first round."""
    async with unopened_room(services) as room:
        opened = room.opened
        url = f"{opened.ws_url}?room_id={opened.room_id}&token={opened.room_token}"
        async with connected(url) as room.connected_game:
            await room.start()
            yield room
