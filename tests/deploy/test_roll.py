"""deploy/compose/roll: in which order it replaces containers, and when it leaves them alone.

With a stand-in for the engine; tests/containers/operating.py runs it on a real one.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
import pytest

from tests.deploy import engine_stand_in
from tests.deploy.command_line import finished
from tests.deploy.engine_stand_in import Engine

ROLL: Final = Path(__file__).parents[2] / "deploy/compose/roll"
CONFIG: Final = """\
name: streamario
services:
  api:
    deploy:
      replicas: 2
    image: streamario:next
  gateway:
    deploy:
      replicas: 2
    image: streamario:next
  migrate:
    image: streamario:next
networks:
  inside:
    ipam:
      config:
        - subnet: 10.83.61.0/24
"""


class Deployed:
    """A stand-in engine on which two of each run, and `migrate` has run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "engine.json"
        docker = folder / "docker"
        docker.write_text(f'#!/bin/sh\nexec {sys.executable} -m {engine_stand_in.__name__} "$@"\n')
        docker.chmod(0o755)
        self.engine = Engine(CONFIG)
        for service in ("migrate", "api", "api", "gateway", "gateway"):
            self.engine.create(service)
        self.engine.done.clear()

    def roll(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run it; `engine` is then what it left."""
        self.file.write_bytes(msgspec.json.encode(self.engine))
        ran = finished(
            (ROLL, *arguments),
            env={
                "PATH": f"{self.folder}:{os.environ['PATH']}",
                "PYTHONPATH": str(ROLL.parents[2]),
                "ENGINE": str(self.file),
            },
        )
        self.engine = msgspec.json.decode(self.file.read_bytes(), type=Engine)
        return ran

    def done(self) -> list[str]:
        """Return what changed something since the last call."""
        done = [*self.engine.done]
        self.engine.done.clear()
        return done


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    return Deployed(tmp_path)


def test_new_ones_start_before_old_ones_stop_and_a_second_run_replaces_nothing(
    deployed: Deployed,
) -> None:
    ran = deployed.roll()
    assert (ran.returncode, ran.stderr) == (0, "")
    assert deployed.done() == [
        *("build", "start migrate-6"),
        *("start api-7", "start api-8", "stop api-2", "stop api-3"),
        *("start gateway-9", "start gateway-10", "stop gateway-4", "stop gateway-5"),
    ]
    assert deployed.roll().returncode == 0
    assert deployed.done() == ["build"]


def test_after_an_interruption_it_goes_on_where_it_was(deployed: Deployed) -> None:
    """One new API process runs already, and one old one is gone."""
    deployed.engine.image = "new"
    deployed.engine.remove(["api-2"])
    deployed.engine.create("api")
    deployed.done()
    assert deployed.roll().returncode == 0
    assert only("api", deployed.done()) == ["start api-8", "stop api-3"]


def test_what_does_not_become_ready_is_removed_and_the_old_ones_stay(deployed: Deployed) -> None:
    deployed.engine.health = "unhealthy"
    before = [one.name for one in deployed.engine.containers if one.service != "migrate"]
    ran = deployed.roll()
    assert ran.returncode == 1
    assert "api-7 did not become ready" in ran.stderr
    assert "last lines of api-7" in ran.stderr
    assert "The old ones serve on" in ran.stderr
    after = [one.name for one in deployed.engine.containers if one.service != "migrate"]
    assert after == before
    assert not [step for step in deployed.done() if step.startswith("stop")]


def test_what_an_interrupted_run_left_broken_is_removed_too(deployed: Deployed) -> None:
    """Two new API processes run, of which one does not become ready."""
    deployed.engine.image = "new"
    for health in ("healthy", "unhealthy"):
        deployed.engine.health = health
        deployed.engine.create("api")
    assert deployed.roll().returncode == 1
    assert [one.name for one in deployed.engine.of("api")] == ["api-2", "api-3", "api-6"]


def test_a_migration_that_fails_replaces_nothing(deployed: Deployed) -> None:
    deployed.engine.migrated = 1
    ran = deployed.roll()
    assert ran.returncode == 1
    assert "Nothing was replaced" in ran.stderr
    assert deployed.done() == ["build", "start migrate-6"]


def test_back_builds_nothing_and_begins_with_gateways(deployed: Deployed) -> None:
    """More, or fewer, may run afterwards."""
    deployed.engine.image = "older"
    deployed.engine.config = CONFIG.replace("replicas: 2", "replicas: 3", 1)
    assert deployed.roll("--back").returncode == 0
    done = deployed.done()
    assert "build" not in done
    assert done.index("start gateway-7") < done.index("start api-9")
    assert len(only("start api", done)) == 3


def test_containers_that_would_lose_their_balancer_are_left_alone(deployed: Deployed) -> None:
    """With another INSIDE_NET they would believe an IP address that HAProxy does not have."""
    deployed.engine.subnet = "172.31.88.0/24"
    ran = deployed.roll()
    assert ran.returncode == 1
    assert "INSIDE_NET=172.31.88 " in ran.stderr
    assert deployed.done() == []


def test_a_first_start_and_a_misspelt_option_are_refused(deployed: Deployed) -> None:
    assert deployed.roll("--bakc").returncode == 2
    deployed.engine.containers.clear()
    ran = deployed.roll()
    assert "docker compose up --build --detach" in ran.stderr
    assert ran.returncode == 1
    assert deployed.done() == []


def only(word: str, steps: Iterable[str]) -> list[str]:
    return [step for step in steps if word in step]
