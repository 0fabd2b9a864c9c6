"""Rooms and rounds that are in a studio's history."""

import httpx

from shared.engine.engine import Engine
from shared.wire.game_messages import Outcome
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.room_requests import batch, booked, press
from tests.api_service.studio.files import Studio
from tests.waiting import until

PATH = "/api/studio/rooms"


async def add_room(studio: Studio, room_id: str, token: str) -> httpx.Response:
    """The answer to putting a room into the history."""
    return await studio.ask("PUT", f"{PATH}/{room_id}", json={"room_token": token})


async def recorded_rooms(api: httpx.AsyncClient, studio: Studio, *titles: str) -> list[str]:
    """New rooms in the studio's history, once they are recorded."""
    room_ids = []
    for title in titles:
        opened = (await api.post("/api/rooms", json={"settings": {"title": title}})).json()
        room_ids.append(str(opened["room_id"]))
        assert (await add_room(studio, room_ids[-1], opened["room_token"])).is_success

    async def are_recorded() -> bool:
        found = [await studio.ask("GET", f"{PATH}/{room_id}") for room_id in room_ids]
        return all(answer.status_code == 200 for answer in found)

    await until(are_recorded)
    return room_ids


async def played(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, studio: Studio, viewer_id: str
) -> str:
    """A round with nine presses of Ann, three of Bob and two triggers, one of which failed.

    Returns the path of the round in the history.
    """
    await press(api, game, {**batch(viewer_id, skill1=5, enemy1=4), "viewer_name": "Ann"})
    bob = {**batch(SIGNER.new_viewer_id(), enemy1=3), "viewer_name": "Bob"}
    await press(api, game, bob)
    outcome = Outcome(epoch=game.log_epoch, seq=1, status="failed", reason="Asleep")
    await engine.outcome(game.room_id, game.term, outcome)
    await engine.finish(game.room_id, game.term)
    await booked(api, game)
    assert (await add_room(studio, game.room_id, game.token)).is_success
    return f"{PATH}/{game.room_id}/rounds/1"
