"""Requests have ids, and their outcome is logged."""

import logging
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from shared.process.settings import Settings
from tests.api_service.conftest import GameRoom
from tests.api_service.http.request_log import BALANCER, told
from tests.api_service.room_requests import batch
from tests.api_service.running import ready_client
from tests.log_lines import json_lines


async def test_each_answer_carries_an_id_of_its_own(api: httpx.AsyncClient, game: GameRoom) -> None:
    """Errors too, so that people can report it to an operator."""
    paths = ("/healthz", "/nope", game.path, f"{game.path}/results")
    ids = {(await api.get(path)).headers["X-Request-Id"] for path in paths}
    assert len(ids) == len(paths)


async def test_strangers_do_not_name_their_requests(api: httpx.AsyncClient) -> None:
    answer = await api.get("/healthz", headers={"X-Request-Id": "mine"})
    assert answer.headers["X-Request-Id"] != "mine"


async def test_a_trusted_proxy_names_requests_and_no_lines(settings: Settings) -> None:
    """The log writes the id unescaped, so only plain characters are accepted."""
    async with ready_client(replace(settings, trusted_proxies=BALANCER)) as api:
        answer = await api.get("/healthz", headers={"X-Request-Id": "C0A8-1:2_3.4"})
        assert answer.headers["X-Request-Id"] == "C0A8-1:2_3.4"
        for forged in ("a b", "é", "x" * 65, 'a"level":"ERROR'):
            answer = await api.get("/healthz", headers=[(b"x-request-id", forged.encode())])
            assert answer.headers["X-Request-Id"] != forged


async def test_refused_requests_are_logged_without_their_query(
    api: httpx.AsyncClient, game: GameRoom, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "api_service.http.middleware"):
        await api.get(f"{game.path}/results", params={"round": "secret"})
        await api.get("/healthz")
    (line,) = told(caplog, "request refused")
    assert line["path"] == f"{game.path}/results"
    assert (line["method"], line["status"], line["room_id"]) == ("GET", 400, game.room_id)
    assert line["code"] == "invalid_query"
    assert "secret" not in str(line)


async def test_a_trigger_is_logged_with_the_request_that_tipped_it(
    settings: Settings, game: GameRoom, viewer_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The log leads from a reported id to the press, and to the trigger's number."""
    logger = "api_service.routes.presses"
    with caplog.at_level(logging.INFO, logger), json_lines(logger) as lines:
        async with ready_client(settings) as api:
            answer = await api.post(f"{game.path}/events", json=batch(viewer_id, "b1", skill1=5))
    fired = next(line for line in lines if "event triggered" in line)
    assert f'"request_id":"{answer.headers["X-Request-Id"]}"' in fired
    assert f'"room_id":"{game.room_id}"' in fired


async def test_a_name_that_was_not_read_is_logged_with_a_request_that_needed_it(
    settings: Settings, game: GameRoom, viewer_id: str, tmp_path: Path
) -> None:
    away = replace(settings, database_url=f"postgresql:///x?host={tmp_path}")
    with json_lines("api_service.routes.display_names") as lines:
        async with ready_client(away) as api:
            answer = await api.post(f"{game.path}/events", json=batch(viewer_id, "b1", skill1=1))
    assert answer.status_code == 200
    (unread,) = [line for line in lines if "name not read" in line]
    assert f'"request_id":"{answer.headers["X-Request-Id"]}"' in unread
