"""The owner runs rounds over REST, whichever game is connected."""

import time
from typing import Any

import httpx
import pytest

from api_service.routes import rounds
from shared.engine import refusals
from shared.engine.engine import LARGEST_ROUND, Engine
from shared.engine.keys import COMMANDS_LIMIT, ROUND_COMMANDS_LIMIT, Limit
from shared.identity.addresses import ROW, STORAGE
from shared.process.settings import Settings
from shared.redis_store.store import Store
from shared.wire.game_messages import GameEndSummary, Resume
from shared.wire.room_settings import LONGEST_ROUND
from shared.wire.viewer_messages import StatusUpdate
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.room_requests import batch, booked, books, press
from tests.api_service.running import ready_client, with_proxy
from tests.waiting import until
from tests.ws_gateway.game_end import new_game
from tests.ws_gateway.gateways import gateway_settings, running_gateway
from tests.ws_gateway.viewer_end import watching

PUBLIC = {"X-Forwarded-For": "192.0.2.81"}


async def say(
    api: httpx.AsyncClient, game: GameRoom, command: str, **more: object
) -> httpx.Response:
    body = {"command": command, **more}
    return await api.post(f"{game.path}/round", json=body, headers=game.owner)


async def said(api: httpx.AsyncClient, game: GameRoom, command: str, **more: object) -> Any:
    answer = await say(api, game, command, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refusal(api: httpx.AsyncClient, game: GameRoom, command: str, **more: object) -> Any:
    answer = await say(api, game, command, **more)
    return answer.status_code, answer.json()["code"]


def discarded(**counts: int) -> list[dict[str, object]]:
    return [{"event_type": event_type, "count": count} for event_type, count in counts.items()]


async def test_a_round_is_run_from_its_start_to_its_end(
    api: httpx.AsyncClient, waiting: GameRoom, caplog: pytest.LogCaptureFixture
) -> None:
    """What is said twice changes nothing, and the answer is the room's state."""
    caplog.set_level("INFO")
    expected = (
        ("start", "in_game", False),
        ("start", "in_game", False),
        ("pause", "in_game", True),
        ("pause", "in_game", True),
        ("resume", "in_game", False),
        ("resume", "in_game", False),
        ("end", "ended", False),
    )
    for command, status, paused in expected:
        answer = await said(api, waiting, command)
        time_ = answer.pop("time")
        assert answer == {
            "room_id": waiting.room_id,
            "status": status,
            "round": 1,
            "paused": paused,
            "stopped": False,
            "discarded": [],
        }
        room = (await api.get(waiting.path)).json()
        assert (room["status"], room["round"], room["paused"]) == (status, 1, paused)
        assert room["started_at"] <= time_ <= room["time"]
    assert caplog.text.count("round command") == len(expected)
    assert (await said(api, waiting, "start"))["round"] == 2


async def test_without_a_round_nothing_but_a_start_is_possible(
    api: httpx.AsyncClient, waiting: GameRoom
) -> None:
    """Before the first one, and after one has ended."""
    commands: tuple[tuple[str, dict[str, object]], ...] = (
        *((command, {}) for command in ("pause", "resume", "stop", "end")),
        ("limit", {"limit_s": 60}),
    )
    for _ in range(2):
        for command, more in commands:
            assert await refusal(api, waiting, command, **more) == (409, "game_not_started")
        await said(api, waiting, "start")
        await said(api, waiting, "end")


async def test_a_stop_throws_away_and_says_what_and_a_resume_what_came_meanwhile(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, store: Store
) -> None:
    await press(api, game, batch(viewer_id, skill1=2, enemy1=3))
    stopped = await said(api, game, "stop")
    assert (stopped["paused"], stopped["discarded"]) == (True, discarded(skill1=2, enemy1=3))
    await press(api, game, batch(viewer_id, skill1=1))
    assert (await said(api, game, "stop"))["discarded"] == discarded(skill1=1)
    await press(api, game, batch(viewer_id, enemy1=1))
    assert (await api.get(game.path)).json()["stopped"] is True
    resumed = await said(api, game, "resume")
    assert (resumed["paused"], resumed["discarded"]) == (False, discarded(enemy1=1))
    assert (stopped["stopped"], resumed["stopped"]) == (True, False)
    assert (await api.get(game.path)).json()["stopped"] is False
    await press(api, game, batch(viewer_id, skill1=1))
    assert (await said(api, game, "resume"))["discarded"] == []
    assert await books(store, game, "skill1") == (4, 4)
    assert await books(store, game, "enemy1") == (4, 4)
    await said(api, game, "end")
    totals = (await booked(api, game)).json()["event_totals"]
    assert (totals["skill1"], totals["enemy1"]) == (4, 4)


async def test_a_resume_after_a_pause_keeps_what_came_meanwhile(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    """And a pause keeps what is there."""
    await press(api, game, batch(viewer_id, skill1=1))
    for command in ("pause", "pause", "resume"):
        assert (await said(api, game, command))["discarded"] == []
        stats = (await api.get(f"{game.path}/stats")).json()["stats"]
        assert stats[0]["current_count"] == 1


async def test_a_limit_ends_this_round_and_leaves_the_setting_alone(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    answer = await say(api, game, "limit", limit_s=1)
    assert answer.status_code == 200
    room = (await api.get(game.path)).json()
    assert room["settings"]["round_limit_s"] == 0
    assert room["round_ends_at"] is not None

    async def is_over() -> bool:
        return bool((await api.get(game.path)).json()["status"] == "ended")

    await until(is_over)
    await said(api, game, "start")
    assert (await api.get(game.path)).json()["round_ends_at"] is None
    await said(api, game, "limit", limit_s=float(LONGEST_ROUND))
    assert (await api.get(game.path)).json()["round_ends_at"] is not None
    await said(api, game, "limit", limit_s=0)
    assert (await api.get(game.path)).json()["round_ends_at"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "command"),
        ({"command": "reset"}, "command"),
        ({"command": "limit"}, "limit_s"),
        ({"command": "limit", "limit_s": -1}, "limit_s"),
        ({"command": "limit", "limit_s": LONGEST_ROUND + 1}, "limit_s"),
        ({"command": "limit", "limit_s": 1.5}, "limit_s"),
        ({"command": "stop", "limit_s": 60}, "limit_s"),
        ({"command": "start", "limit_s": 0}, "limit_s"),
        ({"command": "stop", "round": 0}, "round"),
        ({"command": "start", "round": 1}, "round"),
    ],
)
async def test_a_wrong_command_is_refused_by_the_name_of_its_field(
    api: httpx.AsyncClient, game: GameRoom, body: object, field: str
) -> None:
    answer = await api.post(f"{game.path}/round", json=body, headers=game.owner)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")
    assert field in answer.json()["detail"]
    assert (await api.get(game.path)).json()["paused"] is False


async def test_a_command_for_one_round_leaves_the_next_one_alone(
    api: httpx.AsyncClient, waiting: GameRoom
) -> None:
    """However late it comes: also before the next round, and in it."""
    commands: tuple[tuple[str, dict[str, object]], ...] = (
        ("limit", {"limit_s": 600, "round": 1}),
        ("stop", {"round": 1}),
        ("pause", {"round": 1}),
        ("resume", {"round": 1}),
        ("end", {"round": 1}),
    )
    await said(api, waiting, "start")
    assert await refusal(api, waiting, "stop", round=2) == (409, "game_not_started")
    for command, more in commands:
        await said(api, waiting, command, **more)
    await said(api, waiting, "start")
    for command, more in commands:
        assert await refusal(api, waiting, command, **more) == (409, "game_not_started")
    room = (await api.get(waiting.path)).json()
    assert (room["status"], room["round"], room["paused"]) == ("in_game", 2, False)
    assert room["round_ends_at"] is None
    await said(api, waiting, "limit", limit_s=60, round=2)
    await said(api, waiting, "end", round=2)
    assert await refusal(api, waiting, "end", round=2) == (409, "game_not_started")


async def test_a_game_that_talks_much_takes_nothing_of_its_owner_s_limit(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(refusals.RateLimited):
        await engine.spend_of(COMMANDS_LIMIT, game.room_id, COMMANDS_LIMIT.burst + 1)
    await engine.spend_of(COMMANDS_LIMIT, game.room_id, COMMANDS_LIMIT.burst)
    few = Limit(ROUND_COMMANDS_LIMIT.purpose, 1, 1)
    monkeypatch.setattr(rounds, "ROUND_COMMANDS_LIMIT", few)
    assert (await say(api, game, "pause")).status_code == 200
    answer = await say(api, game, "resume")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert int(answer.headers["Retry-After"]) >= 1
    assert (await api.get(game.path)).json()["paused"] is True


async def test_the_callers_address_pays_for_a_round(
    settings: Settings, store: Store, waiting: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only for one that is opened; who cannot pay opens none."""
    monkeypatch.setitem(STORAGE, "burst", LARGEST_ROUND + ROW)
    monkeypatch.setitem(STORAGE, "per_minute", 60)
    waiting_owner = waiting.owner | PUBLIC
    async with ready_client(with_proxy(settings)) as api:

        async def command(name: str) -> int:
            body = {"command": name}
            answer = await api.post(f"{waiting.path}/round", json=body, headers=waiting_owner)
            return answer.status_code

        said_ = [await command(name) for name in ("start", "start", "pause", "end", "start")]
        assert said_ == [200, 200, 200, 200, 429]
        assert (await api.get(waiting.path)).json()["round"] == 1


async def test_a_game_keeps_its_socket_and_gets_the_summary_and_pages_are_told(
    api: httpx.AsyncClient, redis_url: str, viewer_id: str
) -> None:
    """The game may have the last word, too."""
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        new_game(gateway.url) as (game, room),
        watching(gateway, room.room_id) as (page, shown),
    ):
        token = SIGNER.room_token(room.room_id, time.time())
        desk = GameRoom(room.room_id, token, term=0, log_epoch=room.epoch)
        assert (shown.status, shown.paused) == ("in_game", False)
        await said(api, desk, "limit", limit_s=600)
        assert (await page.next_of(StatusUpdate)).round_ends_at is not None
        await said(api, desk, "pause")
        status = await page.next_of(StatusUpdate)
        assert (status.paused, status.round_ends_at) == (True, None)
        assert status.round_left_ms is not None
        await said(api, desk, "resume")
        assert (await page.next_of(StatusUpdate)).paused is False
        await said(api, desk, "stop")
        stopped = await page.next_of(StatusUpdate)
        assert (stopped.paused, stopped.stopped) == (True, True)
        async with watching(gateway, room.room_id) as (_, whole):
            assert (whole.paused, whole.stopped) == (True, True)
        await game.say(Resume())
        resumed = await page.next_of(StatusUpdate)
        assert (resumed.paused, resumed.stopped) == (False, False)
        for _ in range(5):
            await press(api, desk, batch(viewer_id, skill1=1))
        (trigger,) = await game.events(1)
        await said(api, desk, "end")
        summary = await game.next_of(GameEndSummary)
        assert (summary.round, summary.seq) == (1, trigger.seq + 1)
        assert (await page.next_of(StatusUpdate)).status == "ended"
        await said(api, desk, "start")
        assert (await page.next_of(StatusUpdate)).round == 2
        await game.settle()  # the socket still serves
