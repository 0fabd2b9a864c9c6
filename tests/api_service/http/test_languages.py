"""An error is told in the language of who asks; what programs go by stays the same."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from api_service.http import middleware, problems
from shared.process.settings import Settings
from shared.wire.error_codes import ERRORS
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.running import ready_client

IN_JAPANESE = {"Accept-Language": "ja,en-US;q=0.9,en;q=0.8"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("ja", "ja"),
        ("en;q=0.9, ja", "ja"),
    ],
)
async def test_accept_language_chooses_the_sentence(
    api: httpx.AsyncClient, accepted: str | None, language: str
) -> None:
    answer = await api.get("/nope", headers={"Accept-Language": accepted} if accepted else {})
    told, kind = answer.json(), ERRORS["not_found"]
    assert told["detail"] == told["error"] == getattr(kind.sentence, language)
    assert (told["code"], told["title"], told["status"]) == ("not_found", "Not Found", 404)
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"].split(", ")


async def test_a_list_may_come_in_several_headers(api: httpx.AsyncClient) -> None:
    """RFC 9110, section 5.3."""
    several = [("Accept-Language", "en;q=0.1"), ("Accept-Language", "ja;q=0.2")]
    assert (await api.get("/nope", headers=several)).headers["Content-Language"] == "ja"


async def test_what_names_a_field_or_a_value_does_so_in_japanese(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    press = f"{game.path}/events"
    viewer = {"viewer_id": SIGNER.new_viewer_id()}

    async def told(path: str, body: object, **headers: str) -> dict[str, Any]:
        answer = await api.request("POST", path, json=body, headers={**IN_JAPANESE, **headers})
        found: dict[str, Any] = answer.json()
        return found

    unknown = await told(press, {**viewer, "event_type": "jump"})
    assert unknown["detail"] == "このルームに、ボタン「jump」はありません。"
    odd = await told(
        press, {**viewer, "push_events": [{"button_name": "skill1", "push_count": "x"}]}
    )
    assert odd["detail"].startswith("push_events[0].push_count：値が正しくありません")
    neither = await told(press, viewer)
    assert neither["detail"] == "push_events と event_type の、どちらか一方を指定してください"
    long = await told(press, {**viewer, "event_type": "x" * 20_000})
    assert long["detail"] == "リクエストの本文が 16384 バイトを超えています。"
    settings = await told("/api/rooms", {"settings": {"title": "x" * 101, "buttons": [{"min": 0}]}})
    assert settings["detail"] == "正しくない設定があります。"
    problems = {problem["field"]: problem["message"] for problem in settings["problems"]}
    assert problems["title"] == "100 文字以内にしてください（制御文字は使えません）"
    assert problems["buttons[0].min"] == "1〜100000 の整数にしてください"
    assert problems["buttons[0].event_type"] == "入力してください"
    blocked = await told(f"{game.path}/block", {"viewer_id": "x"}, **game.owner)
    assert blocked["detail"] == "viewer_id：視聴者 ID か、その前半を指定してください"


async def test_what_is_refused_before_any_route_is_in_japanese_too(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A preflight, and a request that is one too many."""
    ask = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PATCH"}
    async with ready_client(replace(settings, frontend_url=("https://pages.example",))) as api:
        refused = await api.options("/api/rooms", headers={**ask, **IN_JAPANESE})
        assert refused.json()["detail"].startswith("このページからは使えません（")
        assert {"Origin", "Accept-Language"} <= set(refused.headers["Vary"].split(", "))
        monkeypatch.setattr(middleware, "IN_FLIGHT_LIMIT", 0)
        busy = await api.get("/api/rooms/x", headers=IN_JAPANESE)
    assert busy.json()["detail"] == "混み合っています。少し待ってお試しください。"


async def test_a_fault_of_ours_is_told_in_japanese(
    settings: Settings, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on a press's way."""

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    press = {"viewer_id": SIGNER.new_viewer_id(), "event_type": "skill1"}
    async with ready_client(settings) as api:
        monkeypatch.setattr("shared.redis_store.batcher.Batcher.add", fails)
        answer = await api.post(f"{game.path}/events", json=press, headers=IN_JAPANESE)
    assert answer.json()["error"] == "サーバーでエラーが起きました。反映済みか確認してください。"


async def test_a_press_that_counts_reads_no_languages(
    settings: Settings, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The header is for refusals alone."""

    def unread(_: str) -> str:
        raise AssertionError

    press = {"viewer_id": SIGNER.new_viewer_id(), "event_type": "skill1"}
    async with ready_client(settings) as api:
        monkeypatch.setattr(problems, "preferred_language", unread)
        answer = await api.post(f"{game.path}/events", json=press, headers=IN_JAPANESE)
    assert answer.json()["accepted"] == 1
    assert "Content-Language" not in answer.headers
