"""Every client keeps what docs/client_behaviour.md promises: the cases beside this file."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from clients.python import GatewayAddress, GatewayAway, game_socket
from tests.clients.behaviour import python_player
from tests.clients.behaviour.cases import CLIENTS, TOPICS, Case, read_topic
from tests.clients.behaviour.judging import judge, outputs, script
from tests.clients.unity.compiling import CORE, SERIALISER, SOURCES, compiled, run_command
from tests.programs import node_folder, program

HERE = Path(__file__).parent
CASES = {case.name: case for topic in TOPICS for case in read_topic(topic)}


def cases_of(client: str) -> list[Case]:
    return [case for case in CASES.values() if client in case.clients]


def names_of(client: str) -> list[str]:
    return [case.name for case in cases_of(client)]


def played(command: list[str], given: str) -> dict[str, list[str]]:
    """What a player prints, by case."""
    result = subprocess.run(command, input=given, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr
    return outputs(result.stdout)


@pytest.fixture(scope="module")
def unity(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The core of the Unity package, under Mono."""
    target = tmp_path_factory.mktemp("behaviour") / "player.exe"
    sources = [*CORE.glob("*.cs"), SOURCES / "game" / "ContractJson.cs"]
    sources += [SOURCES / "scenarios" / "Stage.cs", *(SOURCES / "behaviour").glob("*.cs")]
    compiled(target, sources, SERIALISER)
    return played(run_command(target), script(cases_of("unity"), "unity"))


@pytest.fixture(scope="module")
def page() -> dict[str, list[str]]:
    """The stand-in of the console, under Node."""
    folders = node_folder()
    node = str(Path(folders[0]) / "node") if folders else program("node")
    return played([node, str(HERE / "page_player.mjs")], script(cases_of("page"), "page"))


@pytest.mark.parametrize("name", names_of("python"))
def test_the_python_client_keeps_its_promise(name: str) -> None:
    case = CASES[name]
    judge(case, "python", outputs(python_player.play(script([case], "python")))[name])


@pytest.mark.parametrize("name", names_of("unity"))
def test_the_unity_package_keeps_its_promise(name: str, unity: dict[str, list[str]]) -> None:
    judge(CASES[name], "unity", unity[name])


@pytest.mark.parametrize("name", names_of("page"))
def test_the_page_keeps_its_promise(name: str, page: dict[str, list[str]]) -> None:
    judge(CASES[name], "page", page[name])


def test_the_python_client_leaves_silence_to_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The websockets library pings, and ends a socket that does not answer within 60 s."""
    asked: list[object] = []

    async def connect(_: str, *, ping_timeout: float, **__: object) -> None:
        asked.append(ping_timeout)
        raise OSError("nobody")

    monkeypatch.setattr(game_socket, "_Connect", connect)
    with pytest.raises(GatewayAway):
        asyncio.run(game_socket.open_game_socket(GatewayAddress("ws://gateway")))
    assert asked == [60.0]


def test_no_two_cases_have_one_name() -> None:
    assert len(CASES) == sum(len(read_topic(topic)) for topic in TOPICS) > 40
    assert all(case.clients for case in CASES.values())
    assert set(CLIENTS) == {client for case in CASES.values() for client in case.clients}
