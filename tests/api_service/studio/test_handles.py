"""The handles of studios: who gets which, and where each leads."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest

from api_service.books.database import open_database
from api_service.books.errors import DatabaseUnavailable
from api_service.studio import handles
from api_service.studio.history import past_rooms, room_rows
from shared.engine.engine import Engine
from shared.identity.addresses import ROW, STORAGE
from shared.process.settings import Settings
from tests.api_service.conftest import SIGNER
from tests.api_service.running import (
    api_settings,
    client_of,
    ready_client,
    running,
    with_proxy,
)
from tests.api_service.studio.files import Studio
from tests.api_service.studio.handles import (
    choose,
    end_round,
    give_up,
    is_nobodys,
    leads,
    named,
    new_handle,
    opened_room,
)
from tests.api_service.studio.histories import PATH, add_room
from tests.room_keys import new_room_id


@pytest.fixture(scope="module")
async def api(redis_url: str, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service with pages of its own."""
    async with ready_client(api_settings(redis_url, database_url)) as http:
        yield http


async def room_of(api: httpx.AsyncClient, room_id: str) -> dict[str, object]:
    found: dict[str, object] = (await api.get(f"/api/rooms/{room_id}")).json()
    return found


async def test_a_handle_leads_to_the_studios_newest_room(api: httpx.AsyncClient) -> None:
    studio, handle = Studio(api), new_handle()
    path = f"/api/studios/{studio.studio_id}/handle"
    assert (await api.get(path)).json() == {"handle": None}
    assert (await choose(studio, handle.upper())).json() == {"handle": handle}
    assert (await api.get(path)).json() == {"handle": handle}
    found = await api.get(f"/api/handles/{handle.upper()}")
    assert found.json() == {"handle": handle, "room_id": None, "title": None}
    await opened_room(api, studio)
    newest = await opened_room(api, studio, "Quiz")
    await leads(api, handle, newest)
    found = await api.get(f"/api/handles/{handle}")
    assert found.json() == {"handle": handle, "room_id": newest, "title": "Quiz"}


async def test_a_room_is_left_once_it_is_over_but_not_between_rounds(
    api: httpx.AsyncClient, engine: Engine
) -> None:
    """Then an older one that is still open is the newest."""
    studio = Studio(api)
    handle = await named(studio)
    older = await opened_room(api, studio)
    newer = await opened_room(api, studio)
    await leads(api, handle, newer)
    await end_round(engine, newer)
    await asyncio.gather(*(leads(api, handle, newer) for _ in range(3)))
    await end_round(engine, newer, over=True)
    await leads(api, handle, older)
    await end_round(engine, older, over=True)
    await leads(api, handle, None)


@pytest.mark.parametrize(
    "handle", ["ab", "x" * 31, "lu na", "@luna", "ルナルナ", "admin", "f_u_c_k", "streamario"]
)
async def test_what_cannot_be_a_handle_is_refused_in_words(
    api: httpx.AsyncClient, handle: str
) -> None:
    answer = await choose(Studio(api), handle)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_handle")
    missing = await api.get(f"/api/handles/{handle}")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


async def test_a_handle_from_before_it_was_reserved_stays_its_studios(
    api: httpx.AsyncClient, database_url: str
) -> None:
    studio = Studio(api)
    async with open_database(database_url) as database:
        await handles.claim(database, studio.studio_id, "m0derat0r")
    assert (await choose(studio, "m0derat0r")).json() == {"handle": "m0derat0r"}
    await leads(api, "m0derat0r", None)
    for other, handle in ((studio, "supp0rt"), (Studio(api), "m0derat0r")):
        refused = await choose(other, handle)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_handle")
    await give_up(studio)


async def test_only_the_studios_own_key_chooses_and_gives_up(api: httpx.AsyncClient) -> None:
    owner, stranger = Studio(api), Studio(api)
    handle, path = await named(owner), f"/api/studios/{owner.studio_id}/handle"
    for answer in (
        await stranger.ask("PUT", path, json={"handle": new_handle()}),
        await stranger.ask("DELETE", path),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await api.delete(path)).json()["code"] == "invalid_studio_key"
    assert (await api.get(path)).json() == {"handle": handle}
    assert (await api.get("/api/studios/x/handle")).json()["code"] == "not_found"


async def test_whoever_comes_first_has_it(api: httpx.AsyncClient) -> None:
    """Choosing it again changes nothing."""
    first, second = Studio(api), Studio(api)
    handle = await named(first)
    own = await named(second)
    taken = await choose(second, handle)
    assert (taken.status_code, taken.json()["code"]) == (409, "handle_taken")
    assert (await choose(first, handle)).json() == {"handle": handle}
    path = f"/api/studios/{second.studio_id}/handle"
    assert (await api.get(path)).json() == {"handle": own}


async def test_of_several_at_the_same_moment_exactly_one_gets_it(
    api: httpx.AsyncClient, redis_url: str, database_url: str
) -> None:
    """Through two services, each with its own connections."""
    other_settings = api_settings(redis_url, database_url)
    async with running(other_settings), client_of(other_settings) as other:
        for _ in range(8):
            handle = new_handle()
            studios = [Studio(api), Studio(other), Studio(api), Studio(other)]
            answers = await asyncio.gather(*(choose(studio, handle) for studio in studios))
            codes = [answer.json().get("code", "got it") for answer in answers]
            assert Counter(codes) == {"got it": 1, "handle_taken": 3}
            winner = studios[codes.index("got it")]
            path = f"/api/studios/{winner.studio_id}/handle"
            assert (await api.get(path)).json() == {"handle": handle}


async def test_two_that_want_each_others_both_keep_their_own(
    api: httpx.AsyncClient, redis_url: str, database_url: str
) -> None:
    """Neither waits for the other for ever."""
    other_settings = api_settings(redis_url, database_url)
    async with running(other_settings), client_of(other_settings) as other:
        one, two = Studio(api), Studio(other)
        first, second = await named(one), await named(two)
        for _ in range(8):
            answers = await asyncio.gather(choose(one, second), choose(two, first))
            assert [answer.json()["code"] for answer in answers] == ["handle_taken"] * 2


async def test_a_studio_has_one_handle_whichever_of_two_was_chosen_last(
    api: httpx.AsyncClient,
) -> None:
    studio = Studio(api)
    handles = [new_handle() for _ in range(4)]
    await asyncio.gather(*(choose(studio, handle) for handle in handles))
    found = [await api.get(f"/api/handles/{handle}") for handle in handles]
    assert [answer.status_code for answer in found].count(200) == 1


async def test_a_handle_that_was_given_up_waits_thirty_days_for_its_studio(
    api: httpx.AsyncClient, database_url: str
) -> None:
    studio, other = Studio(api), Studio(api)
    handle = await named(studio)
    await give_up(studio)
    await is_nobodys(api, handle)
    await give_up(studio)  # again, which changes nothing
    assert (await choose(other, handle)).json()["code"] == "handle_taken"
    assert (await choose(studio, handle)).json() == {"handle": handle}
    await leads(api, handle, None)
    await give_up(studio)
    for days, code in ((29, "handle_taken"), (31, None)):
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "UPDATE handles SET freed_at = now() - make_interval(days => %s) WHERE handle = %s",
                (days, handle),
            )
        assert (await choose(other, handle)).json().get("code") == code
    await leads(api, handle, None)
    assert (await choose(studio, handle)).json()["code"] == "handle_taken"


async def test_another_choice_frees_the_handle_before(api: httpx.AsyncClient) -> None:
    """Who mistyped goes back at once."""
    studio = Studio(api)
    first = await named(studio)
    second = await named(studio)
    await is_nobodys(api, first)
    assert (await choose(Studio(api), first)).json()["code"] == "handle_taken"
    assert (await choose(studio, first)).json() == {"handle": first}
    await is_nobodys(api, second)


async def test_a_studio_holds_only_so_many_back_from_others(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handles, "HANDLES_LIMIT", 3)
    studio = Studio(api)
    first, *_ = [await named(studio) for _ in range(3)]
    full = await choose(studio, new_handle())
    assert (full.status_code, full.json()["code"]) == (409, "studio_full")
    assert (await choose(studio, first)).json() == {"handle": first}


async def test_an_address_chooses_only_so_many(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For whichever studios: each choice is a row."""
    monkeypatch.setitem(STORAGE, "burst", 2 * ROW)
    monkeypatch.setitem(STORAGE, "per_minute", 60)
    async with ready_client(with_proxy(settings)) as http:
        http.headers["X-Forwarded-For"] = "192.0.2.97"
        answers = [await choose(Studio(http), new_handle()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


async def test_people_are_invited_to_the_newest_open_room_by_its_handle(
    api: httpx.AsyncClient, engine: Engine
) -> None:
    """To others by their own URL, and to that one too once it is over."""
    studio, home = Studio(api), str(api.base_url).rstrip("/")
    handle = await named(studio)
    older = await opened_room(api, studio)
    newer = await opened_room(api, studio)
    await leads(api, handle, newer)

    async def invitation(room_id: str) -> object:
        return (await room_of(api, room_id))["invitation"]

    own = {"url": f"{home}/play/{older}", "reach": "machine", "lasts": True, "handle": None}
    assert await invitation(older) == own
    by_handle = {**own, "url": f"{home}/@{handle}", "handle": handle}
    assert await invitation(newer) == by_handle
    joined = await api.post(f"/api/rooms/{newer}/join", json={"room": True})
    assert joined.json()["room"]["invitation"] == by_handle
    await end_round(engine, newer, over=True)
    await leads(api, handle, older)
    assert await invitation(newer) == {**own, "url": f"{home}/play/{newer}"}


async def test_a_room_that_opens_with_its_studio_is_at_the_handle_at_once(
    api: httpx.AsyncClient, engine: Engine
) -> None:
    """Nobody sees another address first, also where somebody has just asked for the handle."""
    studio, home = Studio(api), str(api.base_url).rstrip("/")
    handle = await named(studio)
    older = await opened_room(api, studio)
    await end_round(engine, older)
    await leads(api, handle, older)
    answer = await api.post("/api/rooms", json={"studio_key": studio.key})
    room_id = answer.json()["room_id"]
    assert answer.json()["web_url"] == f"{home}/@{handle}"
    invitation = (await room_of(api, room_id))["invitation"]
    assert invitation["handle"] == handle  # type: ignore[index]
    assert (await api.get(f"/api/handles/{handle}")).json()["room_id"] == room_id
    assert (await room_of(api, older))["next_room_id"] == room_id


async def test_a_room_opens_without_its_studio_too(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the key is none, or PostgreSQL is away or slow: it is asked for nothing more then."""
    studio, home = Studio(api), str(api.base_url).rstrip("/")
    await named(studio)

    async def opens(key: str) -> None:
        answer = await api.post("/api/rooms", json={"studio_key": key})
        assert answer.status_code == 201
        assert answer.json()["web_url"] == f"{home}/play/{answer.json()['room_id']}"

    async def away(*_: object) -> None:
        raise DatabaseUnavailable("away")

    async def slow(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(handles, "handle_of_room", slow)
    await opens("none")
    monkeypatch.setattr(room_rows, "add_room", away)
    await opens(studio.key)
    monkeypatch.setattr(room_rows, "add_room", slow)
    monkeypatch.setattr(past_rooms, "NEW_ROOM_WITHIN", 0.01)
    await opens(studio.key)
    answer = await api.post("/api/rooms", json={"studio_key": 7})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")


async def test_a_room_in_two_histories_is_of_the_studio_that_added_it_first(
    api: httpx.AsyncClient,
) -> None:
    first, second = Studio(api), Studio(api)
    handle, other = await named(first), await named(second)
    room_id = await opened_room(api, first)
    token = SIGNER.room_token(room_id, time.time())
    assert (await add_room(second, room_id, token)).is_success
    await leads(api, handle, room_id)
    await leads(api, other, None)
    assert (await room_of(api, room_id))["invitation"]["handle"] == handle  # type: ignore[index]
    assert (await first.ask("DELETE", f"{PATH}/{room_id}")).is_success
    await leads(api, other, room_id)


async def test_an_ended_room_leads_to_the_next_of_its_studio(
    api: httpx.AsyncClient, engine: Engine
) -> None:
    studio = Studio(api)
    first = await opened_room(api, studio)
    await end_round(engine, first)
    assert (await room_of(api, first))["next_room_id"] is None
    second = await opened_room(api, studio)
    assert (await room_of(api, first))["next_room_id"] == second
    assert (await room_of(api, second))["next_room_id"] is None
    third = await opened_room(api, studio)
    assert (await room_of(api, first))["next_room_id"] == third
    # The second has not ended yet.
    assert (await room_of(api, second))["next_room_id"] is None
    await end_round(engine, second)
    assert (await room_of(api, second))["next_room_id"] == third
    # An older room that is added later leads there as well.
    assert (await add_room(studio, second, SIGNER.room_token(second, time.time()))).is_success
    assert (await room_of(api, third))["next_room_id"] is None


async def test_an_ended_room_leads_to_no_room_that_is_over_or_was_taken_out(
    api: httpx.AsyncClient, engine: Engine
) -> None:
    """Its viewers stay for its next round, or go to what came after that room."""
    studio = Studio(api)
    first = await opened_room(api, studio)
    await end_round(engine, first)
    second = await opened_room(api, studio)
    await end_round(engine, second, over=True)
    assert (await room_of(api, first))["next_room_id"] is None
    third = await opened_room(api, studio)
    assert (await room_of(api, first))["next_room_id"] == third
    fourth = await opened_room(api, studio)
    await end_round(engine, third)
    assert (await room_of(api, third))["next_room_id"] == fourth
    assert (await studio.ask("DELETE", f"{PATH}/{fourth}")).is_success
    assert (await room_of(api, third))["next_room_id"] is None
    assert (await room_of(api, first))["next_room_id"] == third


async def test_of_long_ago_an_ended_room_leads_to_the_newest_open_one(
    api: httpx.AsyncClient, engine: Engine
) -> None:
    """Not only the newest six rooms of a studio do."""
    studio = Studio(api)
    rooms = []
    for _ in range(8):
        rooms.append(await opened_room(api, studio))
        await end_round(engine, rooms[-1], over=True)
    open_now = await opened_room(api, studio)
    assert (await room_of(api, rooms[0]))["next_room_id"] == open_now


async def test_a_room_that_redis_has_forgotten_stops_nobody(api: httpx.AsyncClient) -> None:
    studio = Studio(api)
    handle = await named(studio)
    gone = new_room_id()
    assert (await add_room(studio, gone, SIGNER.room_token(gone, time.time()))).is_success
    room_id = await opened_room(api, studio)
    await leads(api, handle, room_id)
