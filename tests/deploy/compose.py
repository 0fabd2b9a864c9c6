"""The configuration that Compose reads from the files."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import yaml

from tests.deploy.command_line import finished
from tests.programs import program

ROOT: Final = Path(__file__).parents[2]
PROJECT: Final = "/project"  # a folder without `.env`; paths in the files are relative to it
SERVICES: Final = ("api", "gateway", "migrate")
Tree = dict[str, Any]

MAKE_SECRETS: Final = ROOT / "deploy/compose/make-secrets"


def read(*files: str, project: str = PROJECT, **variables: str) -> Tree:
    """Return the configuration that Compose reads from the files; needs no engine."""
    arguments = [part for file in files for part in ("--file", str(ROOT / file))]
    shown = finished(
        (program("docker-compose"), "--project-directory", project, *arguments, "config"),
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **variables},
    )
    assert shown.returncode == 0, shown.stderr
    assert not shown.stderr
    tree: Tree = yaml.safe_load(shown.stdout)
    return tree


def read_in(folder: Path) -> str:
    """Return what `docker compose config` prints there, with the settings of its .env."""
    shown = finished(
        (program("docker-compose"), "config"),
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
        cwd=folder,
    )
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def seconds(duration: str) -> int:
    found = re.fullmatch(r"(?:(\d+)m)?(\d+)s", duration)
    assert found is not None, duration
    return 60 * int(found[1] or 0) + int(found[2])


def readers() -> dict[str, set[str]]:
    """Return who reads each variable, by docs/configuration.md: A L G M T U, or all."""
    row = re.compile(r"^\| ((?:`[A-Z_]+` ?)+)\| (all|[A-Z](?: [A-Z])*) \|", re.MULTILINE)
    rows = row.findall((ROOT / "docs/configuration.md").read_text())
    return {name: set(by.split()) for names, by in rows for name in re.findall("[A-Z_]+", names)}


def replicas(tree: Tree) -> dict[str, int]:
    services = tree["services"].items()
    return {
        name: one["deploy"]["replicas"] for name, one in services if "replicas" in one["deploy"]
    }


def make_secrets(folder: Path, **variables: str) -> str:
    made = subprocess.run(
        (MAKE_SECRETS, folder),
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not made.stderr
    return made.stdout
