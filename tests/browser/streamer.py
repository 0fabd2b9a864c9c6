"""A streamer with an address that stays, and the rooms to which it leads."""

from typing import Any, Self

import httpx
import msgspec

from tests.api_service.studio.handles import new_handle
from tests.browser.conftest import Services
from tests.browser.play_page import Opened, room_with
from tests.waiting import until


class StudioOpened(msgspec.Struct):
    """What tests need of a new studio."""

    studio_id: str
    studio_key: str


class Streamer:
    """A studio with a handle."""

    def __init__(self, services: Services, studio: StudioOpened, handle: str) -> None:
        self.handle = handle
        self.url = f"{services.api.url}/@{handle}"
        self.place = self.url.removeprefix("http://")  # for people to type
        self._services = services
        self._owner = {"Authorization": f"Bearer {studio.studio_key}"}
        self._handle_path = f"/api/studios/{studio.studio_id}/handle"

    @classmethod
    async def new(cls, services: Services) -> Self:
        """A new streamer, whose handle nobody had."""
        handle = f"luna-{new_handle()[:12]}"
        async with httpx.AsyncClient(base_url=services.api.url) as http:
            answer = await http.post("/api/studios")
            studio = msgspec.json.decode(answer.content, type=StudioOpened)
            streamer = cls(services, studio, handle)
        await streamer.takes(handle)
        return streamer

    async def takes(self, handle: str) -> None:
        """The streamer's handle is another from now on; `url` stays as it was."""
        async with httpx.AsyncClient(base_url=self._services.api.url) as http:
            wanted = {"handle": handle}
            answer = await http.put(self._handle_path, json=wanted, headers=self._owner)
            assert answer.is_success, answer.text

            async def is_found() -> bool:
                return (await http.get(f"/api/handles/{handle}")).is_success

            await until(is_found)

    async def opens(self, **settings: Any) -> Opened:
        """A new room of the streamer, to which the address leads."""
        room = await room_with(self._services, **settings)
        async with httpx.AsyncClient(base_url=self._services.api.url) as http:
            path, token = f"/api/studio/rooms/{room.room_id}", {"room_token": room.room_token}
            answer = await http.put(path, json=token, headers=self._owner)
            assert answer.is_success, answer.text

            async def leads_there() -> bool:
                found = await http.get(f"/api/handles/{self.handle}")
                return bool(found.json()["room_id"] == room.room_id)

            await until(leads_there)
        return room
