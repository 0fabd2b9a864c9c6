"""The press route."""

import logging
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api_service.routes.presses import Press
from shared.engine.engine import Engine
from shared.engine.keys import viewer_name
from shared.engine.press import Outcome
from shared.process.settings import Settings
from shared.redis_store.store import Store
from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.room_requests import batch, books, press
from tests.api_service.running import client_of, cuttable_link, ready_client, running
from tests.room_keys import room_keys

PUBLISHED = "event published to pubsub"


async def test_a_batch_is_counted_and_answered_with_every_buttons_state(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    answer = await press(api, game, batch(viewer_id, skill1=3, enemy3=1))
    assert answer["room_id"] == game.room_id
    assert (answer["round"], answer["viewer_count"]) == (1, 1)
    assert (answer["accepted"], answer["rejected"], answer["duplicate"]) == (4, 0, False)
    assert [state["event_type"] for state in answer["stats"]] == [
        button.event_type for button in DEFAULT_SETTINGS.buttons
    ]
    assert answer["event_results"][0] == {
        "event_type": "skill1",
        "accepted": 3,
        "current_count": 3,
        "required_count": 5,
        "remaining_count": 2,
        "progress": 0.6,
        "effect_triggered": False,
        "triggers_fired": 0,
        "viewer_count": 1,
        "next_threshold": 5,
        "last_seq": None,
    }


async def test_a_full_button_fires_and_keeps_the_remainder(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "api_service.routes.presses"):
        answer = await press(api, game, batch(viewer_id, skill1=12))
    result = answer["event_results"][0]
    assert (result["triggers_fired"], result["effect_triggered"]) == (2, True)
    assert (result["current_count"], result["last_seq"]) == (2, 2)
    told = [(record.message, vars(record)["fields"]) for record in caplog.records]
    assert told == [
        ("event triggered", {**fired, "count": 5, "seq": seq}) if seq else (published, fired)
        for seq, published in ((1, ""), (0, PUBLISHED), (2, ""), (0, PUBLISHED))
        for fired in [{"room_id": game.room_id, "event_type": "skill1"}]
    ]


async def test_a_button_named_twice_is_added_up_before_the_clamp(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    events = [{"button_name": "enemy3", "push_count": 15}] * 2
    answer = await press(api, game, {"viewer_id": viewer_id, "push_events": events})
    assert (answer["accepted"], answer["rejected"]) == (20, 10)
    assert answer["rejected_by"]["clamp"] == 10
    assert len(answer["event_results"]) == 1


async def test_whole_numbers_may_be_written_with_a_fraction_of_zero(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    events = [{"button_name": "enemy3", "push_count": 2.0}]
    answer = await press(api, game, {"viewer_id": viewer_id, "push_events": events})
    assert answer["accepted"] == 2


@pytest.mark.parametrize("number", [3, 3.0])
async def test_a_batchs_number_reaches_the_engine(
    api: httpx.AsyncClient,
    game: GameRoom,
    viewer_id: str,
    monkeypatch: pytest.MonkeyPatch,
    number: float,
) -> None:
    """Beside the id, which names its sender then, as it was sent."""
    counted: list[Press] = []
    resolve = Press.resolve

    def noting(press: Press, outcome: Outcome | Exception) -> None:
        counted.append(press)
        resolve(press, outcome)

    monkeypatch.setattr(Press, "resolve", noting)
    await press(api, game, {**batch(viewer_id, "page#3", skill1=1), "batch_no": number})
    await press(api, game, batch(viewer_id, "page", skill1=1))
    assert [(each.batch_id, each.batch_no) for each in counted] == [("page#3", 3), ("page", 0)]


async def test_a_batchs_number_needs_its_senders_id(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    body = {**batch(viewer_id, skill1=1), "batch_no": 3}
    for language, detail in (
        ("en", "batch_no: needs a batch_id"),
        ("ja", "batch_no：batch_id も指定してください"),
    ):
        headers = {"Accept-Language": language}
        answer = await api.post(f"{game.path}/events", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")
        assert answer.json()["detail"] == detail


@pytest.mark.parametrize("number", [0, 2**53, 1.5, True])
async def test_a_batchs_number_is_a_whole_number_that_javascript_can_count_to(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, number: object
) -> None:
    body = {**batch(viewer_id, "page", skill1=1), "batch_no": number}
    answer = await api.post(f"{game.path}/events", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")
    assert "batch_no" in answer.json()["detail"]


async def test_the_largest_int32_is_a_push_count(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    answer = await press(api, game, batch(viewer_id, enemy3=2_147_483_647))
    assert (answer["accepted"], answer["rejected"]) == (20, 2_147_483_627)


async def test_a_heartbeat_counts_nothing_and_makes_nobody_active(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, store: Store
) -> None:
    answer = await press(api, game, batch(viewer_id))
    assert (answer["accepted"], answer["event_results"]) == (0, [])
    assert len(answer["stats"]) == 6
    assert await store.command("ZCARD", room_keys(game.room_id).active) == 0


async def test_a_repeated_batch_is_answered_as_before_and_counted_once(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, store: Store
) -> None:
    first = await press(api, game, batch(viewer_id, "b1", skill1=7))
    second = await press(api, game, batch(viewer_id, "b1", skill1=7))
    assert (first["duplicate"], second["duplicate"]) == (False, True)
    for name in ("accepted", "rejected", "rejected_by"):
        assert second[name] == first[name]
    (result,) = first["event_results"]
    assert result["last_seq"] == 1
    assert second["event_results"] == [{**result, "last_seq": None}]  # of which nothing is kept
    assert await books(store, game, "skill1") == (7, 7)


async def test_the_name_of_who_tips_it_comes_from_the_request_or_was_set_before(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, engine: Engine
) -> None:
    await api.post("/api/viewers/set_name", json={"viewer_id": viewer_id, "name": "Ann"})
    await press(api, game, batch(viewer_id, skill1=5))
    await press(api, game, {**batch(viewer_id, skill1=5), "viewer_name": " <Bob>\u202e "})
    await press(api, game, batch(SIGNER.new_viewer_id(), skill1=5))
    epoch = (await engine.read(game.room_id, 0, 0, limit=1)).log_epoch
    page = await engine.read(game.room_id, epoch, 0, limit=10)
    names = [getattr(message, "viewer_name", "?") for message in page.messages]
    assert names == ["Ann", "＜Bob＞", None]


@pytest.mark.parametrize("count", [2, 2.0])
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ('"An\\ud83dn"', "Ann"),  # what JavaScript writes for a name that was cut within an emoji
        ('"Ann\\uDE00\\ud83d"', "Ann"),
        ('"\\ud83d\\ude00\\ud83d"', "\U0001f600"),
        ('"\\\\ud83d"', "\\ud83d"),
        ('"\\ud83d"', None),
    ],
)
async def test_half_an_emoji_costs_no_press(
    api: httpx.AsyncClient,
    game: GameRoom,
    viewer_id: str,
    engine: Engine,
    name: str,
    kept: str | None,
    count: float,
) -> None:
    """It is removed from the name; the rest of the name stays."""
    events = f'[{{"button_name":"skill1","push_count":{count}}}]'
    body = f'{{"viewer_id":"{viewer_id}","push_events":{events},"viewer_name":{name}}}'
    answer = await api.post(f"{game.path}/events", content=body)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 2)
    (top,) = (await engine.top_viewers(game.room_id, limit=1)).viewers
    assert top.name == kept


async def test_a_name_that_redis_forgot_is_found_again(
    settings: Settings, store: Store, game: GameRoom, viewer_id: str, engine: Engine
) -> None:
    async with ready_client(settings) as api:
        await api.post("/api/viewers/set_name", json={"viewer_id": viewer_id, "name": "Ann"})
    ulid = viewer_id.partition(".")[0]
    await store.command("DEL", viewer_name(ulid))
    async with ready_client(settings) as api:
        await press(api, game, batch(viewer_id, skill1=1))
    assert await store.command("GET", viewer_name(ulid)) == "Ann"
    assert (await engine.viewer_summary(game.room_id, 1, ulid)).viewer_name == "Ann"


async def test_an_ended_round_answers_what_the_viewer_did(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, engine: Engine
) -> None:
    await press(api, game, {**batch(viewer_id, skill1=3, enemy1=2), "viewer_name": "Ann"})
    await engine.finish(game.room_id, game.term)
    for late in (batch(viewer_id, skill1=1), batch(viewer_id)):
        answer = await press(api, game, late)
        assert answer["game_over"]
        summary = answer["viewer_summary"]
        assert (summary["viewer_name"], summary["total"]) == ("Ann", 5)
        assert summary["viewer_id"] == viewer_id.partition(".")[0]
        assert (summary["counts"]["skill1"], summary["counts"]["enemy1"]) == (3, 2)


@pytest.mark.parametrize("state", ["waiting", "started", "ended"])
async def test_refusals_come_in_the_order_400_401_404_409(
    api: httpx.AsyncClient, waiting: GameRoom, viewer_id: str, engine: Engine, state: str
) -> None:
    if state != "waiting":
        await engine.start(waiting.room_id, waiting.term)
    if state == "ended":
        await engine.finish(waiting.room_id, waiting.term)
    unknown = "/api/rooms/01ARZ3NDEKTSV4RRFFQ69G5FAV/events"
    here = f"{waiting.path}/events"
    stranger = "01ARZ3NDEKTSV4RRFFQ69G5FAV.AAAAAAAAAAAAAAAAAAAAAA"
    expected = [
        (unknown, {"viewer_id": stranger}, 400, "invalid_body"),
        (unknown, batch(stranger, skill1=0), 400, "invalid_push_count"),
        (here, batch(stranger, nothing=1), 400, "unknown_event_type"),
        (here, batch(viewer_id, nothing=1), 400, "unknown_event_type"),
        (unknown, batch(stranger, skill1=1), 401, "invalid_viewer"),
        (here, batch(stranger, skill1=1), 401, "invalid_viewer"),
        (unknown, batch(viewer_id, skill1=1), 404, "room_not_found"),
        ("/api/rooms/%2e%2e/events", batch(viewer_id, skill1=1), 404, "room_not_found"),
    ]
    if state == "waiting":
        expected.append((here, batch(viewer_id, skill1=1), 409, "game_not_started"))
    for path, body, status, code in expected:
        answer = await api.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), (path, body)


@pytest.mark.parametrize("batch_id", [None, "mine"])
async def test_a_press_whose_answer_was_lost_is_repeated_and_counts_once(
    settings: Settings,
    tmp_path: Path,
    redis_url: str,
    store: Store,
    game: GameRoom,
    viewer_id: str,
    batch_id: str | None,
) -> None:
    async with (
        cuttable_link(tmp_path, redis_url) as link,
        ready_client(replace(settings, redis_url=link.url)) as api,
    ):
        await press(api, game, batch(viewer_id, skill3=1))
        link.swallowing = True
        answer = await press(api, game, batch(viewer_id, batch_id, skill3=2))
    assert link.swallowed == 1
    assert answer["accepted"] == 2
    assert await books(store, game, "skill3") == (3, 3)


async def test_while_redis_is_away_presses_are_answered_503(
    settings: Settings, tmp_path: Path, game: GameRoom, viewer_id: str
) -> None:
    away = replace(settings, redis_url=f"unix://{tmp_path}/nobody.sock")
    async with running(away), client_of(away) as api:
        answer = await api.post(f"{game.path}/events", json=batch(viewer_id, skill1=1))
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
