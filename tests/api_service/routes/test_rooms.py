"""The routes of rooms."""

import asyncio
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import msgspec
import pytest

from api_service.routes import moderation, rooms, rounds
from shared.engine.engine import Engine
from shared.engine.keys import Limit
from shared.process.settings import PerAddress, Settings
from shared.redis_store.store import Store
from shared.wire.room_settings import DEFAULT_BUTTONS, MOST_EVENT_TYPES
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.room_requests import batch, press
from tests.api_service.running import ready_client, with_proxy
from tests.room_keys import room_keys

NOWHERE = "/api/rooms/01ARZ3NDEKTSV4RRFFQ69G5FAV"
ELSEWHERE = {"X-Forwarded-For": "192.0.2.7"}


async def test_a_room_is_opened_with_its_secret_and_its_addresses(api: httpx.AsyncClient) -> None:
    answer = await api.post("/api/rooms", json={"settings": {"title": "Quiz"}})
    assert answer.status_code == 201
    opened = answer.json()
    room_id = opened["room_id"]
    assert SIGNER.verify_room_token(opened["room_token"], room_id, time.time())
    assert opened["web_url"] == f"https://pages.example/{room_id}"
    assert opened["ws_url"] == "wss://games.example/ws-unity"
    assert (opened["settings"]["title"], len(opened["settings"]["buttons"])) == ("Quiz", 6)
    assert (await api.get(f"/api/rooms/{room_id}")).json()["settings"] == opened["settings"]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"settings":null}'])
async def test_a_room_needs_no_settings(api: httpx.AsyncClient, body: bytes) -> None:
    answer = await api.post("/api/rooms", content=body)
    assert (answer.status_code, answer.json()["settings"]["title"]) == (201, "")


async def test_where_there_are_game_keys_one_is_needed(settings: Settings, store: Store) -> None:
    async with ready_client(replace(settings, game_keys=("old key", "new key"))) as api:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic b2xk"}):
            answer = await api.post("/api/rooms", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "invalid_game_key")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        for key in ("old key", "new key"):
            answer = await api.post("/api/rooms", headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code == 201


async def test_an_address_opens_only_so_many_rooms(settings: Settings) -> None:
    limited = with_proxy(replace(settings, rooms_per_address=PerAddress(per_minute=2, burst=20)))
    async with ready_client(limited) as api:
        answers = [await api.post("/api/rooms", headers=ELSEWHERE) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert answers[2].json()["code"] == "rate_limited"
        assert int(answers[2].headers["Retry-After"]) >= 1
        assert (await api.post("/api/rooms")).status_code == 201, "loopback is never limited"


async def test_an_address_holds_only_so_many_rooms_open(settings: Settings) -> None:
    """The limit holds for any number of concurrent requests."""
    limited = with_proxy(replace(settings, rooms_per_address=PerAddress(per_minute=60, burst=3)))
    elsewhere = {"X-Forwarded-For": "192.0.2.8"}
    async with ready_client(limited) as api:
        answers = await asyncio.gather(
            *(api.post("/api/rooms", headers=elsewhere) for _ in range(30))
        )
        assert Counter(answer.status_code for answer in answers) == {201: 3, 429: 27}


async def test_a_room_tells_its_life_in_iso_times(
    api: httpx.AsyncClient, waiting: GameRoom, engine: Engine
) -> None:
    room = (await api.get(waiting.path)).json()
    assert (room["id"], room["status"], room["round"]) == (waiting.room_id, "active", 0)
    assert (room["started_at"], room["ended_at"]) == (None, None)
    assert (room["game_connected"], room["paused"]) == (True, False)
    assert room["ws_viewer_url"] == f"wss://games.example/ws-viewer?room_id={waiting.room_id}"
    await engine.start(waiting.room_id, waiting.term)
    await engine.finish(waiting.room_id, waiting.term)
    room = (await api.get(waiting.path)).json()
    assert (room["status"], room["round"]) == ("ended", 1)
    times = [room[name] for name in ("created_at", "started_at", "ended_at", "time")]
    assert times == sorted(times)
    assert all(datetime.fromisoformat(time_).tzinfo is UTC for time_ in times)


async def test_a_room_has_only_so_many_event_types_in_its_life(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    """Each call on the room reads them all; those that it has had may come again."""

    async def change(*event_types: str) -> httpx.Response:
        form = {"base": 5, "min": 3, "max": 50}
        buttons = [{"event_type": event_type, **form} for event_type in event_types]
        path = f"{game.path}/settings"
        return await api.patch(path, json={"buttons": buttons}, headers=game.owner)

    fresh = MOST_EVENT_TYPES - len(DEFAULT_BUTTONS)
    for first in range(0, fresh, 24):
        types = [f"t{n}" for n in range(first, min(first + 24, fresh))]
        assert (await change(*types)).status_code == 200
    refused = await change("t0", "one_more")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_settings")
    assert refused.json()["problems"][0]["field"] == "buttons[1].event_type"
    assert (await change("t0", "skill1")).status_code == 200


async def test_a_change_for_settings_that_others_changed_since_is_refused(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    """Without a version, whoever comes last wins."""
    path = f"{game.path}/settings"

    async def change(title: str, query: str = "") -> httpx.Response:
        return await api.patch(f"{path}{query}", json={"title": title}, headers=game.owner)

    version = (await api.get(game.path)).json()["settings_version"]
    assert (await change("one", f"?if_version={version}")).is_success
    refused = await change("two", f"?if_version={version}")
    assert (refused.status_code, refused.json()["code"]) == (409, "settings_moved")
    room = (await api.get(game.path)).json()
    assert (room["settings"]["title"], room["settings_version"] > version) == ("one", True)
    assert (await change("three", f"?if_version={room['settings_version']}")).is_success
    assert (await change("four")).is_success
    wrong = await change("five", "?if_version=new")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_query")


async def test_settings_change_only_so_often(
    api: httpx.AsyncClient, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change is a copy of all of them in the ledger. Names that are hidden are a change, too."""
    for routes in (rooms, moderation):
        monkeypatch.setattr(routes, "CHANGES_LIMIT", Limit("settings", 2, 2))
    path = f"{game.path}/settings"
    for title in ("one", "two"):
        assert (await api.patch(path, json={"title": title}, headers=game.owner)).is_success
    for refused in (
        await api.patch(path, json={"title": "three"}, headers=game.owner),
        await api.post(f"{game.path}/hide_names", headers=game.owner),
    ):
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert int(refused.headers["Retry-After"]) >= 1


async def test_after_a_rollback_a_room_goes_on_without_what_only_the_newer_release_knows(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, viewer_id: str
) -> None:
    newer = (await api.get(game.path)).json()["settings"] | {"title": "Night"}
    newer["theme"]["font"] = "brush"
    stored = msgspec.json.encode(newer).decode()
    await engine.store.command("HSET", room_keys(game.room_id).room, "settings", stored)
    assert (await press(api, game, batch(viewer_id, skill1=2)))["accepted"] == 2
    room = (await api.get(game.path)).json()
    assert (room["settings"]["title"], room["settings"]["theme"]["font"]) == ("Night", "")
    answer = await api.patch(f"{game.path}/settings", json={"title": "Day"}, headers=game.owner)
    assert answer.json() == room["settings"] | {"title": "Day"}


async def test_settings_merge_at_the_top_level(api: httpx.AsyncClient, game: GameRoom) -> None:
    path = f"{game.path}/settings"
    await api.patch(path, json={"title": "One"}, headers=game.owner)
    answer = await api.patch(path, json={"show_names": False}, headers=game.owner)
    assert (answer.json()["title"], answer.json()["show_names"]) == ("One", False)
    assert (await api.get(game.path)).json()["settings"] == answer.json()


async def test_every_wrong_setting_is_named_and_none_is_changed(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    wrong = {"title": 5, "buttons": [{"event_type": "a", "base": 0, "min": 1, "max": 2}], "x": 1}
    for method, path, body in (
        ("PATCH", f"{game.path}/settings", wrong),
        ("POST", "/api/rooms", {"settings": wrong}),
    ):
        answer = await api.request(method, path, json=body, headers=game.owner)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_settings")
        named = {problem["field"] for problem in answer.json()["problems"]}
        assert named == {"title", "buttons[0].base", "x"}
    assert (await api.get(game.path)).json()["settings"]["title"] == ""


async def test_only_the_rooms_own_token_changes_it(api: httpx.AsyncClient, game: GameRoom) -> None:
    """tests/attacks/test_access.py shows every kind of secret to every route."""
    other = SIGNER.room_token("01ARZ3NDEKTSV4RRFFQ69G5FAV", time.time())
    for path, token, status, code in (
        (game.path, f"Basic {game.token}", 401, "invalid_room_token"),
        (game.path, f"Bearer {other}", 403, "forbidden"),
        (NOWHERE, f"Bearer {other}", 404, "room_not_found"),
    ):
        headers = {"Authorization": token}
        answer = await api.patch(f"{path}/settings", json={"title": "mine"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert (await api.get(game.path)).json()["settings"]["title"] == ""


@pytest.mark.parametrize(
    ("method", "route"),
    [
        ("POST", "/api/rooms"),
        ("PATCH", "{room}/settings?if_version=x"),
        ("POST", "{room}/preview"),
        ("POST", "{room}/fire"),
        ("POST", "{room}/round"),
        ("POST", "{room}/tokens"),
        ("POST", "{room}/block"),
        ("POST", "{room}/unblock"),
        ("GET", "{room}/viewers?blocked=x"),
        ("GET", "{room}/fired_by?seq=x"),
        ("GET", "/api/studio/rooms?before=x"),
        ("GET", "/api/studio/rooms/x/rounds/1?format=x"),
    ],
)
async def test_who_may_not_ask_is_refused_before_the_rest_of_the_request_is_read(
    settings: Settings, game: GameRoom, method: str, route: str
) -> None:
    """Checking settings takes some ms: only whoever has the secret may cost them."""
    path = route.format(room=game.path)
    wrong = {"title": 5, "settings": {"title": 5}, "viewer_id": 5}
    async with ready_client(replace(settings, game_keys=("key",))) as api:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            answer = await api.request(method, path, json=wrong, headers=headers)
            assert answer.status_code == 401


async def test_joining_makes_a_viewer_active(api: httpx.AsyncClient, game: GameRoom) -> None:
    for active in (1, 2):
        body = {"viewer_id": SIGNER.new_viewer_id()}
        answer = await api.post(f"{game.path}/join", json=body)
        assert answer.json() == {"status": "joined", "viewer_count": active}


async def test_joining_is_refused_in_the_order_400_401_404(
    api: httpx.AsyncClient, viewer_id: str
) -> None:
    for body, status, code in (
        ({}, 400, "invalid_body"),
        ({"viewer_id": "x"}, 401, "invalid_viewer"),
        ({"viewer_id": viewer_id}, 404, "room_not_found"),
        ({"room": "yes"}, 400, "invalid_body"),
        ({"room": True}, 404, "room_not_found"),
    ):
        answer = await api.post(f"{NOWHERE}/join", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_page_begins_with_one_answer(api: httpx.AsyncClient, game: GameRoom) -> None:
    """A new viewer, who is counted, and what the room and its state are."""
    body = {"room": True}
    joined = (await api.post(f"{game.path}/join", json=body)).json()
    viewer = joined["viewer"]
    assert SIGNER.verify_viewer(viewer["viewer_id"])
    assert (viewer["name"], joined["status"], joined["viewer_count"]) == (None, "joined", 1)
    room = (await api.get(game.path)).json()
    assert joined["room"] == {**room, "time": joined["room"]["time"]}
    stats = (await api.get(f"{game.path}/stats")).json()
    assert joined["stats"] == {**stats, "time": joined["stats"]["time"]}
    assert (stats["viewer_count"], joined["room"]["viewer_count"]) == (1, 1)
    other = (await api.post(f"{game.path}/join", json=body)).json()
    assert other["viewer"] != viewer
    assert other["room"]["viewer_count"] == 2


async def test_a_page_that_was_here_before_begins_as_the_same_viewer(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    """Only an id that was not issued here is replaced, as `POST /api/viewers` does."""
    await api.post("/api/viewers/set_name", json={"viewer_id": viewer_id, "name": "Momo"})
    joins = [{"viewer_id": known, "room": True} for known in (viewer_id, viewer_id, "forged")]
    answers = [(await api.post(f"{game.path}/join", json=body)).json() for body in joins]
    assert [answer["viewer_count"] for answer in answers] == [1, 1, 2]
    assert answers[0]["viewer"] == {"viewer_id": viewer_id, "name": "Momo"}
    assert answers[1]["viewer"] == answers[0]["viewer"]
    assert SIGNER.verify_viewer(answers[2]["viewer"]["viewer_id"])


async def test_the_answer_that_a_page_begins_with_is_compressed(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    for accepted, encoding in (("gzip", "gzip"), ("identity", None)):
        answer = await api.post(
            f"{game.path}/join", json={"room": True}, headers={"Accept-Encoding": accepted}
        )
        assert answer.headers.get("Content-Encoding") == encoding
        assert answer.headers["Vary"] == "Accept-Encoding, Origin"
        assert answer.json()["room"]["id"] == game.room_id


async def test_new_viewers_are_limited_by_address_wherever_they_begin(settings: Settings) -> None:
    """Whoever asks for a room that is not there is no new viewer."""
    limited = replace(settings, viewers_per_address=PerAddress(per_minute=1, burst=2))
    async with ready_client(with_proxy(limited)) as api:
        path = f"/api/rooms/{(await api.post('/api/rooms')).json()['room_id']}/join"
        body = {"room": True}
        for missing in (NOWHERE, NOWHERE, "/api/rooms/nowhere"):
            answer = await api.post(f"{missing}/join", json=body, headers=ELSEWHERE)
            assert (answer.status_code, answer.json()["code"]) == (404, "room_not_found")
        first = (await api.post(path, json=body, headers=ELSEWHERE)).json()["viewer"]
        assert (await api.post("/api/viewers", headers=ELSEWHERE)).status_code == 200
        refused = await api.post(path, json=body, headers=ELSEWHERE)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        known = {"viewer_id": first["viewer_id"], "room": True}
        assert (await api.post(path, json=known, headers=ELSEWHERE)).json()["viewer"] == first


async def test_stats_are_the_states_of_all_buttons(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    pressed = await press(api, game, batch(viewer_id, skill1=7))
    stats = (await api.get(f"{game.path}/stats")).json()
    assert stats["stats"] == pressed["stats"]
    assert (stats["room_id"], stats["viewer_count"]) == (game.room_id, 1)
    assert datetime.fromisoformat(stats["time"]).tzinfo is UTC


async def test_reset_zeroes_the_counts_and_answers_the_stats(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    await press(api, game, batch(viewer_id, skill1=7))
    answer = await api.post(f"{game.path}/reset", headers=game.owner)
    first = answer.json()["stats"][0]
    assert (first["current_count"], first["current_level"]) == (0, 1)


async def test_a_room_is_reset_only_so_many_times_a_minute(
    api: httpx.AsyncClient, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Round commands count along."""
    for module in (rooms, rounds):
        monkeypatch.setattr(module, "ROUND_COMMANDS_LIMIT", Limit("round_commands", 2, 2))
    paused = await api.post(f"{game.path}/round", json={"command": "pause"}, headers=game.owner)
    assert paused.status_code == 200
    answers = [await api.post(f"{game.path}/reset", headers=game.owner) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].json()["code"] == "rate_limited"


async def test_the_streamer_fires_a_button_and_gets_the_stats(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The trigger is logged and counted like any other."""
    caplog.set_level("INFO")
    await press(api, game, batch(viewer_id, skill1=2))
    before = await counted(api)
    body = {"event_type": "skill1"}
    answer = await api.post(f"{game.path}/fire", json=body, headers=game.owner)
    assert answer.status_code == 200
    first = answer.json()["stats"][0]
    assert (first["current_count"], first["current_level"], first["accepted"]) == (0, 1, 3)
    assert answer.json()["viewer_count"] == 1
    assert answer.json()["time"] >= (await api.get(game.path)).json()["started_at"]
    assert "event triggered" in caplog.text
    assert await counted(api) == (before[0] + 1, before[1] + 1)


async def counted(api: httpx.AsyncClient) -> tuple[float, float]:
    """The accepted presses and the fired triggers of the process."""
    lines = dict(
        line.rsplit(" ", 1) for line in (await api.get("/metrics")).text.splitlines() if line
    )
    names = "streamario_presses_accepted_total", "streamario_triggers_fired_total"
    accepted, fired = (float(lines[name]) for name in names)
    return accepted, fired


async def test_a_button_that_cannot_fire_says_why(api: httpx.AsyncClient, game: GameRoom) -> None:
    async def refused(event_type: str | None) -> tuple[int, str]:
        body = {"event_type": event_type}
        answer = await api.post(f"{game.path}/fire", json=body, headers=game.owner)
        return answer.status_code, answer.json()["code"]

    settings = (await api.get(game.path)).json()["settings"]
    first, *others = settings["buttons"]
    buttons = {"buttons": [{**first, "enabled": False}, *others]}
    assert (await api.patch(f"{game.path}/settings", json=buttons, headers=game.owner)).is_success
    assert await refused("skill1") == (409, "disabled")
    assert await refused("nonsense") == (400, "unknown_event_type")
    assert await refused(None) == (400, "invalid_body")


async def test_a_room_fires_only_so_many_buttons_a_minute(
    api: httpx.AsyncClient, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "FIRES_LIMIT", Limit("fires", 2, 2))
    body = {"event_type": "skill1"}
    answers = [await api.post(f"{game.path}/fire", json=body, headers=game.owner) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


async def test_a_blocked_viewer_counts_no_more_until_it_is_unblocked(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    """By its full id or its public half. Whoever was not blocked may be unblocked, too."""
    ulid = viewer_id.partition(".")[0]
    for named in (viewer_id, ulid):
        body = {"viewer_id": named}
        answer = await api.post(f"{game.path}/block", json=body, headers=game.owner)
        assert answer.json() == {"status": "blocked", "viewer_id": ulid}
        pressed = await press(api, game, batch(viewer_id, skill1=2))
        assert (pressed["accepted"], pressed["rejected_by"]["blocked"]) == (0, 2)
        for _ in range(2):
            answer = await api.post(f"{game.path}/unblock", json=body, headers=game.owner)
            assert answer.json() == {"status": "unblocked", "viewer_id": ulid}
    assert (await press(api, game, batch(viewer_id, skill1=2)))["accepted"] == 2


async def test_the_owner_learns_whose_press_fired_a_trigger(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    """By its public id; of a trigger that the room does not know, nobody's."""
    await press(api, game, batch(viewer_id, skill1=5))
    for seq, viewer in ((1, viewer_id.partition(".")[0]), (2, None)):
        trigger = {"epoch": game.log_epoch, "seq": seq}
        answer = await api.get(f"{game.path}/fired_by", params=trigger, headers=game.owner)
        assert answer.json() == {"viewer_id": viewer}
    twice = await api.get(f"{game.path}/fired_by?seq=1&seq=2", headers=game.owner)
    assert twice.json()["code"] == "invalid_query"


async def test_the_owner_sees_who_presses_most_and_who_is_blocked(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    """They are listed with their names, even those hidden from others."""
    few, many = SIGNER.new_viewer_id(), SIGNER.new_viewer_id()
    await api.patch(f"{game.path}/settings", json={"show_names": False}, headers=game.owner)
    await press(api, game, batch(few, skill1=2) | {"viewer_name": "Mika"})
    await press(api, game, batch(many, skill1=2, enemy1=1))
    few_ulid, many_ulid = few.partition(".")[0], many.partition(".")[0]
    await api.post(f"{game.path}/block", json={"viewer_id": few_ulid}, headers=game.owner)
    answer = await api.get(f"{game.path}/viewers", headers=game.owner)
    first = {"viewer_id": many_ulid, "viewer_name": None, "count": 3, "blocked": False}
    second = {"viewer_id": few_ulid, "viewer_name": "Mika", "count": 2, "blocked": True}
    assert answer.json() == {
        "room_id": game.room_id,
        "round": 1,
        "viewers": [first, second],
        "more": False,
    }
