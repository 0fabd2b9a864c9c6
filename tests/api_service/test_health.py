"""Whether the service lives, is ready, and counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from api_service.migrate import upgrade
from deploy.embedded.servers import embedded_servers
from tests.api_service.running import client_of, ready_client, running, until
from tests.api_service.test_presses import batch, press

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from shared.settings import Settings
    from tests.api_service.conftest import Game

pytestmark = pytest.mark.anyio


async def test_the_service_lives_and_is_not_ready_while_redis_was_never_there(
    settings: Settings, tmp_path: Path
) -> None:
    away = replace(settings, redis_url=f"unix://{tmp_path}/nobody.sock")
    async with running(away), client_of(away) as api:
        assert (await api.get("/healthz")).status_code == 200
        answer = await api.get("/readyz")
        assert answer.status_code == 503
        assert (answer.json()["ready"], answer.json()["redis"]) == (False, "away")


async def test_it_becomes_ready_when_redis_comes_and_only_tells_of_later_outages(
    settings: Settings, tmp_path: Path
) -> None:
    own = replace(settings, redis_url=f"unix://{tmp_path}/run/valkey.sock")
    async with running(own), client_of(own) as api:
        assert (await api.get("/readyz")).status_code == 503

        async def redis_is_ok() -> bool:
            answer = await api.get("/readyz")
            return bool(answer.json()["redis"] == "ok")

        async def redis_is_away() -> bool:
            return not await redis_is_ok()

        async with embedded_servers(tmp_path, redis=True, database=False):
            await until(redis_is_ok)
            assert (await api.get("/readyz")).status_code == 200
        await until(redis_is_away)
        answer = await api.get("/readyz")
        assert (answer.status_code, answer.json()["ready"]) == (200, True)


async def test_a_database_is_told_to_be_ok_away_or_behind(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    behind = _other_database(database_url, "behind")
    for url, expected in (
        (database_url, "ok"),
        (behind, "behind"),
        (f"postgresql:///x?host={tmp_path}", "away"),
    ):
        async with ready_client(replace(settings, database_url=url)) as api:

            async def is_told(api: httpx.AsyncClient = api, expected: str = expected) -> bool:
                answer = await api.get("/readyz")
                return bool(answer.json()["database"] == expected)

            await until(is_told)
    upgrade(behind)
    async with ready_client(replace(settings, database_url=behind)) as api:

        async def is_ok() -> bool:
            return bool((await api.get("/readyz")).json()["database"] == "ok")

        await until(is_ok)


async def test_presses_are_counted(settings: Settings, game: Game, viewer_id: str) -> None:
    async with ready_client(settings) as api:
        for _ in range(2):
            await press(api, game, batch(viewer_id, "b1", skill1=25))
        figures = (await api.get("/metrics")).text.splitlines()
    assert "streamario_presses_accepted_total 20.0" in figures
    assert 'streamario_presses_rejected_total{reason="clamp"} 5.0' in figures
    assert "streamario_triggers_fired_total 4.0" in figures
    assert "streamario_duplicate_batches_total 1.0" in figures
    assert "streamario_press_seconds_count 2.0" in figures


async def test_an_admin_token_guards_the_figures(settings: Settings) -> None:
    async with ready_client(replace(settings, admin_token="for operators")) as api:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            answer = await api.get("/metrics", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "invalid_admin_token")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        right = {"Authorization": "Bearer for operators"}
        assert (await api.get("/metrics", headers=right)).status_code == 200


def _other_database(url: str, name: str) -> str:
    """A fresh database beside the suite's."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    conninfo = psycopg.conninfo.conninfo_to_dict(url)
    return (
        f"postgresql://{conninfo['user']}@/{name}?host={conninfo['host']}&port={conninfo['port']}"
    )
