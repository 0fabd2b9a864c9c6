"""The editor window's part without Unity, with a real server: buttons, fire, and a crowd."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.api_service.running import api_settings, running
from tests.clients.dotnet.projects import PROJECT
from tests.clients.unity.compiling import CORE, PARTS, SOURCES, compiled, run_command
from tests.clients.unity.servers import answering, serving
from tests.conftest import free_ports

AT_ONCE = 40


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fires a button and lets a crowd come, and prints what came of it."""
    folders = (CORE, PARTS, PROJECT.parent, SOURCES / "bench")
    sources = [source for folder in folders for source in folder.glob("*.cs")]
    return compiled(tmp_path_factory.mktemp("bench") / "bench.exe", sources)


@pytest.fixture(scope="module")
async def origin(redis_url: str, database_url: str) -> AsyncIterator[str]:
    """The address of an API service."""
    settings = api_settings(redis_url, database_url, ledger=False)
    async with running(settings):
        yield f"http://127.0.0.1:{settings.port}"


async def run(bench: Path, *arguments: str) -> list[str]:
    """What it prints."""
    process = await asyncio.create_subprocess_exec(
        *(*run_command(bench), *arguments), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return output.decode().splitlines()


async def asked(bench: Path, origin: str, times: int = 1) -> list[str]:
    """The statuses of the answers to as many requests; 0 if there is none."""
    return await run(bench, origin.replace("ws:", "http:"), str(times))


async def test_a_real_server_is_found_fired_and_pressed(bench: Path, origin: str) -> None:
    """Who has no token cannot fire. Every counted press of the crowd is in the room."""
    async with httpx.AsyncClient(base_url=origin) as http:
        room = (await http.post("/api/rooms", json={})).json()
        path = f"/api/rooms/{room['room_id']}"
        bearer = {"Authorization": f"Bearer {room['room_token']}"}
        started = await http.post(f"{path}/round", json={"command": "start"}, headers=bearer)
        assert started.status_code == 200, started.text
        printed = await run(bench, origin, room["room_id"], room["room_token"])
        stats = (await http.get(f"{path}/stats")).json()["stats"]
    code, buttons, fired, refused, crowd = printed
    assert code == f"code {room['code']}"
    assert buttons == "buttons skill1 skill2 skill3 enemy1 enemy2 enemy3"
    assert fired == "said Fired skill1."
    assert refused.startswith("said Not fired: ")
    _, came, accepted, problem = crowd.split(" ")
    assert (came, problem) == ("5", "")
    # The streamer's own press counts as well, and so do those that were answered after the end.
    assert sum(stat["accepted"] for stat in stats) >= int(accepted) + 1 > 3


async def test_where_no_server_is_there_is_no_answer(bench: Path) -> None:
    """Nobody listens, the connection breaks off, or the address is none."""
    (port,) = free_ports(1)
    assert await asked(bench, f"http://127.0.0.1:{port}") == ["0"]
    async with serving(hang_up) as broken:
        assert await asked(bench, broken) == ["0"]
    assert await asked(bench, "http://no such host") == ["0"]


async def test_what_another_server_answers_is_passed_on(bench: Path) -> None:
    teapot = answering(b"HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n", stays=False)
    async with serving(teapot) as other:
        assert await asked(bench, other) == ["418"]


@pytest.mark.parametrize("status", [302, 307])
async def test_the_rooms_token_follows_no_redirect(bench: Path, status: int) -> None:
    """Only the board's questions do, which carry no token; nothing counts as fired elsewhere."""
    elsewhere: list[bytes] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        elsewhere.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    async with serving(note) as other:
        target = other.replace("ws:", "http:").encode()
        redirect = b"HTTP/1.1 %d Elsewhere\r\nLocation: %b/\r\nContent-Length: 0\r\n\r\n"
        async with serving(answering(redirect % (status, target), stays=False)) as origin:
            told = await run(bench, origin.replace("ws:", "http:"), "TOKEN")
    assert told == [f"said Not fired: HTTP {status}"]
    assert not [request for request in elsewhere if b"TOKEN" in request or b"POST" in request]


async def test_viewers_who_come_at_once_wait_for_no_thread(bench: Path) -> None:
    """The runtime's pool has one thread a core there, and adds none."""
    arrived = 0
    half_are_there = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal arrived
        await reader.readuntil(b"{}")
        arrived += 1
        if arrived == AT_ONCE // 2:
            half_are_there.set()
        await half_are_there.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with serving(answer) as patient:
        try:
            assert await asked(bench, patient, AT_ONCE) == ["200"] * AT_ONCE
        finally:
            half_are_there.set()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read the request, and answer nothing."""
    await reader.readuntil(b"\r\n\r\n")
