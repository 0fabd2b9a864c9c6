"""Liveness, readiness and metrics."""

import logging
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from api_service.books.errors import DatabaseUnfit
from api_service.books.migrate import upgrade
from api_service.routes import health
from deploy.embedded.servers import embedded_servers
from shared.process.settings import Settings
from tests.api_service.conftest import GameRoom
from tests.api_service.room_requests import batch, press
from tests.api_service.running import client_of, empty_database, ready_client, running
from tests.waiting import until


async def test_it_becomes_ready_when_redis_comes_and_only_tells_of_later_outages(
    settings: Settings, own_database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, health.__name__)
    url = f"unix://{tmp_path}/run/valkey.sock"
    own = replace(settings, redis_url=url, database_url=own_database_url)
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
    assert logged_of("redis", caplog) == ["redis away", "redis reached", "redis away"]


async def test_a_database_that_comes_later_is_told_to_be_away_behind_and_ok(
    settings: Settings, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The service keeps serving, and does not migrate the schema itself."""
    caplog.set_level(logging.INFO, health.__name__)
    name = f"later_{uuid4().hex}"
    later = make_url(database_url).set(database=name).render_as_string(hide_password=False)
    async with ready_client(replace(settings, database_url=later)) as api:

        async def is_told(expected: str) -> bool:
            return bool((await api.get("/readyz")).json()["database"] == expected)

        await until(lambda: is_told("away"))
        empty_database(database_url, name)
        await until(lambda: is_told("behind"))
        upgrade(later)
        await until(lambda: is_told("ok"))
    assert logged_of("database", caplog) == [
        "database away",
        "database schema is not current, run: streamario migrate",
        "database reached",
    ]


def logged_of(server: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged of a server: once for each time that it came or went."""
    return [line for line in caplog.messages if line.startswith(server)]


async def test_a_schema_that_is_behind_stops_the_start(
    settings: Settings, database_url: str
) -> None:
    behind = empty_database(database_url, f"behind_{uuid4().hex}")
    with pytest.raises(DatabaseUnfit, match=r"DATABASE_URL: .*run: streamario migrate"):
        async with ready_client(replace(settings, database_url=behind)):
            pytest.fail("it serves")


async def test_a_newer_release_has_migrated_and_this_one_still_starts(
    settings: Settings, own_database_url: str
) -> None:
    """During a rollout, replicas of the previous release may restart."""
    with psycopg.connect(own_database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    async with ready_client(replace(settings, database_url=own_database_url)) as api:

        async def is_ok() -> bool:
            return bool((await api.get("/readyz")).json()["database"] == "ok")

        await until(is_ok)


async def test_presses_are_counted(settings: Settings, game: GameRoom, viewer_id: str) -> None:
    async with ready_client(settings) as api:
        for _ in range(2):
            await press(api, game, batch(viewer_id, "b1", skill1=25))
        figures = (await api.get("/metrics")).text.splitlines()
    assert "streamario_presses_accepted_total 20.0" in figures
    assert 'streamario_presses_rejected_total{reason="clamp"} 5.0' in figures
    assert "streamario_triggers_fired_total 4.0" in figures
    assert "streamario_duplicate_batches_total 1.0" in figures
    assert "streamario_press_seconds_count 2.0" in figures
