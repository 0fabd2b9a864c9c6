"""`streamario health`: its exit status, and one line for each unhealthy service."""

import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import anyio
import pytest

from deploy import health, quick_health
from deploy.health import problems
from deploy.quick_health import is_quickly_confirmed
from shared.process.settings import WILDCARD_HOSTS, Settings, load
from tests.api_service.running import running
from tests.conftest import free_ports
from tests.deploy.command_line import environment, streamario
from tests.ws_gateway.gateways import gateway_settings, running_gateway

HOUR = 3_600.0  # s
PROGRAM = (sys.executable, "-c", "import sys; from deploy.__main__ import main; sys.exit(main())")


async def asked(settings: Settings) -> list[str]:
    return await anyio.to_thread.run_sync(lambda: [problem.en for problem in problems(settings)])


async def confirmed(**environ: str) -> bool:
    return await anyio.to_thread.run_sync(lambda: is_quickly_confirmed(environ))


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that stalls with the machine is no unhealthy one."""
    monkeypatch.setattr(health, "WITHIN", HOUR)


@pytest.fixture
def port() -> Iterator[int]:
    """A port on which a process listens and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def test_both_services_are_asked_where_mode_says_both(settings: Settings) -> None:
    """One healthy service does not hide an unhealthy one."""
    async with running(replace(settings, drain_delay=0)):
        found = await asked(settings)
    where = f"127.0.0.1, port {settings.unity_ws_port}"
    assert found == [f"UNITY_WS_PORT: no healthy service on {where}: Connection refused"]


async def test_a_gateway_alone_is_asked_on_the_port_that_its_platform_names(
    redis_url: str,
) -> None:
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        told = {"MODE": "ws", "PORT": str(gateway.port)}
        assert await asked(load({**told, "HOST": "127.0.0.1"})) == []
        # It may listen on all addresses; then it is reached on loopback.
        assert await asked(load(told)) == []


async def test_a_service_that_says_nothing_is_waited_for_no_longer_than_a_moment(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "WITHIN", 0.05)
    (found,) = await asked(Settings(mode="api", host="127.0.0.1", port=port))
    assert found.endswith("no answer within 0.05 s")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "status 503"),
        (b"What?\r\n\r\n", "no HTTP answer (BadStatusLine)"),
        (b"", "Remote end closed connection without response"),
    ],
)
async def test_what_answers_and_is_no_healthy_service_is_told(answer: bytes, reason: str) -> None:
    async def serve(client: anyio.abc.SocketStream) -> None:
        async with client:
            await client.receive()
            await client.send(answer)

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, serve)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        (found,) = await asked(Settings(mode="api", host="127.0.0.1", port=port))
        assert not await confirmed(MODE="api", HOST="127.0.0.1", PORT=str(port))
        group.cancel_scope.cancel()
    assert found.endswith(f": {reason}")


def test_the_command_ends_with_1_and_says_why(tmp_path: Path) -> None:
    """As container health checks expect; for a bad setting the status is 2, as usual."""
    (port,) = free_ports(1)

    told = partial(streamario, tmp_path, "health", program=PROGRAM, MODE="api")
    dead = told(PORT=str(port))
    reason = f"PORT: no healthy service on 127.0.0.1, port {port}: Connection refused"
    assert (dead.returncode, dead.stdout, dead.stderr) == (1, "", f"streamario: {reason}\n")
    assert told(PORT="http").returncode == 2


async def test_a_healthy_service_costs_no_import_of_the_command_line(
    redis_url: str, tmp_path: Path
) -> None:
    """Containers check every few seconds."""
    shown = "import sys; from deploy.__main__ import main; print(main(), *sys.modules)"
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        checked = await anyio.run_process(
            (sys.executable, "-c", shown, "health"),
            cwd=tmp_path,
            env=environment(MODE="ws", PORT=str(gateway.port)),
        )
    status, *modules = checked.stdout.decode().split()
    assert (status, checked.stderr) == ("0", b"")
    heavy = {"deploy.cli", "argparse", "logging", "asyncio", "http.client", "shared", "dotenv"}
    assert heavy.isdisjoint(modules)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"MODE": "ws"},
        {"MODE": "API", "PORT": "9000", "UNITY_WS_PORT": "9001"},
        {"MODE": "ws", "PORT": "9000", "UNITY_WS_PORT": "9001"},
        {"MODE": "", "PORT": "9000", "UNITY_WS_PORT": ""},
    ],
)
def test_the_quick_check_asks_the_ports_of_the_settings(environ: dict[str, str]) -> None:
    """It reads the variables itself, because importing the settings takes longer than the check."""
    assert list(map(int, quick_health._ports_of(environ))) == [
        port for _, port in health._ports(load(environ))
    ]


def test_the_quick_check_knows_every_host_that_stands_for_all() -> None:
    assert quick_health.OWN_HOST.keys() == WILDCARD_HOSTS


async def test_the_quick_check_confirms_only_what_it_has_seen(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anything else is left to the slow check: its reasons, bad values, and `.env`."""
    monkeypatch.chdir(tmp_path)
    async with running(replace(settings, drain_delay=0)):
        alive = {"MODE": "api", "HOST": "127.0.0.1", "PORT": str(settings.port)}
        assert await confirmed(**alive)
        assert not await confirmed(**alive | {"MODE": "both", "UNITY_WS_PORT": "1"})
        assert not await confirmed(**alive | {"MODE": "all"})
        assert not await confirmed(**alive | {"PORT": "http"})
        assert not await confirmed(**alive | {"PORT": "99999"})
        (tmp_path / ".env").write_text("PORT=1\n")
        assert not await confirmed(**alive)
    (tmp_path / ".env").unlink()
    assert not await confirmed(**alive)
