"""The console sample plays against a real gateway."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clients.dotnet import sdk
from tests.clients.dotnet.projects import LIBRARY, sample
from tests.clients.unity.compiling import SDK, compiled, run_command
from tests.clients.unity.rooms import Audience, saved_in
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway


def with_sources(folder: Path) -> Path:
    """The sample compiled together with the package's sources."""
    return compiled(folder / "console.exe", [*LIBRARY, *sample("Console")])


WAYS = (with_sources, *(sdk.sample_from_project, sdk.sample_from_package) * bool(SDK))


@pytest.fixture(scope="session", params=WAYS, ids=lambda way: way.__name__)
def console(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The sample, built in every way that this machine can."""
    built: Path = request.param(tmp_path_factory.mktemp("dotnet"))
    return built


@pytest.fixture
async def processes() -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """The processes of a test; those that have not ended are killed."""
    started: list[asyncio.subprocess.Process] = []
    yield started
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


class Console:
    """One run of the sample."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def prints(self, pattern: str) -> str:
        """The first group of the next line that matches."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if found := re.search(pattern, line.decode()):
                return found.group(found.lastindex or 0)
        raise AssertionError(f"it never printed {pattern}")

    async def enter(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        await self._process.stdin.drain()

    async def ends(self) -> str:
        """Wait until it has ended; return what it printed to stderr."""
        assert self._process.stderr is not None
        errors = await self._process.stderr.read()
        assert await self._process.wait() == 0
        return errors.decode()


async def start(
    processes: list[asyncio.subprocess.Process], console: Path, server: str, store: Path
) -> Console:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(*run_command(console), server, str(store)), stdin=pipe, stdout=pipe, stderr=pipe
    )
    processes.append(process)
    return Console(process)


async def test_it_plays_a_round_and_comes_back_to_its_room(
    console: Path,
    processes: list[asyncio.subprocess.Process],
    gateway: Running,
    crowd: Crowd,
    tmp_path: Path,
) -> None:
    store = tmp_path / "room.json"
    first = await start(processes, console, gateway.url, store)
    page = await first.prints(r"Viewers press at (\S+)")
    assert await first.prints(r"Round (\d) runs") == "1"
    room_id = saved_in(store).room_id
    assert room_id in page
    await crowd.press(room_id, 3, event_type="cheer", name="Mika")
    assert await first.prints(r"cheer by (.+)") == "Mika"
    await first.enter()
    assert await first.prints(r"cheer: (\d+)") == "3"
    assert "Closed" in await first.ends()
    await Audience(crowd, room_id).sees_game(connected=False)
    second = await start(processes, console, gateway.url, store)
    assert await second.prints(r"Viewers press at (\S+)") == page
    assert await second.prints(r"Round (\d) runs") == "2"


async def test_it_says_why_the_server_refuses_it_and_ends(
    console: Path, processes: list[asyncio.subprocess.Process], redis_url: str, tmp_path: Path
) -> None:
    settings = gateway_settings(redis_url, game_keys=("right",))
    async with running_gateway(settings) as gateway:
        refused = await start(processes, console, gateway.url, tmp_path / "room.json")
        assert "Refused missing_game_key" in await refused.ends()
