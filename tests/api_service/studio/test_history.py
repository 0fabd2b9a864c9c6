"""The routes of a studio's history."""

import time
from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest

from api_service.studio.history import room_rows
from shared.engine.engine import Engine
from shared.identity.tokens import Signer
from shared.process.settings import Settings
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.running import client_of, running
from tests.api_service.studio.files import Studio
from tests.api_service.studio.histories import PATH, add_room, played, recorded_rooms
from tests.room_keys import new_room_id


async def test_everybody_who_knows_a_studio_may_find_its_newest_room(
    api: httpx.AsyncClient,
) -> None:
    """As its overlay does, without a key; a room that was forgotten is not found."""
    studio = Studio(api)
    path = f"/api/studios/{studio.studio_id}/newest_room"
    assert (await api.get(path)).json() == {"room_id": None}
    first, second = await recorded_rooms(api, studio, "", "")
    assert (await api.get(path)).json() == {"room_id": second}
    assert (await studio.ask("DELETE", f"{PATH}/{second}")).is_success
    assert (await api.get(path)).json() == {"room_id": first}


async def test_a_full_history_forgets_its_oldest_rooms(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the newest is always there, for the overlay. Other studios' rooms stay."""
    monkeypatch.setattr(room_rows, "ROOMS_LIMIT", 2)
    studio, other = Studio(api), Studio(api)
    theirs = await recorded_rooms(api, other, "")
    await recorded_rooms(api, studio, "", "")
    rooms = await recorded_rooms(api, studio, "", "")
    for one, stays in ((studio, rooms[::-1]), (other, theirs)):
        listed = (await one.ask("GET", PATH)).json()["rooms"]
        assert [room["room_id"] for room in listed] == stays


async def test_a_room_that_is_in_the_history_already_takes_no_others_place(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console adds its room again each time it is opened: nothing is searched for then."""
    studio = Studio(api)
    rooms = await recorded_rooms(api, studio, "", "", "")
    monkeypatch.setattr(room_rows, "ROOMS_LIMIT", 2)
    token = SIGNER.room_token(rooms[2], time.time())
    assert (await add_room(studio, rooms[2], token)).is_success
    listed = (await studio.ask("GET", PATH)).json()["rooms"]
    assert [room["room_id"] for room in listed] == rooms[::-1]


@pytest.mark.parametrize("studio_id", ["x", "%00", "8" * 26])
async def test_what_is_no_id_of_a_studio_has_no_room(
    api: httpx.AsyncClient, studio_id: str
) -> None:
    answer = await api.get(f"/api/studios/{studio_id}/newest_room")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_rooms_come_a_page_at_a_time_with_the_newest_first(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert room_rows.PAGE == 50
    monkeypatch.setattr(room_rows, "PAGE", 2)
    studio = Studio(api)
    opened = await recorded_rooms(api, studio, "one", "二", "three")
    first = (await studio.ask("GET", PATH)).json()["rooms"]
    assert [(room["room_id"], room["title"]) for room in first] == sorted(
        zip(opened, ("one", "二", "three"), strict=True), reverse=True
    )[:2]
    assert {(room["status"], *room["rounds"]) for room in first} == {("active",)}
    last = first[-1]["room_id"]
    (rest,) = (await studio.ask("GET", f"{PATH}?before={last}")).json()["rooms"]
    assert {rest["room_id"], *(room["room_id"] for room in first)} == set(opened)


async def test_a_page_costs_the_same_whatever_its_rounds_held(
    api: httpx.AsyncClient,
    game: GameRoom,
    engine: Engine,
    viewer_id: str,
    database_url: str,
) -> None:
    """It reads none of the tables that grow with presses."""
    studio = Studio(api)
    await played(api, game, engine, studio, viewer_id)
    with psycopg.connect(database_url) as holder:
        holder.execute("LOCK TABLE accounts, presses, triggers IN ACCESS EXCLUSIVE MODE")
        (room,) = (await studio.ask("GET", PATH)).json()["rooms"]
    assert [(r["presses"], r["triggers"]) for r in room["rounds"]] == [(12, 2)]


async def test_a_room_opens_again_with_its_settings(api: httpx.AsyncClient) -> None:
    studio = Studio(api)
    (room_id,) = await recorded_rooms(api, studio, "Friday")
    found = (await studio.ask("GET", f"{PATH}/{room_id}")).json()
    assert (found["room_id"], found["settings"]["title"]) == (room_id, "Friday")


async def test_only_the_rooms_token_puts_it_into_a_history(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    studio, now = Studio(api), time.time()
    for token in (
        "",
        "1.x",
        SIGNER.room_token(new_room_id(), now),
        SIGNER.room_token(game.room_id, now - 8 * 24 * 3600),
        Signer(["another secret"]).room_token(game.room_id, now),
    ):
        answer = await add_room(studio, game.room_id, token)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await studio.ask("GET", PATH)).json() == {"rooms": []}
    for _ in range(2):
        assert (await add_room(studio, game.room_id, game.token)).status_code == 200


async def test_a_studio_knows_its_own_rooms_alone_and_forgets_them(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, viewer_id: str
) -> None:
    owner, stranger = Studio(api), Studio(api)
    path = await played(api, game, engine, owner, viewer_id)
    room = path.partition("/rounds")[0]
    for method, where in (("GET", room), ("GET", path), ("DELETE", room)):
        assert (await stranger.ask(method, where)).status_code == 404
    assert (await owner.ask("GET", path)).status_code == 200
    assert (await owner.ask("DELETE", room)).json() == {"room_id": game.room_id}
    for method, where in (("GET", room), ("GET", path), ("DELETE", room)):
        assert (await owner.ask(method, where)).status_code == 404
    assert (await owner.ask("GET", PATH)).json() == {"rooms": []}


async def test_what_is_wrong_with_a_question_is_named(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, viewer_id: str
) -> None:
    studio = Studio(api)
    path = await played(api, game, engine, studio, viewer_id)
    rounds = path.removesuffix("1")
    refusals: dict[str, tuple[int, Any]] = {
        f"{PATH}?before=x": (400, "invalid_query"),
        f"{path}?format=xlsx": (400, "invalid_query"),
        f"{path}?format=csv&table=names": (400, "invalid_query"),
        f"{path}?after=1": (400, "invalid_query"),
        f"{path}?after={'9' * 19}-1": (400, "invalid_query"),
        **dict.fromkeys(
            [rounds + n for n in ("2", "0", "-1", "²", "9" * 40, "01", "2147483648")],
            (404, "not_found"),
        ),
        f"{PATH}/x/rounds/1": (404, "room_not_found"),
        f"{PATH}/{new_room_id()}/rounds/1": (404, "not_found"),
    }
    for where, refusal in refusals.items():
        answer = await studio.ask("GET", where)
        assert (answer.status_code, answer.json()["code"]) == refusal, where


async def test_without_postgresql_whoever_asks_is_told_to_try_again(settings: Settings) -> None:
    away = replace(settings, database_url="postgresql://127.0.0.1:1/none")
    async with running(away), client_of(away) as api:
        studio, room_id = Studio(api), new_room_id()
        answers = (
            await studio.ask("GET", PATH),
            await add_room(studio, room_id, SIGNER.room_token(room_id, time.time())),
            await studio.ask("GET", f"{PATH}/{room_id}/rounds/1?format=csv"),
        )
        assert {(a.status_code, a.json()["code"]) for a in answers} == {(503, "store_unavailable")}
