"""The tested services: an API process, a gateway process, and a room in every state."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from shared.wire.game_messages import GameEnd, GameEndSummary, RoomCreated
from tests.flow.fleet import Member, open_fleet
from tests.flow.play import Viewer, new_game, viewers
from tests.waiting import until

GAME_KEY = "a-game-key-of-the-conformance-tests"
ADMIN_TOKEN = "an-admin-token-of-the-conformance-tests"
OWNER = {"Authorization": f"Bearer {GAME_KEY}"}


@dataclass(frozen=True)
class Target:
    """Both services, and rooms and viewers for a client.

    `running` is a room with a running round, `ended` one after its round, `waiting` one without a
    game.
    """

    api: Member
    gateway: Member
    running: RoomCreated
    ended: RoomCreated
    waiting: str
    viewers: tuple[str, ...]


@asynccontextmanager
async def open_target(folder: Path, redis_url: str, database_url: str) -> AsyncIterator[Target]:
    """Start both services as processes, and open three rooms."""
    async with open_fleet(folder, redis_url, database_url, patient=True) as fleet:
        api = await fleet.api(GAME_KEYS=GAME_KEY, ADMIN_TOKEN=ADMIN_TOKEN)
        gateway = await fleet.gateway()
        async with viewers(api, 3) as crowd, new_game(gateway) as (_, running):
            ended = await _ended_room(api, gateway, crowd[0])
            waiting = await _waiting_room(api)
            await crowd[0].press_once_started(api, running.room_id, "skill1")
            ids = tuple(viewer.viewer_id for viewer in crowd)
            yield Target(api, gateway, running, ended, waiting, ids)


async def _ended_room(api: Member, gateway: Member, viewer: Viewer) -> RoomCreated:
    async with new_game(gateway) as (game, room):
        await viewer.press_once_started(api, room.room_id, "skill1")
        await game.say(GameEnd())
        await game.next_of(GameEndSummary)
    async with httpx.AsyncClient(base_url=api.url) as http:

        async def are_booked() -> bool:
            answer = await http.get(f"/api/rooms/{room.room_id}/results")
            return answer.status_code == httpx.codes.OK

        await until(are_booked)
    return room


async def _waiting_room(api: Member) -> str:
    async with httpx.AsyncClient(base_url=api.url) as http:
        answer = await http.post("/api/rooms", headers=OWNER)
        return str(answer.json()["room_id"])
