"""The client on a clock of its own, with sockets that do what a scenario says."""

import subprocess
from pathlib import Path

import pytest

from tests.clients.unity.compiling import (
    COMPONENT,
    CORE,
    EDITOR,
    PACKAGE,
    PARTS,
    SERIALISER,
    SOURCES,
    compiled,
    run_command,
)

SCENARIOS = SOURCES / "scenarios"
PLAIN_JSON = PACKAGE.parent / "dotnet" / "Streamario.Core"


@pytest.fixture(scope="module", params=["UNITY_2021_3_OR_NEWER", "UNITY_6000_0_OR_NEWER"])
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A line for each scenario, in a Unity without Awaitable and in one that has it."""
    target = tmp_path_factory.mktemp("unity") / "scenarios.exe"
    sources = [SOURCES / "game" / "ContractJson.cs", *PLAIN_JSON.glob("*Json*.cs")]
    samples = (PACKAGE / "Samples~").iterdir()
    stubs = SOURCES / "signatures"
    for folder in (CORE, PARTS, COMPONENT, EDITOR, *samples, stubs, SCENARIOS):
        sources += folder.glob("*.cs")
    compiled(target, sources, SERIALISER, define=request.param)
    result = subprocess.run(run_command(target), check=True, capture_output=True, text=True)
    return result.stdout.splitlines()


def written(path: Path) -> int:
    """How many scenarios a file holds."""
    return path.read_text(encoding="utf-8").count("        public static void ")


def test_every_scenario_holds(outcomes: list[str]) -> None:
    """Order, acknowledgement, rounds, silence, moves, rooms and refusals: see scenarios/."""
    failed = [line for line in outcomes if not line.startswith("ok ")]
    assert not failed, "\n".join(failed)


def test_every_scenario_that_is_written_was_run(outcomes: list[str]) -> None:
    assert len(outcomes) == sum(map(written, SCENARIOS.glob("*Scenarios.cs"))) > 90
