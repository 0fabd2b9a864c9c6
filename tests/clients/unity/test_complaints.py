"""What people met with other sockets in Unity; docs/unity_from_nativewebsocket.md has the table."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from websockets.frames import Frame, Opcode

from shared.wire.game_messages import ViewerCountUpdate
from tests.certificates import certificate
from tests.clients.unity.games import played
from tests.clients.unity.rooms import in_round
from tests.clients.unity.servers import open_room, serving
from tests.programs import program
from tests.ws_gateway.faults import Link, link_to
from tests.ws_gateway.gateways import Crowd, Running

# A heartbeat every 5 s, as in the complaint, for ten times as long as it took there.
HEARTBEATS = 10 * 180 * 60 // 5


@asynccontextmanager
async def behind_tls(gateway: Running, folder: Path) -> AsyncIterator[Link]:
    """A way to the gateway with a certificate that it has made itself."""
    made = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made / "localhost.pem", made / "localhost.pem.key")
    async with link_to(gateway.port, tls=context) as link:
        yield link


def trusting(folder: Path, home: Path) -> dict[str, str]:
    """The environment of a game whose system trusts the certificate: Mono and .NET look there."""
    chain = folder / "localhost.pem"
    command = (program("openssl"), "x509", "-hash", "-noout", "-in", str(chain))
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    trusted = home / ".mono" / "new-certs" / "Trust"
    trusted.mkdir(parents=True)
    shutil.copy(chain, trusted / f"{name}.0")
    return {"XDG_CONFIG_HOME": str(home), "SSL_CERT_DIR": str(trusted)}


async def test_a_certificate_that_the_system_trusts_is_enough_for_wss(
    executable: Path, gateway: Running, crowd: Crowd, store: Path, tmp_path: Path
) -> None:
    async with behind_tls(gateway, tmp_path / "tls") as link:
        environment = trusting(tmp_path / "tls", tmp_path / "home")
        url = f"wss://localhost:{link.port}"
        async with played(executable, url, store, environment=environment) as game:
            audience = await in_round(game, crowd)
            await audience.fire(3)
            await game.receives(3)
            link.drop()
            await game.next_of("resumed")
            assert game.triggers == [1, 2, 3]


async def test_a_certificate_that_nobody_trusts_is_said_and_tried_again(
    executable: Path, gateway: Running, store: Path, tmp_path: Path
) -> None:
    """There is no switch to accept any: whoever sits between would read the room's token."""
    async with behind_tls(gateway, tmp_path / "tls") as link:
        environment = {"XDG_CONFIG_HOME": str(tmp_path / "home")}
        url = f"wss://localhost:{link.port}"
        async with played(executable, url, store, environment=environment) as game:
            why = await game.state("Waiting", 2)
            assert why["code"] == "lost"
            assert "certificate" in why["message"].lower()
            assert game.all_of("opened") == []


async def test_while_a_slow_server_lets_the_game_wait_its_main_loop_runs(
    executable: Path, store: Path
) -> None:
    answers = asyncio.Event()

    async def answer_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answers.wait()
        await open_room(reader, writer)
        await reader.read()

    async with serving(answer_late) as url, played(executable, url, store) as game:
        await game.say("throw")  # which the main loop reads, and tells
        await game.next_of("throws")
        assert game.states == ["Connecting"]
        answers.set()
        await game.next_of("opened")
        await game.kill()


@pytest.mark.parametrize("silently", [False, True], ids=["reset", "dead"])
async def test_an_app_that_was_suspended_gets_what_it_missed(
    executable: Path, gateway: Running, crowd: Crowd, store: Path, *, silently: bool
) -> None:
    """Ten minutes, for all its threads; the socket was reset, or looks open and is dead."""
    async with (
        link_to(gateway.port) as link,
        played(executable, f"ws://127.0.0.1:{link.port}", store, "impatient") as game,
    ):
        audience = await in_round(game, crowd)
        await audience.fire(1)
        await game.receives(1)
        game.suspend()
        if silently:
            link.cut()
        else:
            link.drop()
            await audience.sees_game(connected=False)
        await audience.fire(4)
        await game.say("later 600")  # which its clock finds when it goes on
        game.go_on()
        await game.receives(5)
        assert game.triggers == [1, 2, 3, 4, 5]
        assert len(game.all_of("opened")) == 1


async def test_thirty_hours_of_heartbeats_pass_through_the_socket(
    executable: Path, store: Path
) -> None:
    """As many messages, with no pause between them; the game says nothing, and reads the last."""
    said = asyncio.get_running_loop().create_future()

    async def beat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_room(reader, writer)
        for number in range(1, HEARTBEATS + 1):
            message = msgspec.json.encode(ViewerCountUpdate(room_id="R", viewer_count=number))
            writer.write(Frame(Opcode.TEXT, message).serialize(mask=False))
            await writer.drain()
        said.set_result(await reader.read())

    async with serving(beat) as url, played(executable, url, store) as game:
        counted = await game.next_of("viewers", HEARTBEATS)
        assert counted == HEARTBEATS
        assert game.states == ["Connecting", "Connected"]
        await game.kill()
        assert await said == b""
