"""The results of rounds."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import msgspec
import pytest
from starlette.requests import Request

from api_service.http.requests import hangs_up
from api_service.routes import results as results_route
from shared.engine.engine import Engine
from shared.process.settings import Settings
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.room_requests import batch, booked, press
from tests.api_service.running import ready_client
from tests.patience import HOUR
from tests.room_keys import new_room_id, room_keys
from tests.shared.engine.rooms import button, let_run
from tests.waiting import until
from tests.wire import get, wired

NOBODY = {"viewer_id": "", "viewer_name": None, "count": 0}


@pytest.fixture
async def api_without_ledger(
    settings: Settings, own_database_url: str
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service whose ledger is not booked."""
    own = replace(settings, database_url=own_database_url, ledger=False)
    async with ready_client(own) as http:
        yield http


async def test_an_ended_round_tells_its_totals(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, engine: Engine
) -> None:
    await press(api, game, {**batch(viewer_id, skill1=7, enemy1=1), "viewer_name": "Ann"})
    await press(api, game, batch(SIGNER.new_viewer_id(), enemy1=3))
    await engine.finish(game.room_id, game.term)
    ulid = viewer_id.partition(".")[0]
    for form in (viewer_id, ulid):
        results = (await booked(api, game, viewer_id=form)).json()
        assert (results["game_over"], results["round"]) == (True, 1)
        first = {"viewer_id": ulid, "viewer_name": "Ann", "count": 8}
        assert results["top_overall"] == results["viewer_totals"][0] == first
        assert [top["count"] for top in results["viewer_totals"]] == [8, 3]
        assert results["event_totals"]["enemy1"] == 4
        assert results["top_by_event"]["enemy1"]["count"] == 3
        assert results["top_by_event"]["skill2"] == NOBODY
        assert results["viewer_summary"]["total"] == 8
        assert results["outcomes"] == []


async def test_results_give_titles_and_count_the_streamers_presses(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, engine: Engine
) -> None:
    """Names are hidden as in the lists; the streamer has no title."""
    bob = SIGNER.new_viewer_id()
    await press(api, game, {**batch(viewer_id, enemy1=1), "viewer_name": "Ann"})
    await press(api, game, {**batch(bob, skill1=11), "viewer_name": "Bob"})
    await engine.fire(game.room_id, "skill2")
    await engine.finish(game.room_id, game.term)
    results = (await booked(api, game)).json()
    ann, bob = viewer_id.partition(".")[0], bob.partition(".")[0]
    assert results["titles"] == [
        {"title": "finisher", "viewer_id": bob, "viewer_name": "Bob"},
        {"title": "steady", "viewer_id": bob, "viewer_name": "Bob"},
        {"title": "first", "viewer_id": ann, "viewer_name": "Ann"},
    ]
    assert results["event_totals"]["skill2"] == 1
    assert results["top_by_event"]["skill2"] == NOBODY
    await engine.block(game.room_id, bob)
    titles = (await booked(api, game)).json()["titles"]
    assert [title["viewer_name"] for title in titles] == [None, None, "Ann"]


async def test_results_keep_the_buttons_of_their_round(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, engine: Engine
) -> None:
    """Buttons replaced before are not in them, nor those that the room got since."""

    async def replace_buttons(*event_types: str) -> None:
        buttons = [msgspec.to_builtins(button(name)) for name in event_types]
        changes = {"buttons": buttons}
        changed = await api.patch(f"{game.path}/settings", json=changes, headers=game.owner)
        assert changed.status_code == 200

    await press(api, game, batch(viewer_id, skill2=3))
    await replace_buttons("wave", "rain")
    await engine.finish(game.room_id, game.term)
    await replace_buttons("rain", "snow")
    results = (await booked(api, game, viewer_id=viewer_id)).json()
    assert results["event_totals"] == {"rain": 0, "skill2": 3, "wave": 0}
    assert results["top_by_event"].keys() == results["event_totals"].keys()
    assert results["viewer_summary"]["counts"] == {"rain": 0, "skill2": 3, "wave": 0}


async def test_who_asks_at_the_end_asks_once(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, engine: Engine
) -> None:
    """The answer waits for the books to catch up, since older pages ask only once."""
    await press(api, game, batch(viewer_id, skill1=7))
    await engine.finish(game.room_id, game.term)
    answer = await api.get(f"{game.path}/results")
    assert (answer.status_code, answer.json()["event_totals"]["skill1"]) == (200, 7)


async def test_books_that_stay_behind_are_not_waited_for_long(
    api_without_ledger: httpx.AsyncClient, game: GameRoom, engine: Engine
) -> None:
    """After a 503, newer pages ask again."""
    await engine.finish(game.room_id, game.term)
    answer = await api_without_ledger.get(f"{game.path}/results")
    assert (answer.status_code, answer.json()["code"]) == (503, "results_pending")
    assert answer.headers["Retry-After"] == "1"


async def test_only_so_many_wait_and_nobody_for_who_has_hung_up(
    api_without_ledger: httpx.AsyncClient,
    game: GameRoom,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They share the limit of requests in flight with presses."""
    monkeypatch.setattr(results_route, "WAITING_LIMIT", 1)
    monkeypatch.setattr(results_route, "BOOKED_WITHIN", HOUR)
    await engine.finish(game.room_id, game.term)
    is_waiting, has_hung_up = asyncio.Event(), asyncio.Event()

    async def noting(request: Request, **options: float) -> bool:
        is_waiting.set()
        hung_up = await hangs_up(request, **options)
        if hung_up:
            has_hung_up.set()
        return hung_up

    monkeypatch.setattr(results_route, "hangs_up", noting)
    port = api_without_ledger.base_url.port or 0
    async with wired(port) as first:
        first.write(get(f"{game.path}/results"))
        await is_waiting.wait()
        answer = await api_without_ledger.get(f"{game.path}/results")
        assert answer.json()["code"] == "results_pending"
    await has_hung_up.wait()
    is_waiting.clear()
    async with wired(port) as second:
        second.write(get(f"{game.path}/results"))
        await is_waiting.wait()


async def test_without_a_viewer_there_is_no_summary_and_without_presses_no_top(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine
) -> None:
    """Older pages read a top viewer's name without checking that there is one."""
    await engine.finish(game.room_id, game.term)
    results = (await booked(api, game)).json()
    assert (results["viewer_summary"], results["viewer_totals"]) == (None, [])
    assert {"overall": results["top_overall"], **results["top_by_event"]} == dict.fromkeys(
        ("overall", "skill1", "skill2", "skill3", "enemy1", "enemy2", "enemy3"), NOBODY
    )


async def test_a_round_without_an_end_has_no_results(
    api: httpx.AsyncClient, waiting: GameRoom, engine: Engine
) -> None:
    async def codes(*queries: str) -> list[str]:
        answers = [await api.get(f"{waiting.path}/results{query}") for query in queries]
        return [answer.json().get("code", "ended") for answer in answers]

    assert await codes("", "?round=1") == ["room_not_ended"] * 2
    await engine.start(waiting.room_id, waiting.term)
    assert await codes("", "?round=1") == ["room_not_ended"] * 2
    await engine.finish(waiting.room_id, waiting.term)
    await booked(api, waiting)
    assert await codes("", "?round=1", "?round=2") == ["ended", "ended", "room_not_ended"]
    await engine.start(waiting.room_id, waiting.term)
    assert await codes("", "?round=1", "?round=2") == ["ended", "ended", "room_not_ended"]


@pytest.mark.parametrize(
    "query",
    [
        *("viewer_id=x", "viewer_id=", "viewer_id=null"),
        *("round=0", "round=-1", "round=x", "round=1.5", "round=", "round=null"),
    ],
)
async def test_a_bad_query_is_named(api: httpx.AsyncClient, game: GameRoom, query: str) -> None:
    answer = await api.get(f"{game.path}/results?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query")
    assert query.partition("=")[0] in answer.json()["detail"]


async def test_a_query_that_says_two_things_is_refused(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    """It is not answered for one of the two values."""
    answer = await api.get(f"{game.path}/results?round=1&round=2")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query")
    assert answer.json()["detail"] == "round: Expected once"


async def test_results_outlive_the_room_in_redis(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, engine: Engine
) -> None:
    await press(api, game, batch(viewer_id, skill1=4))
    await engine.finish(game.room_id, game.term)
    await booked(api, game)
    await engine.store.command("DEL", room_keys(game.room_id).room)
    answer = await api.get(f"{game.path}/results")
    assert (answer.status_code, answer.json()["event_totals"]["skill1"]) == (200, 4)
    assert (await api.get(f"{game.path}/results?round=2")).json()["code"] == "room_not_ended"
    unknown = await api.get(f"/api/rooms/{new_room_id()}/results")
    assert unknown.json()["code"] == "room_not_found"


async def test_a_late_press_says_when_the_totals_are_final(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, engine: Engine
) -> None:
    """`final` may first be false; it is true once the books have passed the round's end."""
    await press(api, game, batch(viewer_id, skill1=1))
    await engine.finish(game.room_id, game.term)

    async def is_final() -> bool:
        final: bool = (await press(api, game, batch(viewer_id)))["final"]
        return final

    await until(is_final)
    assert (await api.get(f"{game.path}/results")).status_code == 200


async def test_a_round_whose_time_is_over_ends_and_its_results_are_waited_for(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, engine: Engine
) -> None:
    """Nobody is told that it has not ended, though a duty ends it a moment later."""
    await press(api, game, batch(viewer_id, skill1=3))
    limited = await api.patch(
        f"{game.path}/settings", json={"round_limit_s": 600}, headers=game.owner
    )
    assert limited.json()["round_limit_s"] == 600
    room = (await api.get(game.path)).json()
    assert room["round_ends_at"] <= time.time() * 1000 + 600_000
    await let_run(engine, game.room_id, 600)
    late = await press(api, game, batch(viewer_id, skill1=1))
    assert late["game_over"] is True
    assert late["viewer_summary"]["total"] == 3
    results = (await booked(api, game)).json()
    assert (results["round"], results["event_totals"]["skill1"]) == (1, 3)
