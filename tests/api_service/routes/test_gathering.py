"""Before a round: who joins with a name, and what a streamer tries."""

from typing import Any

import httpx
import pytest

from api_service.books.database import open_database
from api_service.routes.display_names import DisplayNames
from shared.engine.engine import Engine
from shared.identity.tokens import bare
from tests.api_service.conftest import GameRoom

PREVIEWS = 60  # a minute


async def set_name(api: httpx.AsyncClient, viewer_id: str, name: str) -> None:
    answer = await api.post("/api/viewers/set_name", json={"viewer_id": viewer_id, "name": name})
    assert answer.status_code == 200


async def join(api: httpx.AsyncClient, at: GameRoom, **body: object) -> dict[str, Any]:
    answer = await api.post(f"{at.path}/join", json=body)
    assert answer.status_code == 200
    joined: dict[str, Any] = answer.json()
    return joined


@pytest.mark.parametrize("whole", [True, False])
async def test_who_joins_with_a_name_is_shown_to_pages(
    api: httpx.AsyncClient, waiting: GameRoom, viewer_id: str, engine: Engine, whole: bool
) -> None:
    """Whether or not the page asks for everything that it begins with."""
    before = await engine.watch(waiting.room_id, "gateway", None)
    await set_name(api, viewer_id, "Mika")
    for _ in range(2):
        await join(api, waiting, viewer_id=viewer_id, room=whole)
    await join(api, waiting, room=True)
    after = await engine.watch(waiting.room_id, "gateway", before)
    assert (after.arrived, after.viewer_count) == (("Mika",), 2)


async def test_who_sets_a_name_while_waiting_arrives_when_it_joins_again(
    api: httpx.AsyncClient, waiting: GameRoom, engine: Engine
) -> None:
    before = await engine.watch(waiting.room_id, "gateway", None)
    viewer_id = (await join(api, waiting, room=True))["viewer"]["viewer_id"]
    await set_name(api, viewer_id, "Sora")
    for _ in range(2):
        await join(api, waiting, viewer_id=viewer_id)
    assert (await engine.watch(waiting.room_id, "gateway", before)).arrived == ("Sora",)


async def test_a_name_that_another_process_set_arrives_with_the_next_join(
    api: httpx.AsyncClient,
    waiting: GameRoom,
    viewer_id: str,
    engine: Engine,
    database_url: str,
) -> None:
    """Though this one has just learnt that the viewer has none."""
    before = await engine.watch(waiting.room_id, "gateway", None)
    await join(api, waiting, viewer_id=viewer_id)
    async with open_database(database_url) as database:
        await DisplayNames(engine.store, database).set(bare(viewer_id), "Sora")
    await join(api, waiting, viewer_id=viewer_id)
    assert (await engine.watch(waiting.room_id, "gateway", before)).arrived == ("Sora",)


async def test_names_arrive_masked(
    api: httpx.AsyncClient, waiting: GameRoom, viewer_id: str, engine: Engine
) -> None:
    masking = {"mask_names": True, "masked_words": ["panda"]}
    changed = await api.patch(f"{waiting.path}/settings", json=masking, headers=waiting.owner)
    assert changed.status_code == 200
    before = await engine.watch(waiting.room_id, "gateway", None)
    await set_name(api, viewer_id, "Panda 46")
    await join(api, waiting, viewer_id=viewer_id, room=True)
    assert (await engine.watch(waiting.room_id, "gateway", before)).arrived == ("*** 46",)


async def test_who_is_blocked_joins_unseen(
    api: httpx.AsyncClient, waiting: GameRoom, viewer_id: str, engine: Engine
) -> None:
    before = await engine.watch(waiting.room_id, "gateway", None)
    await set_name(api, viewer_id, "Troll")
    await engine.block(waiting.room_id, bare(viewer_id))
    await join(api, waiting, viewer_id=viewer_id, room=True)
    assert (await engine.watch(waiting.room_id, "gateway", before)).arrived == ()


async def test_the_first_answer_tells_how_old_the_round_is(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine
) -> None:
    """By one clock, Redis's; and that no press opened it."""
    joined = await join(api, game, room=True)
    room, stats = joined["room"], joined["stats"]
    assert room["started_at"] <= room["time"]
    assert room["started_at"] <= stats["time"]
    assert room["opened_by_press"] is False
    assert (await api.get(game.path)).json()["started_at"] == room["started_at"]
    described = await engine.describe(game.room_id)
    assert described.started_at is not None
    assert room["started_at"].endswith(f"{described.started_at % 1000:03}Z")


async def test_a_button_is_previewed_with_or_without_a_round(
    api: httpx.AsyncClient, waiting: GameRoom, engine: Engine
) -> None:
    """Nothing is counted or numbered."""
    for _ in range(2):
        answer = await api.post(
            f"{waiting.path}/preview", json={"event_type": "enemy2"}, headers=waiting.owner
        )
        assert answer.json() == {"event_type": "enemy2"}
        await engine.start(waiting.room_id, waiting.term)
    watched = await engine.watch(waiting.room_id, "gateway", None)
    assert (watched.seq, {stat.accepted for stat in watched.stats}) == (0, {0})


async def test_only_a_button_of_the_room_is_previewed_and_only_so_often(
    api: httpx.AsyncClient, waiting: GameRoom
) -> None:
    path = f"{waiting.path}/preview"
    for body, status, code in (
        ({"event_type": "dragon"}, 400, "unknown_event_type"),
        ({}, 400, "invalid_body"),
    ):
        answer = await api.post(path, json=body, headers=waiting.owner)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    answers = [
        await api.post(path, json={"event_type": "skill1"}, headers=waiting.owner)
        for _ in range(PREVIEWS + 1)
    ]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.json()["code"] for answer in refused} == {"rate_limited"}
    assert "Retry-After" in refused[0].headers
