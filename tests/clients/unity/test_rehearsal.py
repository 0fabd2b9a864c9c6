"""A game without a server goes as the same game with one."""

import asyncio
from pathlib import Path

import pytest

from tests.api_service.running import api_settings, running
from tests.clients.dotnet.projects import PROJECT
from tests.clients.unity.compiling import CORE, PARTS, SOURCES, compiled, run_command
from tests.ws_gateway.gateways import SECRET, Running


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plays one game, and prints what came."""
    folders = (CORE, PARTS, PROJECT.parent, SOURCES / "rehearsal")
    sources = [source for folder in folders for source in folder.glob("*.cs")]
    return compiled(tmp_path_factory.mktemp("rehearsal") / "rehearsal.exe", sources)


async def played(rehearsal: Path, *servers: str) -> list[str]:
    """What the game printed."""
    process = await asyncio.create_subprocess_exec(
        *(*run_command(rehearsal), *servers), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return output.decode().splitlines()


async def test_a_game_without_a_server_goes_as_with_one(
    rehearsal: Path, gateway: Running, redis_url: str, database_url: str
) -> None:
    """Rounds, thresholds, triggers, outcomes, pauses, availability, refusals, summaries."""
    settings = api_settings(redis_url, database_url, ledger=False, secret_keys=(SECRET,))
    async with running(settings):
        with_server = await played(rehearsal, gateway.url, f"http://127.0.0.1:{settings.port}")
    assert await played(rehearsal) == with_server
    assert with_server[-1] == "errors game_not_started"
