"""A name that a room hides is shown only to its viewer."""

from typing import Any

import httpx
import pytest

from shared.engine.engine import Engine
from tests.api_service.conftest import GameRoom
from tests.api_service.room_requests import batch, booked, hide, press
from tests.room_keys import room_keys

FORGED = "." + 22 * "A"
NO_NAME = (None, {None})


async def told(api: httpx.AsyncClient, game: GameRoom, viewer_id: str) -> tuple[Any, set[Any]]:
    """The name in the viewer's summary, and the names in the lists of the room's only presser."""
    answer = await api.get(f"{game.path}/results", params={"viewer_id": viewer_id})
    results = answer.json()
    tops = [results["top_overall"], results["top_by_event"]["skill1"], *results["viewer_totals"]]
    return results["viewer_summary"]["viewer_name"], {top["viewer_name"] for top in tops}


@pytest.mark.parametrize("way", ["settings", "block"])
async def test_a_hidden_name_is_told_to_the_viewer_alone(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, engine: Engine, way: str
) -> None:
    """It is hidden at once, also after the round. Only the signed id proves the viewer: the id
    without its signature is public."""
    ulid = viewer_id.partition(".")[0]
    await press(api, game, {**batch(viewer_id, skill1=7), "viewer_name": "Ann"})
    await engine.finish(game.room_id, game.term)
    await booked(api, game)
    assert await told(api, game, ulid) == ("Ann", {"Ann"})
    await hide(api, game, way, ulid)
    for anybody in (ulid, ulid.lower(), ulid + FORGED):
        assert await told(api, game, anybody) == NO_NAME
    assert await told(api, game, viewer_id) == ("Ann", {None})
    assert (await press(api, game, batch(viewer_id)))["viewer_summary"]["viewer_name"] == "Ann"


@pytest.mark.parametrize("way", ["settings", "block"])
async def test_a_name_stays_hidden_when_the_room_is_gone(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, engine: Engine, way: str
) -> None:
    """The books record what the room hides."""
    ulid = viewer_id.partition(".")[0]
    await press(api, game, {**batch(viewer_id, skill1=7), "viewer_name": "Ann"})
    await hide(api, game, way, ulid)
    await engine.finish(game.room_id, game.term)
    await booked(api, game)
    await engine.store.command("DEL", room_keys(game.room_id).room)
    assert await told(api, game, ulid) == NO_NAME
    assert await told(api, game, viewer_id) == ("Ann", {None})
